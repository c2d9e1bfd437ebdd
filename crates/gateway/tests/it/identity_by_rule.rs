//! Identity tokens by rule: every claim of every wrong kind, every letter of a signature changed, and ids that look alike (S09).

use serde_json::{Value, json};

use crate::identity::{NOW, SECRET, claims, hs, refused, secret_stage, with};

#[tokio::test]
async fn s09_no_claim_of_a_wrong_kind_is_taken() {
    let stage = secret_stage().await;
    let kinds = [
        json!(true),
        json!(false),
        json!([]),
        json!([1]),
        json!({}),
        json!({ "a": 1 }),
        json!("x"),
        json!(""),
        json!(-1),
        json!(1.5),
        Value::Null,
    ];
    // What is the right kind, or as good as none at all, is for other tests.
    let fits = |claim: &str, value: &Value| match claim {
        "exp" => false,
        "nbf" => value.is_number() || value.is_null(),
        "sub" => value == "x",
        _ => value.is_string() || value.is_null(),
    };
    let mut tried = 0;
    for claim in ["exp", "nbf", "sub", "name", "email"] {
        for value in kinds.iter().filter(|value| !fits(claim, value)) {
            let token = hs(SECRET.as_bytes(), &with(&json!({ claim: value })));
            refused(&stage, &token, &format!("{claim} {value}")).await;
            tried += 1;
        }
    }
    assert!(tried >= 40, "{tried}");
}

#[tokio::test]
async fn s09_no_letter_of_a_signature_may_be_another() {
    let stage = secret_stage().await;
    let good = hs(SECRET.as_bytes(), &claims());
    let start = good.rfind('.').unwrap() + 1;
    assert_eq!(good.len() - start, 43);
    for at in start..good.len() {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
        refused(&stage, &changed, &format!("letter {at}")).await;
    }
}

/// One person's id is never taken for another's, however alike the two are to the eye or after some normalisation.
#[tokio::test]
async fn s09_ids_that_look_alike_are_other_people() {
    let stage = secret_stage().await;
    for (one, other) in [
        ("caf\u{e9}", "cafe\u{301}"),
        ("\u{c5}", "\u{212b}"),
        ("user-1", "USER-1"),
        ("user-1", "user-1 "),
        ("user-1", "user\u{2011}1"),
        ("user-1", "us\u{200b}er-1"),
        ("user-1", "\u{feff}user-1"),
        ("user-1", "\u{202e}1-resu"),
        ("file", "\u{fb01}le"),
        ("Kim", "\u{212a}im"),
        ("admin", "\u{430}dmin"),
        ("stra\u{df}e", "strasse"),
        ("1", "\u{ff11}"),
        ("1", "01"),
        ("i", "\u{131}"),
        ("\u{ac00}", "\u{1100}\u{1161}"),
    ] {
        let enter = async |sub: &str| {
            let identity = hs(SECRET.as_bytes(), &with(&json!({ "sub": sub, "exp": NOW + 300 })));
            let answer = stage.post("/sessions", "", &json!({ "identity": identity })).await;
            assert_eq!(answer.status, 201, "{sub:?}: {}", answer.text());
            answer.json()
        };
        let (a, b) = (enter(one).await, enter(other).await);
        assert_ne!(a["visitor"]["id"], b["visitor"]["id"], "{one:?} and {other:?}");
        assert_eq!(enter(one).await["visitor"]["id"], a["visitor"]["id"], "{one:?} is the same person again");
        let call = stage.post("/conversations", a["token"].as_str().unwrap(), &json!({})).await.json();
        let path = format!("/conversations/{}", call["conversation"]["id"].as_str().unwrap());
        assert_eq!(
            stage.get(&path, b["token"].as_str().unwrap()).await.status,
            404,
            "{other:?} is not {one:?}"
        );
    }
}
