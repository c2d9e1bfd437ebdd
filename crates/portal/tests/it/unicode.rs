//! A text that turns its surroundings round, or hides in them, stays within its own element (S43).

use desk::NewInquiry;
use domain::inquiry::InquiryKind;
use domain::text::{Body, Title};
use testkit::unicode::LINES;

use crate::browser::House;

/// As a page writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

#[tokio::test]
async fn s43_names_titles_and_words_stand_isolated_on_every_page() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    for (what, text) in LINES {
        let visitor = house.visitor(text).await;
        let call = house.call(&visitor, text).await;
        let (title, body) = (Title::new(text, 200).unwrap(), Body::new(text, 1000).unwrap());
        let new = NewInquiry { kind: InquiryKind::Suggestion, title, body, email: None };
        let post = house.desk.desk.post(&visitor, new).await.unwrap().row.inquiry.id;
        let text = escaped(text);
        let is = |page: &str, body: &str, parts: &[String]| {
            for part in parts {
                assert!(body.contains(part), "{what} on {page}: {part:?} is not in\n{body}");
            }
            // Whatever holds it is an element that isolates, or an attribute of one.
            for (at, _) in body.match_indices(&text) {
                let before = &body[..at];
                let tag = &before[before.rfind('<').unwrap()..];
                // A tab's title has no elements in it.
                let isolated = ["<bdi", "<title"].iter().any(|name| tag.starts_with(name))
                    || tag.contains("dir=\"auto\"");
                assert!(
                    isolated || !tag.contains('>'),
                    "{what} on {page} stands in {:?}",
                    &body[before.len().saturating_sub(90)..at]
                );
            }
        };
        let name = format!("<bdi>{text}</bdi>");
        let strong = format!("<bdi class=\"strong\">{text}</bdi>");
        is("the queue", &kim.get("/admin").await.body, std::slice::from_ref(&name));
        let room = kim.get(&format!("/admin/conversations/{call}")).await.body;
        is("the room", &room, &[name.clone(), format!("dir=\"auto\">{text}</p>")]);
        is("the history", &kim.get("/admin/conversations").await.body, std::slice::from_ref(&strong));
        is("the board", &kim.get("/admin/inquiries").await.body, &[strong, name.clone()]);
        is("the post", &kim.get(&format!("/admin/inquiries/{post}")).await.body, std::slice::from_ref(&name));
    }
}
