//! Whoever steals the database signs in nowhere with it: nothing that was handed out is in it (S55).

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use testkit::smtp::Sink;
use totp_rs::{Builder, Secret};

use crate::process::{House, Server, until};
use crate::sign_in::Browser;

const KIM: &str = "kim@desk.example";
const PASSWORD: &str = "a quiet bell rings twice";
const SITES_OWN: &str = "a secret that only the host site and the desk know";

/// What follows `before` in a text, up to what cannot be part of a secret; each of them.
fn after(text: &str, before: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let rests = text.split(before).skip(1);
    rests.map(|rest| rest.chars().take_while(|c| is_part(*c)).collect()).collect()
}

/// What Kim's app shows now.
fn code(key: &str) -> String {
    let key = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "an app goes by the machine's clock, as the server does")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Builder::new().with_secret(key).build().unwrap().generate(now.as_secs()).to_string()
}

/// Kim signs in, switches codes on, and looks at her pages: returns what her browser and her screen were given.
async fn kims(server: &Server) -> Vec<String> {
    let mut kim = Browser::new(server);
    assert_eq!(kim.sign_in(KIM, PASSWORD).await.status, 303);
    assert_eq!(
        kim.fill_in("/admin/account", "/admin/account/codes/begin", &[("current", PASSWORD)]).await.status,
        303
    );
    let page = kim.get("/admin/account/codes").await.text();
    let key = page.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let shown = kim.fill_in("/admin/account", "/admin/account/codes/confirm", &[("code", &code(&key))]).await;
    let mut codes = after(&shown.text(), "<li><code>");
    assert_eq!(codes.len(), 8, "{}", shown.text());
    codes.extend(codes.clone().iter().map(|code| code.replace('-', "")));
    // A sign-in that has not given its code yet has a session, too.
    let mut half = Browser::new(server);
    assert_eq!(half.sign_in(KIM, PASSWORD).await.header("location"), "/admin/sign-in/code");
    let mut forgetful = Browser::new(server);
    assert_eq!(forgetful.fill_in("/admin/forgot", "/admin/forgot", &[("email", KIM)]).await.status, 200);
    for browser in [kim, half, forgetful] {
        codes.extend(browser.into_cookies().into_iter().map(|(_, value)| value));
    }
    codes
}

/// All ways in which a secret may stand in bytes.
fn ways(secret: &str) -> Vec<Vec<u8>> {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _never = write!(text, "{byte:02x}");
            text
        })
    };
    let mut ways =
        vec![secret.to_owned(), secret.to_lowercase(), secret.to_uppercase(), hex(secret.as_bytes())];
    ways.push(hex(secret.as_bytes()).to_uppercase());
    let mut ways: Vec<Vec<u8>> = ways.into_iter().map(String::into_bytes).collect();
    if let Some(bytes) = decoded(secret).filter(|bytes| bytes.len() >= 16) {
        ways.extend([hex(&bytes).into_bytes(), hex(&bytes).to_uppercase().into_bytes(), bytes]);
    }
    ways
}

/// Of base64url.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0_u32);
    for letter in text.chars() {
        held = held << 6 | u32::try_from(LETTERS.find(letter)?).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[tokio::test]
async fn s55_a_dump_of_the_database_has_nothing_in_it_that_was_handed_out() {
    let sink = Sink::friendly().await;
    let house = House::new()
        .with("DESKBELL_MAIL__URL", &format!("smtp://{}", sink.address))
        .with("DESKBELL_MAIL__FROM", "desk@desk.example")
        .with("DESKBELL_VISITORS__IDENTITY_SECRET", SITES_OWN);
    let mut secrets = vec![PASSWORD.to_owned(), SITES_OWN.to_owned(), house.owner(KIM).await];
    let server = house.serve().await;
    let (mut socket, welcome) = server.visitor(json!({})).await;
    secrets.push(welcome["token"].as_str().unwrap().to_owned());
    socket
        .send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "words to be found" } }))
        .await;
    socket.find("the mail", |frame| frame["conversation"]["told"]["sent"] == 1).await;
    let made = server.post("/api/v1/widget/sessions", "", &json!({})).await.json();
    secrets.push(made["token"].as_str().unwrap().to_owned());
    let lee = json!({ "email": "lee@desk.example" });
    let added = server.post("/api/v1/admin/admins", &secrets[2], &lee).await;
    assert_eq!(added.status, 201, "{}", added.text());
    secrets.extend(kims(&server).await);
    let printed = house.run(&["admin", "reset-password", "lee@desk.example"]).await.ok();
    secrets.extend(after(&printed, "/admin/welcome/"));
    secrets.extend(after(&added.text(), "/admin/welcome/"));
    let links = until("the letters", async || {
        let mails: Vec<String> = sink.mails().iter().map(|mail| readable(&mail.data)).collect();
        let mut links: Vec<String> = mails.iter().flat_map(|mail| after(mail, "/admin/welcome/")).collect();
        let welcome = links.len();
        links.extend(mails.iter().flat_map(|mail| after(mail, "/admin/answer/")));
        (welcome >= 1 && links.len() >= welcome + 3).then_some(links)
    });
    secrets.extend(links.await);
    server.stop().await;

    let mut dump = Vec::new();
    for file in std::fs::read_dir(house.data()).unwrap() {
        dump.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let finds = |what: &[u8]| dump.windows(what.len()).any(|part| part == what);
    assert!(finds(b"words to be found") && finds(KIM.as_bytes()), "this is how it would be found");
    assert!(secrets.len() > 30, "{}", secrets.len());
    for secret in &secrets {
        assert!(secret.len() >= 10, "{secret:?}");
        for way in ways(secret) {
            assert!(!finds(&way), "{secret} is in the database as {}", String::from_utf8_lossy(&way));
        }
    }
}

/// The words of a mail whose parts are in base64.
fn readable(mail: &str) -> String {
    let joined: Vec<&str> = mail.split("\n\n").collect();
    let parts = joined.iter().map(|part| {
        let part: String = part.split("\n--").next().unwrap_or_default().split_whitespace().collect();
        let bytes = decoded(&part.trim_end_matches('=').replace('+', "-").replace('/', "_"));
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    });
    parts.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn s55_without_a_secret_of_some_length_nothing_starts_that_would_need_one() {
    let short = "visitors.identity_secret must be at least 32 bytes long";
    for (secret, anonymous, fault) in [
        (Some("short"), "true", short),
        (Some("0123456789012345678901234567890"), "true", short),
        (Some(""), "true", short),
        (None, "false", "visitors.anonymous is false, and no identity key is set"),
    ] {
        let mut house = House::new().with("DESKBELL_VISITORS__ANONYMOUS", anonymous);
        if let Some(secret) = secret {
            house.set("DESKBELL_VISITORS__IDENTITY_SECRET", secret);
        }
        let said = house.run(&["serve", "--listen", "127.0.0.1:0"]).await.failure();
        assert!(said.contains(fault), "{secret:?}: {said}");
        let shown = secret.is_some_and(|secret| secret.len() > 5 && said.contains(secret));
        assert!(!shown, "{said}");
    }
}
