//! The words of the pages, in the reader's language.

use std::borrow::Cow;
use std::sync::LazyLock;

use domain::admin::Locale;
use domain::text::isolated;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

pub(crate) const KO: &str = include_str!("../../../../templates/locales/ko/portal.ftl");
pub(crate) const EN: &str = include_str!("../../../../templates/locales/en/portal.ftl");

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle(unic_langid::langid!("ko"), KO), bundle(unic_langid::langid!("en"), EN)]);

fn bundle(language: unic_langid::LanguageIdentifier, text: &str) -> FluentBundle<FluentResource> {
    // A line that does not parse is left out; the tests hold that there is none.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(parsed, _)| parsed);
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Fluent would put marks around every argument, numbers and all; `isolated` puts them where they do something.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// All words in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Locale);

impl Words {
    /// The text under `key`.
    pub(crate) fn get(self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text under `key` with one argument.
    pub(crate) fn with<'a>(self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.with_all(key, &[(name, value.into())])
    }

    /// The text under `key` with several arguments.
    pub(crate) fn with_all<'a>(self, key: &str, all: &[(&'a str, FluentValue<'a>)]) -> String {
        let mut args = FluentArgs::with_capacity(all.len());
        for (name, value) in all {
            // What is foreign must not turn the sentence round, wherever it ends up: within it there is no element.
            args.set(
                *name,
                match value {
                    FluentValue::String(text) => FluentValue::String(isolated(text).into_owned().into()),
                    other => other.clone(),
                },
            );
        }
        self.format(key, Some(&args))
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = &BUNDLES[usize::from(self.0 == Locale::En)];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, locale = self.0.as_str(), "a page asks for words that are not there");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text: Cow<'_, str> = bundle.format_pattern(pattern, args, &mut errors);
        text.into_owned()
    }
}

/// The language that an `Accept-Language` header asks for first among those we speak.
pub(crate) fn accepted(header: &str) -> Option<Locale> {
    let mut wishes: Vec<(Locale, f32)> = header
        .split(',')
        .take(20)
        .filter_map(|wish| {
            let (tag, quality) = wish.split_once(";q=").unwrap_or((wish, "1"));
            Some((tag.trim().parse().ok()?, quality.trim().parse().ok()?))
        })
        .filter(|(_, quality): &(Locale, f32)| *quality > 0.0)
        .collect();
    wishes.sort_by(|a, b| b.1.total_cmp(&a.1));
    wishes.first().map(|(locale, _)| *locale)
}

#[cfg(test)]
mod tests;
