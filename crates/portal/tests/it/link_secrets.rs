//! What is nearly the secret of a one-time link is none, and what has been one is none any more (S18, S19).

use std::time::Duration;

use axum::http::StatusCode;
use domain::admin::{Admin, Role};

use crate::browser::{House, PASSWORD};
use crate::links::{choose, link};

const NEW: [(&str, &str); 2] =
    [("password", "another long password"), ("password_again", "another long password")];

/// Everything that a reader who is too kind might take for this secret.
fn nearly(secret: &str) -> Vec<String> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let swapped = secret
        .chars()
        .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    let (rest, last) = secret.split_at(secret.len() - 1);
    let mut all = vec![
        String::new(),
        "%20".to_owned(),
        "%09".to_owned(),
        "%00".to_owned(),
        "%E2%80%8B".to_owned(),
        "null".to_owned(),
        "undefined".to_owned(),
        "0".repeat(secret.len()),
        "A".repeat(secret.len()),
        secret.to_lowercase(),
        secret.to_uppercase(),
        swapped.collect(),
        rest.to_owned(),
        secret[1..].to_owned(),
        secret.chars().rev().collect(),
        format!("{secret}{secret}"),
        format!("{secret},{secret}"),
        // The same bytes to a decoder that overlooks the bits that stand for nothing.
        {
            let at = LETTERS.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
            format!("{rest}{}", char::from(LETTERS[at ^ 1]))
        },
        // Decoded twice, or of letters that look alike.
        format!("%25{:02X}{}", secret.as_bytes()[0], &secret[1..]),
        format!("{}{}", fullwidth(&secret[..1]), &secret[1..]),
    ];
    for pad in
        ["=", "==", ".", "%20", "%09", "%0A", "%0D%0A", "%00", "%2F", "%E2%80%8B", "+", "%25", ";a=b", "%3Fa"]
    {
        all.push(format!("{secret}{pad}"));
        all.push(format!("{pad}{secret}"));
        all.push(format!("{rest}{pad}{last}"));
    }
    all.retain(|one| one != secret);
    all
}

/// An ASCII letter in its wide form, escaped for an address.
fn fullwidth(letter: &str) -> String {
    let wide = char::from_u32(u32::from(letter.as_bytes()[0]) + 0xfee0).unwrap();
    let mut buffer = [0; 4];
    let bytes = wide.encode_utf8(&mut buffer).as_bytes();
    bytes.iter().fold(String::new(), |escaped, byte| escaped + &format!("%{byte:02X}"))
}

async fn is_worth_nothing(house: &House, path: &str) {
    let mut browser = house.browser();
    let status = browser.get(path).await.status;
    let csrf = browser.get("/admin/sign-in").await.csrf();
    let mut fields = vec![("csrf", csrf.as_str()), ("name", "Eve"), ("email", "eve@evil.example")];
    fields.extend(NEW);
    let pressed = browser.post(path, &fields).await.status;
    for status in [status, pressed] {
        let refused = [
            StatusCode::NOT_FOUND,
            StatusCode::GONE,
            StatusCode::BAD_REQUEST,
            StatusCode::METHOD_NOT_ALLOWED,
        ];
        assert!(refused.contains(&status), "{path}: {status}");
    }
    assert!(!browser.cookies.contains_key("deskbell"), "{path}");
}

async fn only_itself_opens(house: &House, link: &str) {
    let (folder, secret) = link.rsplit_once('/').unwrap();
    let all = nearly(secret);
    assert!(all.len() > 55, "{}", all.len());
    for other in all {
        is_worth_nothing(house, &format!("{folder}/{other}")).await;
    }
    assert_eq!(house.browser().get(link).await.status, StatusCode::OK, "the true one is still good");
}

#[tokio::test]
async fn s19_nothing_but_its_secret_opens_the_first_owners_link_or_an_invitation() {
    let house = House::open().await;
    let first = link(&house, None).await;
    only_itself_opens(&house, &first).await;
    assert!(house.desk.storage.admins().await.unwrap().is_empty());
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    is_worth_nothing(&house, &first).await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    only_itself_opens(&house, &link(&house, Some(lee.id)).await).await;
    // No link that was never made is open for anybody either.
    for secret in nearly("nobodys") {
        is_worth_nothing(&house, &format!("/admin/welcome/{secret}")).await;
    }
}

#[tokio::test]
async fn s19_nothing_but_its_secret_presses_the_button_of_a_call_mail() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "help").await;
    let [on_my_way, _, to_board] = crate::call_links::links(&house, &kim, call).await;
    only_itself_opens(&house, &to_board).await;
    assert_eq!(house.state_of(&mina, call).await, "waiting");
    // A link that opens one door opens no other.
    is_worth_nothing(&house, &on_my_way.replace("/answer/", "/welcome/")).await;
    let password = link(&house, Some(kim.id)).await;
    is_worth_nothing(&house, &password.replace("/welcome/", "/answer/")).await;
}

#[tokio::test]
async fn s18_a_link_for_a_new_password_ends_by_use_by_time_by_a_newer_one_and_by_any_new_password() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    only_itself_opens(&house, &link(&house, Some(id)).await).await;

    let (older, newer) = (link(&house, Some(id)).await, link(&house, Some(id)).await);
    is_worth_nothing(&house, &older).await;
    assert_eq!(choose(&mut house.browser(), &newer, &NEW).await.status, StatusCode::SEE_OTHER);
    is_worth_nothing(&house, &newer).await;
    is_worth_nothing(&house, &older).await;
    assert_eq!(kim.get("/admin").await.status, StatusCode::SEE_OTHER, "who was in is out");

    // Kim has changed the password herself: whoever holds a link from before holds nothing.
    kim.sign_in("kim@burgerput.example", NEW[0].1, "").await;
    let before = link(&house, Some(id)).await;
    let changed = [("current", NEW[0].1), ("password", PASSWORD), ("password_again", PASSWORD)];
    kim.submit("/admin/account/password", &changed).await;
    is_worth_nothing(&house, &before).await;
    assert_eq!(house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");

    let late = link(&house, Some(id)).await;
    house.desk.clock.advance(Duration::from_hours(24));
    is_worth_nothing(&house, &late).await;
}

#[tokio::test]
async fn s18_a_link_is_for_one_person_and_worth_nothing_once_they_are_disabled_or_unknown() {
    let house = House::open().await;
    house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let of_lee = link(&house, Some(lee.id)).await;
    let mut fields = vec![("email", "kim@burgerput.example"), ("admin", "kim@burgerput.example")];
    fields.extend(NEW);
    assert_eq!(choose(&mut house.browser(), &of_lee, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");
    assert_eq!(house.browser().sign_in("lee@burgerput.example", NEW[0].1, "").await.goes_to(), "/admin");

    let again = link(&house, Some(lee.id)).await;
    let disabled = Admin { disabled_at: Some(lee.created_at), ..lee };
    house.desk.storage.update_admin(&disabled, &testkit::deed()).await.unwrap();
    is_worth_nothing(&house, &again).await;
}
