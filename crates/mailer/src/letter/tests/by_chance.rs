//! What people wrote, in the HTML part of a mail, made by chance (S02, S27).

use html5gum::{Token, Tokenizer};
use proptest::prelude::*;

use crate::letter::text::Foreign;

/// Whether a mail program may take something in this run of text for an address.
fn looks_like_an_address(run: &str) -> bool {
    let letters: Vec<char> = run.chars().collect();
    letters.windows(3).any(|three| {
        matches!(three[1], ':' | '.' | '@') && !three[0].is_whitespace() && !three[2].is_whitespace()
    })
}

proptest! {
    /// Read as HTML it is the text again: no tag but a line's break and the empty frame that keeps an address from being one.
    #[test]
    fn any_text_is_shown_as_text_without_a_link(text in testkit::markup::texts()) {
        let words = Foreign::block(&text, 2000);
        let html = words.html().to_string();
        let (mut read, mut framed) = (String::new(), false);
        for token in Tokenizer::new(&html) {
            match token.unwrap() {
                Token::String(run) => {
                    let run = std::str::from_utf8(&run).unwrap();
                    prop_assert!(!looks_like_an_address(run), "{} in {}", run, html);
                    prop_assert!(!framed || matches!(run, ":" | "." | "@"), "{} in {}", run, html);
                    read.push_str(run);
                }
                Token::StartTag(tag) => {
                    prop_assert!(tag.attributes.is_empty(), "{:?}", tag);
                    framed = match tag.name.as_slice() {
                        b"br" => framed,
                        b"span" if !framed => true,
                        _ => panic!("{tag:?} in {html}"),
                    };
                }
                Token::EndTag(tag) => {
                    prop_assert!(framed && tag.name.as_slice() == b"span", "{:?} in {}", tag, html);
                    framed = false;
                }
                // A browser shows it; that it is nobody's letter is all that is wrong with it.
                Token::Error(error) if error.value == html5gum::Error::NoncharacterInInputStream => {}
                other => prop_assert!(false, "{:?} in {}", other, html),
            }
        }
        prop_assert_eq!(read, words.as_str());
    }
}
