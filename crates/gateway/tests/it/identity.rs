//! Identity tokens of the host site: what is refused, what is taken, and who it then is (S09).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use gateway::{IdentityKey, KeyFault};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use web::rate_limit::Rate;

use crate::stage::{API, Stage, config, problem};

pub(crate) const SECRET: &str = "a secret of the host site, 32 bytes and more";
const ED: &str = include_str!("keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("keys/ed25519.pub.pem");
const EC: &str = include_str!("keys/p256.pem");
const EC_PUBLIC: &str = include_str!("keys/p256.pub.pem");
const RSA: &str = include_str!("keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("keys/rsa.pub.pem");

/// The seconds of the test's clock.
pub(crate) const NOW: i64 = 1_795_237_224;

pub(crate) fn claims() -> Value {
    json!({ "sub": "user-1", "exp": NOW + 300, "name": "이하나", "email": "hana@shop.example" })
}

pub(crate) fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

pub(crate) fn hs(secret: &[u8], claims: &Value) -> String {
    encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// Signed with the right secret, whatever header and payload are.
fn hs_raw(header: &str, payload: &[u8]) -> String {
    let signed = format!("{}.{}", B64.encode(header), B64.encode(payload));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

fn signed(algorithm: Algorithm, claims: &Value) -> String {
    let key = match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(ED.as_bytes()).unwrap(),
        Algorithm::ES256 => EncodingKey::from_ec_pem(EC.as_bytes()).unwrap(),
        _ => EncodingKey::from_rsa_pem(RSA.as_bytes()).unwrap(),
    };
    encode(&Header::new(algorithm), claims, &key).unwrap()
}

async fn stage(key: IdentityKey) -> Stage {
    Stage::with(gateway::Config { identity: Some(key), ..config() }).await
}

pub(crate) async fn secret_stage() -> Stage {
    stage(IdentityKey::from_secret(SECRET).unwrap()).await
}

/// Neither REST nor the socket lets this token in.
pub(crate) async fn refused(stage: &Stage, token: &str, what: &str) {
    let answer = stage.post("/sessions", "", &json!({ "identity": token })).await;
    problem(&answer, 401, what);
    let mut socket = stage.socket().await;
    socket.send(&json!({ "type": "hello", "identity": token })).await;
    assert_eq!(socket.next("error").await["code"], "unauthorized", "{what}");
    assert_eq!(socket.closed().await, 4401, "{what}");
}

#[tokio::test]
async fn a_wrong_claim_is_refused() {
    let stage = secret_stage().await;
    let table = [
        ("expired", with(&json!({ "exp": NOW - 61 }))),
        ("expired long ago", with(&json!({ "exp": 1 }))),
        ("exp zero", with(&json!({ "exp": 0 }))),
        ("exp negative", with(&json!({ "exp": -1 }))),
        ("exp very negative", with(&json!({ "exp": -1e300 }))),
        ("exp missing", without("exp")),
        ("exp null", with(&json!({ "exp": null }))),
        ("exp text", with(&json!({ "exp": (NOW + 300).to_string() }))),
        ("exp true", with(&json!({ "exp": true }))),
        ("exp array", with(&json!({ "exp": [NOW + 300] }))),
        ("exp object", with(&json!({ "exp": {} }))),
        ("nbf in the future", with(&json!({ "nbf": NOW + 61 }))),
        ("nbf far in the future", with(&json!({ "nbf": 1e300 }))),
        ("nbf text", with(&json!({ "nbf": "0" }))),
        ("nbf array", with(&json!({ "nbf": [0] }))),
        ("sub missing", without("sub")),
        ("sub empty", with(&json!({ "sub": "" }))),
        ("sub blank", with(&json!({ "sub": " \t" }))),
        ("sub null", with(&json!({ "sub": null }))),
        ("sub number", with(&json!({ "sub": 7 }))),
        ("sub bool", with(&json!({ "sub": true }))),
        ("sub array", with(&json!({ "sub": ["user-1"] }))),
        ("sub object", with(&json!({ "sub": { "id": 1 } }))),
        ("sub too long", with(&json!({ "sub": "a".repeat(256) }))),
        ("sub with NUL", with(&json!({ "sub": "user-1\0" }))),
        ("sub with newline", with(&json!({ "sub": "user\n1" }))),
        ("sub with C1", with(&json!({ "sub": "user\u{85}1" }))),
        ("name number", with(&json!({ "name": 7 }))),
        ("name array", with(&json!({ "name": ["x"] }))),
        ("email number", with(&json!({ "email": 7 }))),
        ("too large", with(&json!({ "pad": "x".repeat(9000) }))),
    ];
    for (what, claims) in table {
        refused(&stage, &hs(SECRET.as_bytes(), &claims), what).await;
    }
}

#[tokio::test]
async fn a_forged_or_broken_token_is_refused() {
    let stage = secret_stage().await;
    let good = hs(SECRET.as_bytes(), &claims());
    let [header, payload, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    let other = B64.encode(with(&json!({ "sub": "admin" })).to_string());
    let none = |alg: &str| B64.encode(json!({ "alg": alg, "typ": "JWT" }).to_string());
    let attacker = hs(b"the attacker's own secret, long enough as well", &claims());
    let signed_by_attacker = |extra: Value| {
        let mut header = json!({ "alg": "HS256", "typ": "JWT" });
        header.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let head = format!("{}.{payload}", B64.encode(header.to_string()));
        let key = EncodingKey::from_secret(b"the attacker's own secret, long enough as well");
        let signature = jsonwebtoken::crypto::sign(head.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{head}.{signature}")
    };
    let text = claims().to_string();
    let table = [
        ("empty", String::new()),
        ("blank", " ".to_owned()),
        ("garbage", "garbage".to_owned()),
        ("dots", "...".to_owned()),
        ("two dots", "..".to_owned()),
        ("a thousand dots", ".".repeat(1000)),
        ("no signature", format!("{header}.{payload}.")),
        ("no third part", format!("{header}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as encrypted", "a.b.c.d.e".to_owned()),
        ("blank before", format!(" {good}")),
        ("newline after", format!("{good}\n")),
        ("padding after", format!("{good}=")),
        ("NUL after", format!("{good}\0")),
        ("another payload", format!("{header}.{other}.{signature}")),
        ("signature cut", good[..good.len() - 2].to_owned()),
        ("signature of another", format!("{header}.{payload}.{}", attacker.rsplit_once('.').unwrap().1)),
        ("another secret", attacker),
        ("the empty secret", hs(b"", &claims())),
        ("the secret and a newline", hs(format!("{SECRET}\n").as_bytes(), &claims())),
        ("alg none", format!("{}.{payload}.", none("none"))),
        ("alg None", format!("{}.{payload}.", none("None"))),
        ("alg NONE with the signature", format!("{}.{payload}.{signature}", none("NONE"))),
        ("alg nOnE", format!("{}.{payload}.", none("nOnE"))),
        ("alg empty", format!("{}.{payload}.{signature}", none(""))),
        ("alg unknown", hs_raw(r#"{"alg":"HS257","typ":"JWT"}"#, text.as_bytes())),
        ("alg missing", hs_raw(r#"{"typ":"JWT"}"#, text.as_bytes())),
        ("alg number", hs_raw(r#"{"alg":256}"#, text.as_bytes())),
        ("alg lower case", hs_raw(r#"{"alg":"hs256"}"#, text.as_bytes())),
        ("header no JSON", hs_raw("x", text.as_bytes())),
        ("header an array", hs_raw(r#"["HS256"]"#, text.as_bytes())),
        ("another type", hs_raw(r#"{"alg":"HS256","typ":"at+jwt"}"#, text.as_bytes())),
        ("must understand", hs_raw(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, text.as_bytes())),
        ("payload empty", hs_raw(r#"{"alg":"HS256"}"#, b"")),
        ("payload no JSON", hs_raw(r#"{"alg":"HS256"}"#, b"x")),
        ("payload an array", hs_raw(r#"{"alg":"HS256"}"#, b"[]")),
        ("payload null", hs_raw(r#"{"alg":"HS256"}"#, b"null")),
        ("payload not UTF-8", hs_raw(r#"{"alg":"HS256"}"#, b"{\"sub\":\"\xff\",\"exp\":9999999999}")),
        (
            "payload too deep",
            hs_raw(r#"{"alg":"HS256"}"#, format!("{{\"x\":{}}}", "[".repeat(2000)).as_bytes()),
        ),
        ("sub twice", hs_raw(r#"{"alg":"HS256"}"#, br#"{"sub":"a","sub":"b","exp":9999999999}"#)),
        ("exp beyond numbers", hs_raw(r#"{"alg":"HS256"}"#, br#"{"sub":"a","exp":1e400}"#)),
        ("exp NaN", hs_raw(r#"{"alg":"HS256"}"#, br#"{"sub":"a","exp":NaN}"#)),
        ("kid into the file system", signed_by_attacker(json!({ "kid": "../../dev/null" }))),
        ("kid of SQL", signed_by_attacker(json!({ "kid": "x' UNION SELECT 'y" }))),
        ("jku of the attacker", signed_by_attacker(json!({ "jku": "https://evil.example/jwks.json" }))),
        ("x5u of the attacker", signed_by_attacker(json!({ "x5u": "https://evil.example/x.pem" }))),
        ("jwk in the header", signed_by_attacker(json!({ "jwk": { "kty": "oct", "k": B64.encode("x") } }))),
        ("HS384 with the right secret", hs_other(Algorithm::HS384)),
        ("HS512 with the right secret", hs_other(Algorithm::HS512)),
        ("RS256", signed(Algorithm::RS256, &claims())),
        ("ES256", signed(Algorithm::ES256, &claims())),
        ("EdDSA", signed(Algorithm::EdDSA, &claims())),
        ("a visitor token", stage.world.visitor().await.1),
        ("Korean", "안녕.안녕.안녕".to_owned()),
    ];
    assert!(table.len() >= 50);
    for (what, token) in table {
        refused(&stage, &token, what).await;
    }
}

fn hs_other(algorithm: Algorithm) -> String {
    encode(&Header::new(algorithm), &claims(), &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_a_shared_secret_nor_for_another_kind_of_key() {
    for (algorithm, public) in
        [(Algorithm::EdDSA, ED_PUBLIC), (Algorithm::ES256, EC_PUBLIC), (Algorithm::RS256, RSA_PUBLIC)]
    {
        let stage = stage(IdentityKey::from_pem(public).unwrap()).await;
        refused(&stage, &hs(public.as_bytes(), &claims()), "the PEM as a secret").await;
        refused(&stage, &hs(public.trim().as_bytes(), &claims()), "the trimmed PEM as a secret").await;
        refused(&stage, &hs(SECRET.as_bytes(), &claims()), "a secret").await;
        for foreign in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
            if foreign != algorithm {
                refused(&stage, &signed(foreign, &claims()), "another kind of key").await;
            }
        }
        if algorithm == Algorithm::RS256 {
            for kin in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
                refused(&stage, &signed(kin, &claims()), "another algorithm of the same key").await;
            }
        }
        let good = signed(algorithm, &claims());
        let (head, signature) = good.rsplit_once('.').unwrap();
        let mut bytes = B64.decode(signature).unwrap();
        bytes[10] ^= 1;
        refused(&stage, &format!("{head}.{}", B64.encode(&bytes)), "one bit").await;
        refused(&stage, &format!("{head}.{}", B64.encode(vec![0; bytes.len()])), "a signature of zeros")
            .await;
    }
    assert_eq!(IdentityKey::from_pem("x").err(), Some(KeyFault::NotAKey));
    assert_eq!(IdentityKey::from_secret(&"x".repeat(31)).err(), Some(KeyFault::TooShort));
}

#[tokio::test]
async fn a_good_token_of_every_kind_names_its_visitor_and_the_same_one_again() {
    let keys = [
        (Algorithm::HS256, IdentityKey::from_secret(SECRET).unwrap()),
        (Algorithm::EdDSA, IdentityKey::from_pem(ED_PUBLIC).unwrap()),
        (Algorithm::ES256, IdentityKey::from_pem(EC_PUBLIC).unwrap()),
        (Algorithm::RS256, IdentityKey::from_pem(RSA_PUBLIC).unwrap()),
    ];
    for (algorithm, key) in keys {
        let stage = stage(key).await;
        let sign = |claims: &Value| match algorithm {
            Algorithm::HS256 => hs(SECRET.as_bytes(), claims),
            _ => signed(algorithm, claims),
        };
        let first = stage.post("/sessions", "", &json!({ "identity": sign(&claims()) })).await;
        assert_eq!(first.status, 201, "{algorithm:?}: {}", first.text());
        let visitor = first.json()["visitor"].clone();
        assert_eq!((&visitor["name"], &visitor["verified"]), (&json!("이하나"), &json!(true)));
        assert!(!first.text().contains("hana@"), "the address is not told back");
        let later =
            sign(&with(&json!({ "name": "하나", "aud": ["x"], "iss": "y", "extra": {}, "nbf": NOW + 60 })));
        let (_, welcome) = stage.hello(json!({ "identity": later })).await;
        assert_eq!(welcome["visitor"]["id"], visitor["id"]);
        assert_eq!(welcome["visitor"]["name"], "하나");
        let other = sign(&with(&json!({ "sub": "User-1" })));
        let other = stage.post("/sessions", "", &json!({ "identity": other })).await;
        assert_ne!(other.json()["visitor"]["id"], visitor["id"], "a subject is compared exactly");
    }
}

#[tokio::test]
async fn what_the_limits_allow_is_taken_and_a_name_is_made_presentable() {
    let stage = secret_stage().await;
    for (claims, name) in [
        (with(&json!({ "exp": NOW - 59 })), json!("이하나")),
        (with(&json!({ "exp": 1e15 })), json!("이하나")),
        (with(&json!({ "exp": 1_795_237_224.5 })), json!("이하나")),
        (with(&json!({ "sub": "a".repeat(255) })), json!("이하나")),
        (with(&json!({ "sub": "0" })), json!("이하나")),
        (without("name"), Value::Null),
        (with(&json!({ "name": null, "email": null })), Value::Null),
        (with(&json!({ "name": "" })), Value::Null),
        (with(&json!({ "name": "\u{200b}\u{3164}" })), Value::Null),
        (with(&json!({ "name": "a\0b\r\nBcc: x" })), json!("abBcc: x")),
        (with(&json!({ "name": "\u{1b}[31mred" })), json!("[31mred")),
        (with(&json!({ "name": "가".repeat(200) })), json!(format!("{}…", "가".repeat(79)))),
        (with(&json!({ "email": "not an address" })), json!("이하나")),
        (with(&json!({ "email": "a@b.example\r\nBcc: x@y.example" })), json!("이하나")),
    ] {
        let answer =
            stage.post("/sessions", "", &json!({ "identity": hs(SECRET.as_bytes(), &claims) })).await;
        assert_eq!(answer.status, 201, "{claims}: {}", answer.text());
        assert_eq!(answer.json()["visitor"]["name"], name, "{claims}");
    }
    let kid = hs_raw(r#"{"alg":"HS256","kid":"2026-11"}"#, claims().to_string().as_bytes());
    assert_eq!(
        stage.post("/sessions", "", &json!({ "identity": kid })).await.status,
        201,
        "a kid is no fault"
    );
}

#[tokio::test]
async fn two_people_may_share_a_browser_and_the_site_says_who_it_is_now() {
    let stage = secret_stage().await;
    let token_of = |sub: &str| hs(SECRET.as_bytes(), &with(&json!({ "sub": sub })));
    let a = stage.post("/sessions", "", &json!({ "identity": token_of("a") })).await.json();
    let b = stage.post("/sessions", "", &json!({ "identity": token_of("b") })).await.json();
    let (_, welcome) = stage.hello(json!({ "token": a["token"], "identity": token_of("b") })).await;
    assert_eq!(welcome["visitor"]["id"], b["visitor"]["id"]);
    assert_ne!(welcome["token"], a["token"]);
    assert!(welcome["token"].is_string(), "a token of the person's own comes with it");
    let (_, welcome) = stage.hello(json!({ "token": a["token"], "identity": token_of("a") })).await;
    assert_eq!((&welcome["visitor"]["id"], &welcome["token"]), (&a["visitor"]["id"], &Value::Null));
    let (_, anonymous) = stage.world.visitor().await;
    let (_, welcome) = stage.hello(json!({ "token": anonymous, "identity": token_of("a") })).await;
    assert_eq!(welcome["visitor"]["id"], a["visitor"]["id"], "an anonymous token yields to a name");
    refused(
        &stage,
        &hs(SECRET.as_bytes(), &with(&json!({ "exp": 1 }))),
        "a bad identity beside a good token",
    )
    .await;
    let mut socket = stage.socket().await;
    socket.send(&json!({ "type": "hello", "token": a["token"], "identity": "x.y.z" })).await;
    assert_eq!(socket.closed().await, 4401);
}

#[tokio::test]
async fn a_site_that_wants_to_know_its_visitors_lets_nobody_else_in() {
    let key = Some(IdentityKey::from_secret(SECRET).unwrap());
    let stage = Stage::with(gateway::Config { identity: key, anonymous: false, ..config() }).await;
    problem(&stage.post("/sessions", "", &json!({})).await, 401, "no identity");
    let mut socket = stage.socket().await;
    socket.send(&json!({ "type": "hello" })).await;
    assert_eq!(socket.closed().await, 4401);
    let known = stage.post("/sessions", "", &json!({ "identity": hs(SECRET.as_bytes(), &claims()) })).await;
    assert_eq!(known.status, 201, "{API}: {}", known.text());
}

#[tokio::test]
async fn a_site_without_a_key_takes_no_identity_at_all() {
    let stage = Stage::open().await;
    refused(&stage, &hs(SECRET.as_bytes(), &claims()), "no key is set").await;
    refused(&stage, &hs(b"", &claims()), "the empty secret, and no key is set").await;
}

#[tokio::test]
async fn whom_the_site_names_is_counted_by_that_name_and_not_by_the_address() {
    let mut config = config();
    config.identity = Some(IdentityKey::from_secret(SECRET).unwrap());
    config.limits.sessions_per_ip = Rate::new(2, Duration::from_mins(10));
    let stage = Stage::with(config).await;
    let enter = async |user: &str| {
        let identity = hs(SECRET.as_bytes(), &with(&json!({ "sub": user })));
        stage.post("/sessions", "", &json!({ "identity": identity })).await.status
    };
    let mut answers = Vec::new();
    for user in ["user-1", "user-2", "user-3", "user-1", "user-1", "user-2"] {
        answers.push(enter(user).await);
    }
    assert_eq!(answers, [201, 201, 201, 201, 429, 201]);
}
