//! `deskbell doctor` finds what is broken, and says what to do.

use std::os::unix::fs::PermissionsExt;

use testkit::ports::free;
use testkit::smtp::{Answer, Sink, Step};

use crate::process::House;

/// A house that is to be found at a port of its own.
fn at_a_port() -> (House, String) {
    let free = free();
    let address = format!("127.0.0.1:{}", free.port());
    let url = format!("http://localhost:{}", free.port());
    (House::new().with("DESKBELL_SERVER__PUBLIC_URL", &url).with("DESKBELL_SERVER__LISTEN", &address), url)
}

fn with_mail(house: House, sink: &Sink) -> House {
    let house = house.with("DESKBELL_MAIL__URL", &format!("smtp://{}", sink.address));
    house.with("DESKBELL_MAIL__FROM", "Desk <desk@desk.example>")
}

/// The line of a finding, with what follows it.
fn finding<'a>(said: &'a str, about: &str, start: &str) -> &'a str {
    let line = format!("{start:<7} {about}");
    let at = said.find(&line).unwrap_or_else(|| panic!("{line:?} is not in\n{said}"));
    &said[at..]
}

#[tokio::test]
async fn of_a_desk_that_is_well_it_says_so_and_sends_the_mail_it_was_asked_for() {
    let sink = Sink::friendly().await;
    let (house, url) = at_a_port();
    let house = with_mail(house, &sink);
    house.owner("kim@desk.example").await;
    let _server = house.start(&["serve"]).await;
    let said = house.run(&["doctor", "--mail-to", "kim@desk.example"]).await.ok();
    for about in
        ["settings", "data folder", "disk", "database", "team", "public URL", "WebSocket", "clock", "mail"]
    {
        finding(&said, about, "ok");
    }
    assert!(!said.contains("BROKEN") && !said.contains("look "), "{said}");
    assert!(said.contains(&format!("{url} leads here, and is ready")), "{said}");
    assert!(said.contains("a mail to kim@desk.example was taken: 250"), "{said}");
    let mails = sink.mails_until(|mails| mails.len() == 1).await;
    assert!(mails[0].data.contains("test of Deskbell's mails"));
}

#[tokio::test]
async fn everything_that_is_broken_is_named_with_what_to_do() {
    let sink = Sink::friendly().await;
    sink.behave(
        |at| if at.step == Step::Mail { Answer::say("550 5.7.1 not your address") } else { Answer::Fine },
    );
    let (house, url) = at_a_port();
    let house = with_mail(house, &sink);
    let server = house.start(&["serve"]).await;
    server.kill().await;
    std::fs::set_permissions(house.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    house.sql("INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1").await;
    let ended = house.run(&["doctor", "--mail-to", "kim@desk.example"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let said = &ended.out;
    assert!(finding(said, "data folder", "look").contains("-> chmod 700"), "{said}");
    assert!(finding(said, "database", "BROKEN").contains("newer version (schema 9999"), "{said}");
    assert!(finding(said, "team", "look").contains("-> deskbell admin add"), "{said}");
    assert!(finding(said, "public URL", "BROKEN").contains(&format!("{url}: connecting: ")), "{said}");
    assert!(finding(said, "mail", "BROKEN").contains("550 5.7.1 not your address"), "{said}");
    assert!(ended.err.contains("3 things are broken"), "{ended:?}");
}

#[tokio::test]
async fn a_name_that_is_not_handed_on_is_told_apart() {
    let (mut house, url) = at_a_port();
    let _server = house.start(&["serve"]).await;
    // The same server by another name: what a proxy makes of it that hands on a Host of its own.
    house.set("DESKBELL_SERVER__PUBLIC_URL", &url.replace("localhost", "127.1"));
    let misled = house.run(&["doctor"]).await;
    assert_eq!(misled.code, Some(1), "{misled:?}");
    let told = finding(&misled.out, "public URL", "BROKEN");
    assert!(told.contains("another name (421)") && told.contains("proxy_set_header Host"), "{told}");
}
