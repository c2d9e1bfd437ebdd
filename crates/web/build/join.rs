//! Joins modules into one, so that what is used together is one request and compresses as one text.

use std::collections::BTreeMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::Statement;
use oxc_span::{GetSpan, Span};

use crate::minify::{Kind, parse};

/// Modules by name (`dom.js`), with their text.
pub(crate) type Modules = BTreeMap<String, String>;

/// Joins `root` and what it imports into one text that exports nothing; the words are those of `language`, whatever the modules import.
/// Every module's top-level names must differ.
pub(crate) fn join(modules: &Modules, root: &str, language: &str) -> Result<String, String> {
    let mut joined = Joined { modules, language, seen: Vec::new(), text: String::new() };
    joined.add(root)?;
    Ok(joined.text)
}

struct Joined<'a> {
    modules: &'a Modules,
    language: &'a str,
    seen: Vec<String>,
    text: String,
}

impl Joined<'_> {
    /// Adds a module, after those that it imports.
    fn add(&mut self, name: &str) -> Result<(), String> {
        if self.seen.iter().any(|seen| seen == name) {
            return Ok(());
        }
        self.seen.push(name.to_owned());
        let source = self.modules.get(name).ok_or_else(|| format!("{name}: there is no such module"))?;
        let allocator = Allocator::default();
        let program = parse(&allocator, source, Kind::Module).map_err(|why| format!("{name}: {why}"))?;
        let mut own = String::new();
        for statement in &program.body {
            let kept: Span = match statement {
                Statement::ImportDeclaration(import) => {
                    let from = import.source.value.trim_start_matches("./");
                    self.add(&from.replace("words.en.js", &format!("words.{}.js", self.language)))?;
                    continue;
                }
                Statement::ExportDeclaration(export) => export.declaration.span(),
                Statement::ExportNamedDeclaration(_)
                | Statement::ExportFromDeclaration(_)
                | Statement::ExportAllDeclaration(_)
                | Statement::ExportDefaultDeclaration(_) => {
                    return Err(format!("{name}: only what is declared can be exported"));
                }
                other => other.span(),
            };
            own.push_str(kept.source_text(source));
            own.push_str(";\n");
        }
        self.text.push_str(&own);
        Ok(())
    }
}
