//! A text that turns its surroundings round, or hides in them, stays within its own element (S43).

use std::fs;
use std::path::Path;

use desk::NewInquiry;
use domain::inquiry::InquiryKind;
use domain::text::{Body, Title, isolated};
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
        let (raw, text) = (*text, escaped(text));
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
        // An element alone does not hold a text that closes more than it opens.
        let title = escaped(&isolated(raw));
        let name = format!("<bdi>{title}</bdi>");
        let strong = format!("<bdi class=\"strong\">{title}</bdi>");
        let tab = |page: &str, body: &str| {
            assert!(body.contains(&format!("<title>{title} #")), "{what} in the tab of {page}");
        };
        is("the queue", &kim.get("/admin").await.body, std::slice::from_ref(&name));
        let room = kim.get(&format!("/admin/conversations/{call}")).await.body;
        is("the room", &room, &[name.clone(), format!("dir=\"auto\">{text}</p>")]);
        tab("the room", &room);
        // Within a sentence of ours there is no element of its own.
        assert!(room.contains(&format!("<bdi>{title} pressed the bell</bdi>")), "{what} in a sentence");
        is("the history", &kim.get("/admin/conversations").await.body, std::slice::from_ref(&strong));
        is("the board", &kim.get("/admin/inquiries").await.body, &[strong, name.clone()]);
        let post = kim.get(&format!("/admin/inquiries/{post}")).await.body;
        is("the post", &post, std::slice::from_ref(&name));
        tab("the post", &post);
    }
}

/// A name can close the isolate that an element is: every text that stands in one goes through `isolated`.
#[test]
fn s43_no_page_trusts_an_element_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/portal");
    let mut held = 0;
    for template in fs::read_dir(folder).unwrap() {
        let path = template.unwrap().path();
        for (_, inside) in
            fs::read_to_string(&path).unwrap().split("<bdi").skip(1).filter_map(|rest| rest.split_once('>'))
        {
            let bare = inside.starts_with("{{") && !inside.starts_with("{{ s.isolated(");
            assert!(!bare, "{}: {:.60}", path.display(), inside);
            held += usize::from(inside.starts_with("{{"));
        }
    }
    assert!(held > 40, "{held}");
}
