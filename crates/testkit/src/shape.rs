//! Which fields a JSON value has: what somebody may see is held as a list of paths.

use std::collections::BTreeSet;

use serde_json::Value;

/// The paths of all fields in it: `conversation.admins[].name`.
pub fn paths(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(value, "", &mut found);
    found
}

fn walk(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                found.insert(path.clone());
                walk(value, &path, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                walk(item, &format!("{at}[]"), found);
            }
        }
        _ => {}
    }
}
