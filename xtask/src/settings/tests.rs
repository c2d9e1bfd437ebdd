//! The table says what the file and the code say, and notices what is in one of them alone.

use super::code::readings_in;
use super::{misfits, settings, tables, variable};

const FILE: &str = r#"# All of them.

[server]
# Where it
# listens.
listen = ["127.0.0.1:4000"]
# A name | an address.
# public_url = "https://desk.example"

[wait]
# Whom, and when.
[[wait.steps]]
after = "0s"
notify = "on-duty"
[[wait.steps]]
after = "60s"
notify = "everyone"

[mail]
# Where to.
# url = "smtps://…"
"#;

const CODE: &str = r#"
    let listen = reader.list("server.listen", str::parse);
    let (section, key) = [("mail", "url")];
    reader.text("server.public_url"); separate("a.b");
    reader.take("wait.steps"); reader.secret("mail.url")
"#;

#[test]
fn every_setting_has_a_row_with_its_variable_default_and_meaning() {
    let (settings, readings) = (settings(FILE), readings_in(CODE));
    assert_eq!(misfits(&settings, &readings), Vec::<String>::new());
    let text = tables(&settings, &readings);
    for row in [
        r#"| `server.listen`<br>`DESKBELL_SERVER__LISTEN` | a list of texts | `["127.0.0.1:4000"]` | Where it listens. |"#,
        r#"| none | A name \| an address. Example: `"https://desk.example"` |"#,
        r#"| `after = "0s", notify = "on-duty"; after = "60s", notify = "everyone"` | Whom, and when. |"#,
        "| `mail.url`<br>`DESKBELL_MAIL__URL` | text, or in a file: `mail.url_file` (**secret**) | none | Where to. |",
    ] {
        assert!(text.contains(row), "{row}\nis not in\n{text}");
    }
}

#[test]
fn a_number_has_its_range_and_a_rate_is_known_as_one() {
    let code = "reader.number(\"limits.connections\", 1..=10_000_000), rate(\n\"limits.calls_per_ip\",\n)";
    let kinds: Vec<String> = readings_in(code).into_iter().map(|reading| reading.kind).collect();
    assert_eq!(kinds, ["a number from 1 to 10000000", "a rate"]);
}

#[test]
fn what_only_one_of_them_knows_is_named() {
    let settings = settings("[a]\n# It is.\nb = 1\nsilent = 2\n");
    let readings = readings_in("reader.text(\"a.c\"); reader.number(\"a.silent\", 1..=2)");
    let faults = misfits(&settings, &readings);
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].contains("reads a.b") && faults[1].contains("a.silent has no comment"));
    assert!(faults[2].contains("does not have a.c"));
}

#[test]
fn a_variable_is_named_after_its_key() {
    assert_eq!(variable("visitors.identity_public_key"), "DESKBELL_VISITORS__IDENTITY_PUBLIC_KEY");
}
