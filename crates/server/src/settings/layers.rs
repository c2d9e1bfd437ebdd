//! Puts the layers on top of each other: defaults, the operator's file, the environment.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

use crate::settings::Fault;

/// Every key with its default, compiled in.
const DEFAULTS: &str = include_str!("../../../../config/deskbell.toml");
/// What the environment's keys begin with.
const PREFIX: &str = "DESKBELL_";
/// Variables that the command line takes.
const OTHERS: [&str; 2] = ["DESKBELL_CONFIG", "DESKBELL_DATA"];
/// How the variables begin that Kubernetes and Docker's links set for a service that is called deskbell.
const SERVICE: [&str; 2] = ["DESKBELL_SERVICE_", "DESKBELL_PORT"];

/// The merged settings.
#[derive(Debug)]
pub(crate) struct Layers {
    /// All values, two levels deep.
    pub(crate) table: Table,
    /// The keys that the operator has set: `server.listen`.
    pub(crate) chosen: BTreeSet<String>,
}

/// Merges all layers; a file that is not there or not TOML is a fault.
pub(crate) fn merge(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Layers, Vec<Fault>> {
    let mut layers = Layers { table: parse("the defaults", DEFAULTS)?, chosen: BTreeSet::new() };
    if let Some(path) = file {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| vec![Fault { key: name.clone(), detail: format!("cannot be read: {error}") }])?;
        layers.put(parse(&name, &text)?)?;
    }
    layers.put_environment(environment)?;
    Ok(layers)
}

fn parse(name: &str, text: &str) -> Result<Table, Vec<Fault>> {
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let detail = format!("line {line} is not TOML: {}", error.message());
        vec![Fault { key: name.to_owned(), detail }]
    })
}

impl Layers {
    fn put(&mut self, over: Table) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for (section, values) in over {
            match values {
                Value::Table(values) => {
                    for (key, value) in values {
                        self.set(&section, &key, value);
                    }
                }
                _ => faults
                    .push(Fault { key: section, detail: "is not known; settings stand in sections".into() }),
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn set(&mut self, section: &str, key: &str, value: Value) {
        self.chosen.insert(format!("{section}.{key}"));
        let entry = self.table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(table) = entry {
            table.insert(key.to_owned(), value);
        }
    }

    fn put_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| !OTHERS.contains(&name.as_str())) else {
                continue;
            };
            let Some((section, key)) = rest.split_once("__") else {
                if SERVICE.iter().any(|start| name.starts_with(start)) {
                    continue;
                }
                let detail = "is not known; settings are named DESKBELL_SECTION__KEY".to_owned();
                faults.push(Fault { key: name, detail });
                continue;
            };
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            match self.typed(&section, &key, text) {
                Ok(value) => self.set(&section, &key, value),
                Err(detail) => faults.push(Fault { key: name, detail }),
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The text as a value of the type that the key's default has; keys without a default hold text.
    fn typed(&self, section: &str, key: &str, text: String) -> Result<Value, String> {
        match self.table.get(section).and_then(|section| section.get(key)) {
            Some(Value::Boolean(_)) => {
                text.parse().map(Value::Boolean).map_err(|_| "must be true or false".into())
            }
            // A file may say 1 where 1.0 is meant.
            Some(Value::Integer(_) | Value::Float(_)) => {
                let whole = text.parse().map(Value::Integer);
                whole
                    .or_else(|_| text.parse().map(Value::Float))
                    .map_err(|_: std::num::ParseFloatError| "must be a number".into())
            }
            Some(Value::Array(_)) if key == "steps" => {
                serde_json::from_str::<Value>(&text).map_err(|_| "must be a list of tables as JSON".into())
            }
            Some(Value::Array(_)) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
            }
            _ => Ok(Value::String(text)),
        }
    }
}
