//! Makes few and small files of many readable modules, when the server starts: no build step, and no Node.

use std::collections::{BTreeMap, BTreeSet};

/// Modules by name (`dom.js`), with their text.
pub(crate) type Modules = BTreeMap<String, String>;

/// Joins what `root` imports into one module that exports `root`'s names and those that others ask for; `earlier` is a module that was joined before,
/// with the modules in it, which are then imported and not repeated. Every module's top-level names must differ.
/// Dynamic imports stay as they are. Returns the text and the names of the modules in it.
pub(crate) fn join(
    modules: &Modules,
    root: &str,
    earlier: Option<(&str, &BTreeSet<String>)>,
) -> (String, BTreeSet<String>) {
    let mut order = Vec::new();
    visit(modules, root, earlier.map(|(_, names)| names), &mut order);
    let inside: BTreeSet<String> = order.iter().cloned().collect();
    let outside = modules.iter().filter(|(name, _)| !inside.contains(*name));
    let mut asked: BTreeSet<&str> = outside.flat_map(|(_, text)| imported(text)).collect();
    // What the root hands on by `export { a } from`, others ask it for.
    let handed_on = modules.get(root).into_iter().flat_map(|text| text.lines());
    asked.extend(handed_on.filter(|line| line.starts_with("export {")).flat_map(imported));
    let mut wanted = BTreeSet::new();
    let mut text = String::new();
    for name in &order {
        for line in modules.get(name).map(String::as_str).unwrap_or_default().lines() {
            match static_import(line) {
                Some(import) if !inside.contains(import.from) => {
                    wanted.extend(import.names.split(',').map(str::trim).filter(|name| !name.is_empty()));
                }
                Some(_) => {}
                None => {
                    let used_within =
                        name != root && exported(line).is_some_and(|name| !asked.contains(name));
                    text.push_str(if used_within { &line["export ".len()..] } else { line });
                    text.push('\n');
                }
            }
        }
    }
    if let Some((file, _)) = earlier {
        let names = wanted.into_iter().collect::<Vec<_>>().join(",");
        text = format!("import{{{names}}}from'./{file}';\n{text}");
    }
    (slim(&text), inside)
}

/// The names that a module imports from others.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(static_import).flat_map(|import| import.names.split(',')).map(str::trim)
}

/// The name that a line exports by declaring it.
fn exported(line: &str) -> Option<&str> {
    let declared = line.strip_prefix("export ")?;
    let declared = declared.strip_prefix("async ").unwrap_or(declared);
    let (_, rest) =
        declared.split_once(' ').filter(|(word, _)| matches!(*word, "const" | "function" | "class"))?;
    rest.split(|c| !is_word(c)).next().filter(|name| !name.is_empty())
}

struct Import<'a> {
    names: &'a str,
    from: &'a str,
}

/// `import { a, b } from './x.js';` and `export { a } from './x.js';`, each on a line of its own.
fn static_import(line: &str) -> Option<Import<'_>> {
    let rest = line.strip_prefix("import {").or_else(|| line.strip_prefix("export {"))?;
    let (names, rest) = rest.split_once("} from './")?;
    Some(Import { names, from: rest.strip_suffix("';")? })
}

fn visit(modules: &Modules, name: &str, earlier: Option<&BTreeSet<String>>, order: &mut Vec<String>) {
    if order.iter().any(|seen| seen == name) || earlier.is_some_and(|names| names.contains(name)) {
        return;
    }
    let text = modules.get(name).map(String::as_str).unwrap_or_default();
    for import in text.lines().filter_map(static_import) {
        visit(modules, import.from, earlier, order);
    }
    order.push(name.to_owned());
}

/// Takes the line breaks out of a module that holds nothing but a style sheet, where the sheet does not need them.
pub(crate) fn slim_style(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.lines() {
        out.push_str(line);
        if !line.ends_with(['{', '}', ';', ',']) || line.trim_start().starts_with("//") {
            out.push('\n');
        }
    }
    out
}

/// Takes comments and needless white space out of JavaScript. Strings, templates and regular expressions stay as they are.
pub(crate) fn slim(source: &str) -> String {
    let mut slimmer = Slimmer { out: String::with_capacity(source.len()), rest: source, gap: Gap::None };
    slimmer.run();
    slimmer.out
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Gap {
    None,
    Space,
    Line,
}

struct Slimmer<'a> {
    out: String,
    rest: &'a str,
    gap: Gap,
}

impl Slimmer<'_> {
    fn run(&mut self) {
        while let Some(next) = self.rest.chars().next() {
            if next.is_whitespace() {
                self.skip(next.len_utf8());
            } else if self.rest.starts_with("//") {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.skip(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
            } else {
                let length = match next {
                    '\'' | '"' | '`' => quoted(self.rest, next),
                    '/' if self.begins_expression() => expression(self.rest),
                    _ => next.len_utf8(),
                };
                self.close_gap(next);
                self.out.push_str(&self.rest[..length]);
                self.rest = &self.rest[length..];
            }
        }
    }

    fn skip(&mut self, length: usize) {
        let gap = if self.rest[..length].contains('\n') { Gap::Line } else { Gap::Space };
        if gap > self.gap {
            self.gap = gap;
        }
        self.rest = &self.rest[length..];
    }

    /// A line break ends a statement where no semicolon does, so it goes only where none can end.
    fn close_gap(&mut self, next: char) {
        let last = self.out.chars().next_back();
        match (std::mem::replace(&mut self.gap, Gap::None), last) {
            (Gap::None, _) | (_, None) => {}
            (Gap::Line, Some(last)) if !"{([,;}".contains(last) && !"})],;.".contains(next) => {
                self.out.push('\n');
            }
            (_, Some(last)) if is_word(last) && is_word(next) => self.out.push(' '),
            (_, Some(last)) if last == next && "+-".contains(next) => self.out.push(' '),
            (_, Some(last)) if last == '/' || next == '/' => self.out.push(' '),
            _ => {}
        }
    }

    /// Whether a slash here begins a regular expression and does not divide.
    fn begins_expression(&self) -> bool {
        let before = self.out.as_str();
        let word = before.rsplit(|c| !is_word(c)).next().unwrap_or_default();
        matches!(word, "return" | "typeof" | "case" | "in" | "of")
            || before.chars().next_back().is_none_or(|last| "(,=:[!&|?{};+-*%<>~^".contains(last))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The length of a string or template, with what is nested in it.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    let mut depth = 0;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '{' if quote == '`' && (depth > 0 || text[..at].ends_with('$')) => depth += 1,
            '}' if depth > 0 => depth -= 1,
            c if c == quote && depth == 0 => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of a regular expression without its flags.
fn expression(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    let mut class = false;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_white_space_go_and_nothing_else() {
        assert_eq!(slim("// a\nconst a = 1; /* b */ const b = a + +a;\n"), "const a=1;const b=a+ +a;");
        assert_eq!(slim("a\nb()\n  .c();\n/** d */ return  'x // y';"), "a\nb().c();return'x // y';");
    }

    #[test]
    fn a_sheet_is_one_line_but_for_what_ends_nowhere() {
        assert_eq!(
            slim_style("// a,\nconst s = `\na{b:c}\n@media x{\nd{e:f}}\n`;"),
            "// a,\nconst s = `\na{b:c}@media x{d{e:f}}`;"
        );
    }

    #[test]
    fn what_is_quoted_stays() {
        for text in ["'a  //b'", "\"/* \\\" */\"", "`a  ${ b + '}' }  // c\n  d`", "x=/[/*] \\/ /g.test(y)"] {
            assert_eq!(slim(text), text);
        }
        assert_eq!(slim("a = b / c / d;"), "a=b / c / d;");
    }

    #[test]
    fn a_second_file_imports_from_the_first_what_it_shares() {
        let modules: Modules = [
            ("a.js", "import { b, d } from './b.js';\nexport const a = b + d;\n"),
            ("b.js", "export const b = 1;\nexport const d = 2;\n"),
            ("late.js", "export { c } from './c.js';\n"),
            ("c.js", "import { b } from './b.js';\nexport const c = b;\n"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
        let (first, inside) = join(&modules, "a.js", None);
        assert_eq!(first, "export const b=1;const d=2;export const a=b+d;", "nobody else asks for d");
        let (second, _) = join(&modules, "late.js", Some(("a.js", &inside)));
        assert_eq!(second, "import{b}from'./a.js';export const c=b;");
    }
}
