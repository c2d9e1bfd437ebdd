//! What becomes a link, by hand and by chance.

use askama::Template;
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;

use super::{Piece, pieces, preview};

fn link(text: &str) -> Piece {
    Piece::Link(text.to_owned())
}

fn plain(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// S02.
#[test]
fn only_plain_web_addresses_become_links() {
    assert_eq!(
        pieces("see https://a.example/x?y=1, please"),
        [plain("see "), link("https://a.example/x?y=1"), plain(", please")]
    );
    assert_eq!(pieces("(HTTP://a.example)"), [plain("("), link("HTTP://a.example"), plain(")")]);
    for text in
        ["javascript:alert(1)", "javascript://x", "xhttp://a.example", "http://", "data:text/html,x", ""]
    {
        assert!(pieces(text).iter().all(|piece| matches!(piece, Piece::Text(_))), "{text}");
    }
    assert_eq!(
        pieces("https://a.example/\"onmouseover=x"),
        [link("https://a.example/"), plain("\"onmouseover=x")]
    );
    assert_eq!(
        pieces("주소는 https://a.example/가나。"),
        [plain("주소는 "), link("https://a.example/가나"), plain("。")]
    );
}

#[test]
fn a_preview_is_one_line() {
    assert_eq!(preview("a\n\n b", 10), "a b");
    assert_eq!(preview("가나다라", 3), "가나…");
}

/// The very lines that every page includes.
#[derive(Template)]
#[template(path = "portal/pieces.html")]
struct Shown {
    pieces: Vec<Piece>,
}

/// What is left of a link's attributes once those that each link has are taken away.
fn attributes(tag: &html5gum::StartTag<()>) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let all = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
    let own = [("target", "_blank"), ("rel", "noopener noreferrer nofollow ugc")];
    let all: Vec<_> = all.collect();
    for (name, value) in own {
        assert!(all.contains(&(name.to_owned(), value.to_owned())), "{all:?}");
    }
    all.into_iter().filter(|(name, _)| own.iter().all(|(known, _)| name != known)).collect()
}

proptest! {
    /// S02. What is written comes out of a browser's reading of HTML as it was written, in text and in links and in nothing
    /// else; each link leads to what it says, over http or https.
    #[test]
    fn any_text_is_shown_as_text_and_plain_links(text in testkit::markup::texts()) {
        let html = Shown { pieces: pieces(&text) }.render().unwrap();
        let (mut read, mut link) = (String::new(), None::<(String, usize)>);
        for token in Tokenizer::new(&html) {
            match token.unwrap() {
                Token::String(part) => read.push_str(std::str::from_utf8(&part).unwrap()),
                Token::StartTag(tag) if tag.name.as_slice() == b"a" && link.is_none() => {
                    let attributes = attributes(&tag);
                    let [(name, href)] = attributes.as_slice() else { panic!("{attributes:?} in {html}") };
                    prop_assert_eq!(name.as_str(), "href");
                    let scheme = href.split("//").next().unwrap().to_ascii_lowercase();
                    prop_assert!(scheme == "http:" || scheme == "https:", "{} in {}", href, html);
                    prop_assert!(!href.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'`<>".contains(c)), "{}", href);
                    link = Some((href.clone(), read.len()));
                }
                Token::EndTag(tag) if tag.name.as_slice() == b"a" => {
                    let (href, from) = link.take().expect("a link ends once");
                    prop_assert_eq!(&read[from..], href);
                }
                // A browser shows it; that it is nobody's letter is all that is wrong with it.
                Token::Error(error) if error.value == html5gum::Error::NoncharacterInInputStream => {}
                other => prop_assert!(false, "{:?} in {}", other, html),
            }
        }
        prop_assert!(link.is_none());
        prop_assert_eq!(read, text);
    }
}
