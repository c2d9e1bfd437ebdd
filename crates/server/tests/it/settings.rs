//! `deskbell config check`: the settings in force, or everything that is wrong with them.

use crate::process::House;

/// S45.
#[tokio::test]
async fn the_settings_in_force_are_printed_with_their_secrets_masked() {
    let house = House::new()
        .with("DESKBELL_WAIT__MOVE_AFTER", "7m")
        .with("DESKBELL_MAIL__FROM", "Desk <desk@shop.example>")
        .with("DESKBELL_MAIL__URL", "smtps://me:hunter2@mail.shop.example:465")
        .with("DESKBELL_VISITORS__IDENTITY_SECRET", "0123456789abcdef0123456789abcdef");
    let file = house.path("desk.toml");
    std::fs::write(
        &file,
        "[wait]\nmove_after = \"9m\"\noffer_after = \"2m\"\n[site]\nname = \"Burgerput\"\n",
    )
    .unwrap();
    let ended = house.run(&["config", "check", "--config", file.to_str().unwrap()]).await;
    assert_eq!(ended.err, "");
    let shown = ended.ok();
    for line in
        ["move_after = \"7m\"", "offer_after = \"2m\"", "name = \"Burgerput\"", "message_bytes = 8192"]
    {
        assert!(shown.contains(line), "{line} is missing in\n{shown}");
    }
    assert!(shown.contains("mail.shop.example"), "where mails go is no secret\n{shown}");
    for secret in ["hunter2", "0123456789abcdef"] {
        assert!(!shown.contains(secret), "{secret} is shown in\n{shown}");
    }
    assert!(!house.data().exists(), "a look at the settings makes no folder");
}

#[tokio::test]
async fn what_is_printed_can_be_used_as_a_settings_file() {
    let house = House::new();
    let first = house.run(&["config", "check"]).await.ok();
    let file = house.path("printed.toml");
    std::fs::write(&file, &first).unwrap();
    assert_eq!(house.run(&["config", "check", "--config", file.to_str().unwrap()]).await.ok(), first);
}

#[tokio::test]
async fn a_secret_can_come_from_a_file_and_is_not_shown_either() {
    let house = House::new();
    let secret = house.path("identity");
    std::fs::write(&secret, "fedcba9876543210fedcba9876543210\n").unwrap();
    let house = house.with("DESKBELL_VISITORS__IDENTITY_SECRET_FILE", secret.to_str().unwrap());
    assert!(!house.run(&["config", "check"]).await.ok().contains("fedcba98"));
    std::fs::remove_file(&secret).unwrap();
    let said = house.run(&["config", "check"]).await.failure();
    assert!(said.starts_with("visitors.identity_secret_file cannot be read"), "{said}");
}

#[tokio::test]
async fn every_fault_is_named_on_a_line_of_its_own() {
    let house = House::new().with("DESKBELL_LIMITS__CALLS_PER_IP", "many");
    let file = house.path("desk.toml");
    let text = "[server]\nlisten = [\"nonsense\"]\npublic_url = \"desk.example\"\n[site]\nlocale = \"fr\"\n\
        colour = 1\n[wait]\nmove_after = \"5 minutes\"\n[extra]\nx = 1\n";
    std::fs::write(&file, text).unwrap();
    let ended = house.run(&["config", "check", "--config", file.to_str().unwrap()]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    for key in [
        "server.listen",
        "server.public_url",
        "site.locale",
        "site.colour",
        "wait.move_after",
        "limits.calls_per_ip",
        "extra.x",
    ] {
        let start = format!("deskbell: {key} ");
        assert_eq!(
            ended.err.lines().filter(|line| line.starts_with(&start)).count(),
            1,
            "{key}:\n{}",
            ended.err
        );
    }
    // A server with such settings does not start, and says the same in one line.
    let refused = house.run(&["serve", "--config", file.to_str().unwrap()]).await.failure();
    assert!(refused.contains("site.colour") && refused.contains("extra.x"), "{refused}");
    assert!(!house.data().exists());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_fault_and_not_the_defaults() {
    let house = House::new();
    let said = house.run(&["config", "check", "--config", "nowhere.toml"]).await.failure();
    assert!(said.starts_with("nowhere.toml cannot be read"), "{said}");
    let house = house.with("DESKBELL_CONFIG", "elsewhere.toml");
    let said = house.run(&["serve"]).await.failure();
    assert!(said.contains("elsewhere.toml cannot be read"), "{said}");
}

#[tokio::test]
async fn a_mistyped_variable_is_a_fault() {
    let house = House::new().with("DESKBELL_WAITMOVE_AFTER", "5m");
    let said = house.run(&["config", "check"]).await.failure();
    assert!(said.starts_with("DESKBELL_WAITMOVE_AFTER is not known"), "{said}");
}

#[tokio::test]
async fn a_step_that_is_never_reached_is_warned_about() {
    let steps = r#"[{"after":"0s","notify":"everyone"},{"after":"8m","notify":"on-duty"}]"#;
    let ended = House::new().with("DESKBELL_WAIT__STEPS", steps).run(&["config", "check"]).await;
    assert!(ended.err.contains("480s is never reached"), "{}", ended.err);
    ended.ok();
}
