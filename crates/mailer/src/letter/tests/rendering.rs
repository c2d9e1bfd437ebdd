//! What each letter says in each language.

use domain::admin::Locale;

use super::fixtures::{self, Strangers};
use crate::letter::{Letter, Rendered};

fn rendered(locale: Locale, name: &str) -> Rendered {
    let letters = fixtures::all(locale, &Strangers::usual(locale));
    let (_, letter) = letters.into_iter().find(|(found, _)| *found == name).expect("a letter of that name");
    letter.render().expect("renders")
}

/// A letter of plain text, without the lines about who and where.
fn text(locale: Locale, name: &str) -> String {
    rendered(locale, name).text
}

#[test]
fn the_subject_says_what_it_is_about() {
    for (name, ko, en) in [
        ("call", "김민지 님이 호출했어요 · 버거풋 #12", "Minji Kim is calling · Burgerput #12"),
        ("call-silent", "방문자가 호출했어요 · 버거풋 #12", "A visitor is calling · Burgerput #12"),
        (
            "escalation",
            "김민지 님이 아직 기다려요 · 버거풋 #12",
            "Minji Kim is still waiting · Burgerput #12",
        ),
        (
            "inquiry",
            "[버거풋] 오류 신고 #12 · 결제 버튼을 누르면 빈 화면이 나와요",
            "[Burgerput] Error report #12 · The pay button leads to an empty page",
        ),
        (
            "suggestion",
            "[버거풋] 건의 #12 · 결제 버튼을 누르면 빈 화면이 나와요",
            "[Burgerput] Suggestion #12 · The pay button leads to an empty page",
        ),
        (
            "missed",
            "[버거풋] 부재 호출 #12 · 결제 버튼을 누르면 빈 화면이 나와요",
            "[Burgerput] Missed call #12 · The pay button leads to an empty page",
        ),
        (
            "comment-author",
            "문의에 답이 왔어요 · 결제 버튼을 누르면 빈 화면이 나와요",
            "Your inquiry was answered · The pay button leads to an empty page",
        ),
        (
            "comment-admin",
            "[버거풋] 문의 #12에 새 댓글 · 결제 버튼을 누르면 빈 화면이 나와요",
            "[Burgerput] New comment on inquiry #12 · The pay button leads to an empty page",
        ),
        (
            "resolved",
            "문의가 해결됐어요 · 결제 버튼을 누르면 빈 화면이 나와요",
            "Your inquiry is resolved · The pay button leads to an empty page",
        ),
        (
            "invitation",
            "버거풋 · 호출에 답하려면 비밀번호를 정하세요",
            "Burgerput · choose a password to help answer calls",
        ),
        ("reset", "버거풋 · 새 비밀번호를 정하세요", "Burgerput · choose a new password"),
        ("digest", "호출과 글 43건이 더 왔어요 · 버거풋", "43 more calls and posts · Burgerput"),
    ] {
        assert_eq!(rendered(Locale::Ko, name).subject, ko, "{name}");
        assert_eq!(rendered(Locale::En, name).subject, en, "{name}");
    }
}

#[test]
fn a_call_mail_says_who_what_where_and_since_when() {
    assert_eq!(text(Locale::En, "call"), include_str!("snapshots/call.en.txt"));
    assert_eq!(text(Locale::Ko, "call"), include_str!("snapshots/call.ko.txt"));
}

#[test]
fn an_escalation_says_how_long_and_who_has_promised() {
    assert_eq!(text(Locale::En, "escalation"), include_str!("snapshots/escalation.en.txt"));
    assert_eq!(text(Locale::Ko, "escalation"), include_str!("snapshots/escalation.ko.txt"));
}

#[test]
fn an_inquiry_mail_carries_the_post_and_a_missed_call_says_so() {
    assert_eq!(text(Locale::En, "inquiry"), include_str!("snapshots/inquiry.en.txt"));
    assert_eq!(text(Locale::Ko, "inquiry"), include_str!("snapshots/inquiry.ko.txt"));
    assert_eq!(text(Locale::En, "missed"), include_str!("snapshots/missed.en.txt"));
    assert_eq!(text(Locale::Ko, "missed"), include_str!("snapshots/missed.ko.txt"));
}

#[test]
fn the_author_reads_the_answer_and_the_resolution() {
    assert_eq!(text(Locale::En, "comment-author"), include_str!("snapshots/comment-author.en.txt"));
    assert_eq!(text(Locale::Ko, "comment-author"), include_str!("snapshots/comment-author.ko.txt"));
    assert_eq!(text(Locale::En, "resolved"), include_str!("snapshots/resolved.en.txt"));
    assert_eq!(text(Locale::Ko, "resolved"), include_str!("snapshots/resolved.ko.txt"));
}

#[test]
fn a_digest_lists_who_called_and_where() {
    assert_eq!(text(Locale::En, "digest"), include_str!("snapshots/digest.en.txt"));
    assert_eq!(text(Locale::Ko, "digest"), include_str!("snapshots/digest.ko.txt"));
}

#[test]
fn an_admin_reads_a_visitors_comment() {
    assert_eq!(text(Locale::En, "comment-admin"), include_str!("snapshots/comment-admin.en.txt"));
    assert_eq!(text(Locale::Ko, "comment-admin"), include_str!("snapshots/comment-admin.ko.txt"));
}

#[test]
fn the_html_part_says_what_the_plain_part_says() {
    for locale in [Locale::Ko, Locale::En] {
        for (name, letter) in fixtures::all(locale, &Strangers::usual(locale)) {
            let Rendered { text, html, .. } = letter.render().expect("renders");
            // There the address stands below the name and needs no label.
            // A digest's links stand behind the same word each.
            let links: String =
                html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let seen = visible(&html) + &letter.frame().t("mail-email") + &links;
            for line in text.lines().flat_map(|line| line.trim_start_matches("> ").split(": ")) {
                let line = line.trim().trim_matches(['(', ')', ':']);
                let words: Vec<&str> = line.split([' ', '(', ')']).filter(|word| word.len() > 2).collect();
                for word in words {
                    assert!(seen.contains(word), "{name} {locale}: {word:?} is not in the HTML part");
                }
            }
        }
    }
}

#[test]
fn every_html_part_names_its_language_and_asks_nobody_for_anything() {
    for locale in [Locale::Ko, Locale::En] {
        for (name, letter) in fixtures::all(locale, &Strangers::usual(locale)) {
            let html = letter.render().expect("renders").html;
            assert!(html.contains(&format!("<html lang=\"{locale}\">")), "{name}");
            for outside in ["<img", "<script", "<link", "<iframe", "url(", "@import", "src=", "background="] {
                assert!(!html.contains(outside), "{name}: {outside}");
            }
        }
    }
}

/// S27.
#[test]
fn the_only_links_are_ours() {
    for locale in [Locale::Ko, Locale::En] {
        for (name, letter) in fixtures::all(locale, &Strangers::usual(locale)) {
            let html = letter.render().expect("renders").html;
            let links: Vec<&str> =
                html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            // The lines of a digest have one each, a call mail its three buttons.
            let more = if matches!(name, "digest" | "call" | "call-silent" | "escalation") { 3 } else { 0 };
            assert_eq!(links.len(), 2 + more, "{name}: {links:?}");
            let to_letter = links.iter().filter(|link| **link == letter.frame().link).count();
            assert_eq!(to_letter, 2, "{name}: {links:?}");
            assert!(
                links.iter().all(|link| link.starts_with("https://desk.burgerput.example/")),
                "{links:?}"
            );
        }
    }
}

#[test]
fn an_author_is_sent_to_the_help_page_and_an_admin_to_the_portal() {
    let author = rendered(Locale::En, "comment-author");
    assert!(author.text.contains("https://desk.burgerput.example/help#inquiry=019aa4c1-"));
    assert!(!author.text.contains("/admin/") && !author.html.contains("/admin/"));
    assert!(rendered(Locale::En, "comment-admin").text.contains("/admin/inquiries/019aa4c1-"));
    assert!(rendered(Locale::En, "call").text.contains("/admin/conversations/019aa4c1-"));
}

#[test]
fn a_mail_to_an_author_tells_them_nothing_about_other_pages() {
    for name in ["comment-author", "resolved"] {
        let Rendered { text, html, .. } = rendered(Locale::En, name);
        for inside in ["Chrome", "2026.11.3", "/basket", "/payment"] {
            assert!(!text.contains(inside) && !html.contains(inside), "{name}: {inside}");
        }
    }
}

/// What a reader sees of an HTML part.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").map_or("", |(_, body)| body);
    let mut seen = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => seen.push(c),
            _ => {}
        }
    }
    seen.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Writes each letter into a folder `deskbell-letters` beside other temporary files, too, for eyes.
#[test]
fn every_letter_is_whole_however_long_the_words_are() {
    let folder = std::env::temp_dir().join("deskbell-letters");
    std::fs::create_dir_all(&folder).expect("a folder");
    for locale in [Locale::Ko, Locale::En] {
        let usual = fixtures::all(locale, &Strangers::usual(locale));
        let long = Strangers {
            name: Some("가나다라마바사아자차카타파하".repeat(6)),
            said: vec!["https://burgerput.example/".to_owned() + &"x".repeat(600), "말 ".repeat(400)],
            title: "W".repeat(150),
            ..Strangers::usual(locale)
        };
        let long =
            fixtures::all(locale, &long).into_iter().map(|(name, letter)| (format!("{name}-long"), letter));
        let usual = usual.into_iter().map(|(name, letter)| (name.to_owned(), letter));
        for (name, letter) in usual.chain(long) {
            let Rendered { subject, text, html } = Letter::render(&letter).expect("renders");
            let write = |end: &str, text: &str| {
                std::fs::write(folder.join(format!("{name}.{locale}.{end}")), text).expect("writes");
            };
            assert!(html.trim_end().ends_with("</html>") && !text.trim().is_empty(), "{name}");
            assert!((1..=150).contains(&subject.chars().count()), "{name}: {subject}");
            write("html", &html);
            write("txt", &text);
            write("subject", &subject);
        }
    }
}
