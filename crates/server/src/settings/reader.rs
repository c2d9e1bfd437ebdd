//! Takes values out of the merged layers one by one; what is wrong is gathered, what is left over is unknown.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use toml::Value;

use crate::settings::Fault;
use crate::settings::layers::Layers;

pub(crate) struct Reader {
    layers: Layers,
    pub(crate) faults: Vec<Fault>,
}

impl Reader {
    pub(crate) const fn new(layers: Layers) -> Self {
        Self { layers, faults: Vec::new() }
    }

    pub(crate) fn fault(&mut self, key: &str, detail: impl Into<String>) {
        self.faults.push(Fault { key: key.to_owned(), detail: detail.into() });
    }

    /// Whether something is wrong with this key already, so that what follows from that is not told as well.
    pub(crate) fn is_faulty(&self, key: &str) -> bool {
        self.faults.iter().any(|fault| fault.key.starts_with(key))
    }

    /// A fault of a key that has to be there and is not, unless something is wrong with it already.
    pub(crate) fn missing(&mut self, key: &str, detail: &str) {
        if !self.is_faulty(key) {
            self.fault(key, detail);
        }
    }

    pub(crate) fn chosen(&self, key: &str) -> bool {
        self.layers.chosen.contains(key)
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        let (section, name) = key.split_once('.')?;
        self.layers.table.get_mut(section)?.as_table_mut()?.remove(name)
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let Value::String(text) = self.take(key)? else {
            self.fault(key, "must be text");
            return None;
        };
        Some(text)
    }

    /// A secret, or the content of the file that its twin names.
    pub(crate) fn secret(&mut self, key: &str) -> Option<String> {
        let twin = format!("{key}_file");
        let (direct, file) = (self.text(key), self.text(&twin));
        match (direct, file) {
            (Some(_), Some(_)) => {
                self.fault(key, format!("and {twin} are both set; keep one"));
                None
            }
            (Some(secret), None) => Some(secret),
            (None, Some(path)) => match std::fs::read_to_string(Path::new(&path)) {
                Ok(secret) => Some(secret.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => {
                    self.fault(&twin, format!("cannot be read: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }

    pub(crate) fn flag(&mut self, key: &str) -> bool {
        let Some(Value::Boolean(flag)) = self.take(key) else {
            self.fault(key, "must be true or false");
            return false;
        };
        flag
    }

    /// A whole number within a range.
    pub(crate) fn number(&mut self, key: &str, range: std::ops::RangeInclusive<usize>) -> usize {
        let number = match self.take(key) {
            Some(Value::Integer(number)) => usize::try_from(number).ok(),
            _ => None,
        };
        number.filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.fault(key, format!("must be a number from {} to {}", range.start(), range.end()));
            *range.start()
        })
    }

    /// A part of all: from 0 to 1.
    pub(crate) fn ratio(&mut self, key: &str) -> f64 {
        let ratio = match self.take(key) {
            Some(Value::Float(ratio)) => Some(ratio),
            Some(Value::Integer(0)) => Some(0.0),
            Some(Value::Integer(1)) => Some(1.0),
            _ => None,
        };
        ratio.filter(|ratio| (0.0..=1.0).contains(ratio)).unwrap_or_else(|| {
            self.fault(key, "must be a number from 0.0 to 1.0");
            0.0
        })
    }

    pub(crate) fn duration(&mut self, key: &str) -> Duration {
        let text = self.text(key).unwrap_or_default();
        web::rate_limit::duration(&text).unwrap_or_else(|| {
            self.fault(key, "must be a duration such as 90s, 3m or 24h");
            Duration::ZERO
        })
    }

    /// A list of texts, each read as a `T`.
    pub(crate) fn list<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(Value::Array(items)) = self.take(key) else {
            self.fault(key, "must be a list of texts");
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            match item.as_str().map(&read) {
                Some(Ok(value)) => all.push(value),
                Some(Err(detail)) => self.fault(key, detail),
                None => self.fault(key, "must be a list of texts"),
            }
        }
        all
    }

    /// Any text that can be read as a `T`, whose error says what is wrong.
    pub(crate) fn parse<T>(&mut self, key: &str, text: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let words = error.to_string();
                self.fault(key, words.strip_prefix(key).map_or(words.as_str(), str::trim));
                None
            }
        }
    }

    /// What nobody took is not a setting.
    pub(crate) fn finish(mut self) -> Vec<Fault> {
        let left = std::mem::take(&mut self.layers.table);
        for (section, values) in left {
            for key in values.as_table().map(toml::Table::keys).into_iter().flatten() {
                self.fault(
                    &format!("{section}.{key}"),
                    "is not a setting; see config/deskbell.toml for all of them",
                );
            }
        }
        self.faults
    }
}
