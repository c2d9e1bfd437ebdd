//! Reads which routes there are from a router's own source, so that a table of tests cannot miss one.

/// A method and a path.
pub type Route = (String, String);

/// The routes of `.route("/path", get(…).post(…))` in this source, sorted.
pub fn in_source(source: &str) -> Vec<Route> {
    let mut routes = Vec::new();
    for piece in source.split(".route(").skip(1) {
        let Some((path, verbs)) = piece.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'))
        else {
            continue;
        };
        let verbs = verbs.split("\n        .").next().unwrap_or(verbs);
        for method in ["get", "post", "patch", "put", "delete"] {
            let starts = [format!(" {method}("), format!(".{method}("), format!("\n{method}(")];
            if starts.iter().any(|start| verbs.contains(start.as_str())) {
                routes.push((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    routes.sort();
    routes
}

/// The types of the frames that an `enum Frame` reads, as they are on the wire, sorted; those it skips left out.
pub fn frames_in_source(source: &str) -> Vec<String> {
    let body = source.split_once("enum Frame {").map_or("", |(_, rest)| rest);
    let body = body.split_once("\n}").map_or(body, |(body, _)| body);
    let mut frames = Vec::new();
    let mut skipped = false;
    for line in body.lines() {
        let Some(rest) = line.strip_prefix("    ") else { continue };
        if rest.starts_with("#[serde(skip)]") {
            skipped = true;
        } else if rest.starts_with(|c: char| c.is_ascii_uppercase()) {
            let name = rest.split([' ', '(', ',']).next().unwrap_or_default();
            if !std::mem::take(&mut skipped) {
                frames.push(name.to_ascii_lowercase());
            }
        }
    }
    frames.sort();
    frames
}

/// The operations of an OpenAPI document in YAML below `prefix`, sorted, without the prefix. The document is
/// written two blanks to a level.
pub fn in_openapi(yaml: &str, prefix: &str) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut path = None;
    let paths = yaml.lines().skip_while(|line| *line != "paths:").skip(1);
    for line in paths.take_while(|line| line.is_empty() || line.starts_with(' ') || line.starts_with('#')) {
        if let Some(named) = line.strip_prefix("  /") {
            path = format!("/{}", named.trim_end_matches(':')).strip_prefix(prefix).map(str::to_owned);
        } else if let (Some(path), Some(verb)) = (&path, line.strip_prefix("    "))
            && let verb @ ("get:" | "post:" | "patch:" | "put:" | "delete:") = verb
        {
            routes.push((verb.trim_end_matches(':').to_uppercase(), path.clone()));
        }
    }
    routes.sort();
    routes
}

/// The fenced blocks of a Markdown page that are marked with `info`, in order.
pub fn fenced(markdown: &str, info: &str) -> Vec<String> {
    let open = format!("```{info}");
    let mut blocks = Vec::new();
    let mut block: Option<Vec<&str>> = None;
    for line in markdown.lines() {
        match &mut block {
            Some(lines) if line.trim() == "```" => {
                blocks.push(lines.join("\n"));
                block = None;
            }
            Some(lines) => lines.push(line),
            None if line.trim() == open => block = Some(Vec::new()),
            None => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_found_on_one_line_and_on_several() {
        let source = "Router::new()\n        .route(\"/a\", get(x::y).post(x::z))\n        .route(\n            \"/b/{id}\",\n            delete(x),\n        )\n        .fallback(get(q))";
        let expected = [("DELETE", "/b/{id}"), ("GET", "/a"), ("POST", "/a")];
        assert_eq!(in_source(source), expected.map(|(verb, path)| (verb.to_owned(), path.to_owned())));
    }

    #[test]
    fn frames_are_found_with_and_without_fields() {
        let source = "enum Frame {\n    Hello {\n        token: Option<String>,\n    },\n    Ping {},\n    /// Not.\n    #[serde(skip)]\n    Chat {\n        id: String,\n    },\n}\nenum Other {\n    X,\n}";
        assert_eq!(frames_in_source(source), ["hello", "ping"]);
    }

    #[test]
    fn operations_are_found_below_a_prefix() {
        let yaml = "openapi: 3.1.0\npaths:\n  /v1/a:\n    parameters: []\n    get:\n      x: y\n  /v2/b:\n    post:\n\ncomponents:\n  /v1/c:\n    get:\n";
        assert_eq!(in_openapi(yaml, "/v1"), [("GET".to_owned(), "/a".to_owned())]);
    }
}
