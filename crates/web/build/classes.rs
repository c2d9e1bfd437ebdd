//! Shortens the classes of a style sheet that only the script beside it names.

use std::collections::BTreeMap;

/// Classes and what each is called on the wire.
#[derive(Default)]
pub(crate) struct Classes(BTreeMap<String, String>);

impl Classes {
    /// Those of a sheet, without the ones that are `kept`; the most used get the shortest names.
    pub(crate) fn of(sheet: &str, kept: &[String]) -> Self {
        let mut uses = BTreeMap::<&str, usize>::new();
        for class in after_dots(sheet).filter(|class| !kept.iter().any(|one| one == class)) {
            *uses.entry(class).or_default() += 1;
        }
        let mut classes: Vec<_> = uses.into_iter().collect();
        classes.sort_by_key(|(_, uses)| std::cmp::Reverse(*uses));
        let mut short = short_names().filter(|short| !kept.contains(short));
        Self(classes.into_iter().map_while(|(class, _)| Some((class.to_owned(), short.next()?))).collect())
    }

    /// A style sheet, or a text that is classes.
    pub(crate) fn rename(&self, text: &str) -> String {
        let mut renamed = String::with_capacity(text.len());
        let mut parts = text.split('.');
        renamed.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let class = leading_name(part);
            renamed.push('.');
            renamed.push_str(self.0.get(class).map_or(class, String::as_str));
            renamed.push_str(&part[class.len()..]);
        }
        renamed
    }

    /// A text in the script, when it is `tag.class.class` or `.class`.
    pub(crate) fn rename_in_code(&self, text: &str) -> Option<String> {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        let known = plain && after_dots(text).any(|class| self.0.contains_key(class));
        known.then(|| self.rename(text))
    }
}

/// What stands after each dot and begins with a letter.
fn after_dots(text: &str) -> impl Iterator<Item = &str> {
    text.split('.').skip(1).map(leading_name).filter(|name| !name.is_empty())
}

fn leading_name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) { &text[..end] } else { "" }
}

/// `a` to `z`, then `aa`, `ab` and so on.
fn short_names() -> impl Iterator<Item = String> {
    let letters = || 'a'..='z';
    letters()
        .map(String::from)
        .chain(letters().flat_map(move |first| letters().map(move |second| format!("{first}{second}"))))
}
