//! Every fault is named, and the layers lie in the right order.

use std::path::Path;

use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Vec<Fault>> {
    let folder = std::env::temp_dir().join(format!("deskbell-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = format!("{:?}.toml", std::thread::current().id()).replace(['(', ')'], "-");
    let path = folder.join(name);
    std::fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Settings::load(Some(&path), Path::new("data"), environment)
}

fn keys(faults: Vec<Fault>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.key).collect()
}

#[test]
fn the_defaults_are_good_and_are_those_of_the_rules() {
    let settings = Settings::load(None, Path::new("data"), []).unwrap();
    let policy = Policy::default();
    assert_eq!(settings.policy.offer_after, policy.offer_after);
    assert_eq!(settings.policy.move_after, policy.move_after);
    assert_eq!(settings.policy.steps, policy.steps);
    assert_eq!(settings.database, Path::new("data/deskbell.db"));
    assert!(settings.warnings.is_empty() && !settings.server.listen_chosen);
}

#[test]
fn the_environment_lies_over_the_file() {
    let settings = load(
        "[wait]\nmove_after = \"9m\"\noffer_after = \"1m\"\n",
        &[
            ("DESKBELL_WAIT__MOVE_AFTER", "7m"),
            ("DESKBELL_SITE__ALLOWED_ORIGINS", "https://a.example, https://b.example/"),
            ("DESKBELL_LIMITS__CONNECTIONS", "7"),
            (
                "DESKBELL_WAIT__STEPS",
                r#"[{"after":"0s","notify":"everyone"},{"after":"8m","notify":"on-duty"}]"#,
            ),
            ("DESKBELL_CONFIG", "elsewhere"),
            ("HOME", "/"),
        ],
    )
    .unwrap();
    assert_eq!(settings.policy.move_after.as_secs(), 420);
    assert_eq!(settings.policy.offer_after.as_secs(), 60);
    assert_eq!(settings.site.allowed_origins, ["https://a.example", "https://b.example"]);
    assert_eq!((settings.limits.connections, settings.policy.steps.len()), (7, 2));
    assert_eq!(settings.warnings.len(), 1, "the second step is never reached");
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = load(
        "[server]\nlisten = [\"nonsense\"]\npublic_url = \"desk.example\"\n[site]\nlocale = \"fr\"\ncolour = 1\n\
         [wait]\nmove_after = \"5 minutes\"\n[visitors]\nidentity_secret = \"short\"\n[mail]\nurl = \"http://x\"\n\
         [limits]\ncalls_per_ip = \"many\"\nconnections = 0\n[telemetry]\notlp_endpoint = \"localhost:4318\"\n\
         otlp_headers = \"key\"\nservice_name = \"\"\ntrace_ratio = 1.5\n[extra]\nx = 1\n",
        &[("DESKBELL_SERVER__TRUSTED_PROXIES", "10.0.0.x")],
    )
    .unwrap_err();
    let keys = keys(faults);
    for key in [
        "server.listen",
        "server.public_url",
        "server.trusted_proxies",
        "site.locale",
        "site.colour",
        "wait.move_after",
        "visitors.identity_secret",
        "mail.url",
        "limits.calls_per_ip",
        "limits.connections",
        "telemetry.otlp_endpoint",
        "telemetry.otlp_headers",
        "telemetry.service_name",
        "telemetry.trace_ratio",
        "extra.x",
    ] {
        assert!(keys.iter().any(|known| known == key), "{key} is missing in {keys:?}");
    }
}

/// The reference's rows: the setting, its variable, and its default where it has one.
fn reference() -> Vec<(String, String, Option<String>)> {
    let text = include_str!("../../../../docs/settings.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("`<br>`"));
    rows.map(|(key, rest)| {
        let (variable, rest) = rest.split_once('`').unwrap();
        let default = rest.split(" | ").nth(2).unwrap().trim_matches('`');
        (key.to_owned(), variable.to_owned(), (default != "none").then(|| default.to_owned()))
    })
    .collect()
}

#[test]
fn every_variable_of_the_reference_sets_its_key_and_every_default_is_in_force() {
    let in_force: toml::Table = load("", &[]).unwrap().shown.parse().unwrap();
    let rows = reference();
    assert!(rows.len() > 30, "{rows:?}");
    for (key, variable, default) in rows {
        let (section, name) = key.split_once('.').unwrap();
        let value = in_force.get(section).and_then(|section| section.get(name)).map(ToString::to_string);
        if name != "steps" {
            assert_eq!(value, default, "{key}");
        }
        // Whatever else is wrong with this value: it reaches a setting.
        for fault in load("", &[(&variable, "\u{1}")]).err().unwrap_or_default() {
            let lost = fault.detail.contains("is not a setting") || fault.detail.contains("is not known");
            assert!(!lost, "{variable}: {fault:?}");
        }
    }
}

#[test]
fn a_key_for_the_collector_is_not_sent_where_others_can_read_it_without_a_warning() {
    let warnings = |endpoint: &str| {
        let file = format!(
            "[telemetry]\notlp_endpoint = \"{endpoint}\"\notlp_headers = \"key=x\"\ntrace_ratio = 1\n"
        );
        load(&file, &[("DESKBELL_TELEMETRY__TRACE_RATIO", "0.25")]).unwrap().warnings
    };
    assert_eq!(warnings("http://otlp.example:4318").len(), 1);
    for fine in ["https://otlp.example/otlp", "http://127.0.0.1:4318", "http://localhost:4318/"] {
        assert!(warnings(fine).is_empty(), "{fine}");
    }
}

#[test]
fn what_kubernetes_sets_for_a_service_of_this_name_is_not_ours() {
    let set = [
        "DESKBELL_PORT",
        "DESKBELL_PORT_4000_TCP_ADDR",
        "DESKBELL_SERVICE_HOST",
        "DESKBELL_SERVICE_PORT_HTTP",
    ];
    load("", &set.map(|name| (name, "tcp://10.0.0.7:4000"))).unwrap();
    assert_eq!(keys(load("", &[("DESKBELL_HOST", "10.0.0.7")]).unwrap_err()), ["DESKBELL_HOST"]);
}

#[test]
fn the_settings_in_force_are_shown_without_their_secrets() {
    let secret = "0123456789abcdef0123456789abcdef";
    let file = format!(
        "[visitors]\nidentity_secret = \"{secret}\"\n[mail]\nfrom = \"desk@x.example\"\nurl = \"smtps://me:hunter2@mail.example:465\"\n\
         [telemetry]\notlp_headers = \"api-key=swordfish\"\n"
    );
    let shown = load(&file, &[]).unwrap().shown;
    assert!(!shown.contains(secret) && !shown.contains("hunter2") && !shown.contains("swordfish"), "{shown}");
    assert!(shown.contains("move_after = \"5m\""));
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let faults = load("[wait]\n\nmove_after = \n", &[]).unwrap_err();
    assert!(faults[0].detail.contains("line 3"), "{faults:?}");
}
