//! `deskbell admin` and `deskbell token`, with and without a server that runs on the same data.

use crate::process::House;

const PASSWORD: &str = "a quiet bell rings twice\n";

#[tokio::test]
async fn admins_are_added_listed_disabled_and_enabled() {
    let house = House::new();
    let first = house.run(&["admin", "add", "kim@desk.example"]).await.ok();
    assert!(first.starts_with("kim@desk.example was added as owner.\n"), "the first one is: {first}");
    assert!(first.contains("http://localhost:4000/admin/welcome/"), "{first}");
    let lee = ["admin", "add", "lee@desk.example", "--name", "이 서준", "--password-stdin"];
    assert_eq!(house.run_with(&lee, PASSWORD).await.ok(), "lee@desk.example was added as admin.\n");
    let list = async || house.run(&["admin", "list"]).await.ok();
    let expected = "kim@desk.example\towner\tkim\ton duty\nlee@desk.example\tadmin\t이 서준\ton duty\n";
    assert_eq!(list().await, expected);
    house.run(&["admin", "disable", "LEE@desk.example"]).await.ok();
    house.run(&["admin", "disable", "lee@desk.example"]).await.ok();
    assert!(list().await.ends_with("이 서준\tdisabled\n"));
    house.run(&["admin", "enable", "lee@desk.example"]).await.ok();
    assert_eq!(list().await, expected);
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_a_line_and_changes_nothing() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    for (wrong, said) in [
        (&["admin", "add", "KIM@desk.example"][..], "is an admin already"),
        (&["admin", "add", "not an address"], "not an address"),
        (&["admin", "add", "lee@desk.example", "--name", "  "], "the name"),
        (&["admin", "disable", "kim@desk.example"], "the last owner"),
        (&["admin", "disable", "nobody@desk.example"], "is no admin"),
        (&["admin", "enable", "nobody@desk.example"], "is no admin"),
        (&["admin", "reset-password", "nobody@desk.example"], "is no admin"),
        (&["token", "create", "--admin", "nobody@desk.example"], "is no admin"),
        (&["token", "revoke", "7"], "is no token's id"),
        (&["token", "revoke", "019aa4c1-0000-7000-8000-000000000001"], "there is no token"),
    ] {
        let failure = house.run(wrong).await.failure();
        assert!(failure.contains(said), "{wrong:?}: {failure}");
    }
    let short = house.run_with(&["admin", "add", "lee@desk.example", "--password-stdin"], "short\n").await;
    assert!(!short.failure().contains("short\n"));
    for common in ["1q2w3e4r5t\n", "lee@desk.example\n"] {
        let common = house.run_with(&["admin", "add", "lee@desk.example", "--password-stdin"], common).await;
        assert!(common.failure().contains("one of those that are tried first"));
    }
    assert_eq!(house.run(&["admin", "list"]).await.ok(), "kim@desk.example\towner\tkim\ton duty\n");
}

#[tokio::test]
async fn a_token_stands_alone_on_the_last_line_works_and_is_worth_nothing_once_revoked() {
    let house = House::new();
    house.run_with(&["admin", "add", "kim@desk.example", "--password-stdin"], PASSWORD).await.ok();
    let server = house.serve().await;
    // Both while the server runs.
    let made =
        house.run(&["token", "create", "--admin", "kim@desk.example", "--name", "the script"]).await.ok();
    let token = made.lines().last().unwrap();
    assert!(token.len() == 43 && !token.contains(' '), "{token}");
    let asked = async |token: &str| server.get("/api/v1/admin/conversations", token).await;
    assert_eq!(asked("").await.status, 401);
    assert_eq!(asked(&token.replace(&token[..1], "!")).await.status, 401);
    let answer = asked(token).await;
    assert_eq!((answer.status, answer.json()["conversations"].as_array().map(Vec::len)), (200, Some(0)));
    let listed = house.run(&["token", "list"]).await.ok();
    let fields: Vec<&str> = listed.trim_end().split('\t').collect();
    assert_eq!(fields[1..3], ["kim@desk.example", "the script"]);
    assert!(fields[3].starts_with("last used ") && !listed.contains(token), "{listed}");
    house.run(&["token", "revoke", fields[0]]).await.ok();
    assert_eq!(asked(token).await.status, 401);
    assert!(house.run(&["token", "list"]).await.ok().contains("\trevoked "));
}

#[tokio::test]
async fn a_disabled_admins_token_opens_nothing_until_they_are_enabled_again() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    let token = house.owner("lee@desk.example").await;
    let server = house.serve().await;
    let status = async || server.get("/api/v1/admin/conversations", &token).await.status;
    assert_eq!(status().await, 200);
    house.run(&["admin", "disable", "lee@desk.example"]).await.ok();
    assert_eq!(status().await, 401);
    let refused = house.run(&["token", "create", "--admin", "lee@desk.example"]).await.failure();
    assert!(refused.contains("is disabled"), "{refused}");
    house.run(&["admin", "enable", "lee@desk.example"]).await.ok();
    assert_eq!(status().await, 200);
}
