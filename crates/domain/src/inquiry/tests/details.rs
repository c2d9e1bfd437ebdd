//! What becomes of a post and its comments, field by field.

use super::*;
use crate::inquiry::{Comment, InquiryRefusal};
use crate::notice::{Audience, NoticeKind, Telling};

fn edit(title_to: Option<&str>, body_to: Option<&str>) -> Command {
    Command::Edit { kind: None, title: title_to.map(title), body: body_to.map(body), email: None }
}

fn edit_email(to: Option<&str>) -> Command {
    Command::Edit { kind: None, title: None, body: None, email: Some(to.map(email)) }
}

#[test]
fn a_new_post_is_open_and_has_all_that_its_draft_had() {
    let expected = Inquiry {
        id: POST,
        version: 1,
        kind: InquiryKind::Error,
        status: InquiryStatus::Open,
        title: title("Payment fails"),
        body: body("Since noon."),
        email: Some(email("author@mail.example")),
        author: author().visitor().unwrap(),
        author_name: Some(name("Author")),
        conversation: Some(CALL),
        created_at: POSTED_AT,
        updated_at: POSTED_AT,
        trashed_at: None,
    };
    assert_eq!(posted(), expected);
}

#[test]
fn an_edit_changes_what_it_names_and_nothing_else() {
    let edited = |command| decide(&posted(), &author(), NOW, command).unwrap().inquiry;
    let touched = Inquiry { version: 2, updated_at: NOW, ..posted() };
    assert_eq!(edited(edit(Some("T"), None)), Inquiry { title: title("T"), ..touched.clone() });
    assert_eq!(edited(edit(None, Some("B"))), Inquiry { body: body("B"), ..touched.clone() });
    let another = Inquiry { email: Some(email("b@mail.example")), ..touched.clone() };
    assert_eq!(edited(edit_email(Some("b@mail.example"))), another);
    assert_eq!(edited(edit_email(None)), Inquiry { email: None, ..touched.clone() });
    let kind = Command::Edit { kind: Some(InquiryKind::Suggestion), title: None, body: None, email: None };
    assert_eq!(edited(kind), Inquiry { kind: InquiryKind::Suggestion, ..touched });
}

#[test]
fn an_admin_may_correct_the_kind_and_the_title_but_not_the_authors_words_or_address() {
    let asks = |command| decide(&posted(), &admin(), NOW, command).map(|outcome| outcome.inquiry.title);
    assert_eq!(asks(edit(Some("Clearer"), None)), Ok(title("Clearer")));
    assert_eq!(asks(edit(Some("Clearer"), Some("B"))), Err(InquiryRefusal::NotAllowed));
    assert_eq!(asks(edit_email(None)), Err(InquiryRefusal::NotAllowed));
}

#[test]
fn a_comment_carries_who_when_and_what_and_the_other_side_is_told_of_it() {
    for (by, audience) in [(admin(), Audience::Author), (author(), Audience::Everyone)] {
        let outcome = decide(&posted(), &by, NOW, comment("Try again")).unwrap();
        let expected = Comment { id: COMMENT, at: NOW, by, body: body("Try again") };
        assert_eq!(outcome.comment, Some(expected));
        let telling = Telling::of_inquiry(NoticeKind::Comment, audience, POST);
        assert_eq!(outcome.tellings, [Telling { comment: Some(COMMENT), ..telling }]);
    }
}

#[test]
fn the_trash_keeps_the_moment_of_the_first_deletion_and_gives_everything_back() {
    let answered = standing(InquiryStatus::Answered, false);
    let trashed = decide(&answered, &admin(), NOW, Command::Delete).unwrap().inquiry;
    assert_eq!(trashed.trashed_at, Some(NOW));
    let later = Timestamp(NOW.0 + 1);
    assert_eq!(decide(&trashed, &author(), later, Command::Delete).unwrap().inquiry, trashed);
    let back = decide(&trashed, &admin(), later, Command::Restore { by_owner: true }).unwrap().inquiry;
    assert_eq!(back, Inquiry { version: 9, updated_at: later, ..answered });
}

#[test]
fn the_words_for_kinds_and_statuses_are_read_back() {
    for kind in [InquiryKind::Error, InquiryKind::Suggestion, InquiryKind::MissedCall] {
        assert_eq!(InquiryKind::from_word(kind.as_str()), Some(kind));
    }
    for status in [InquiryStatus::Open, InquiryStatus::Answered, InquiryStatus::Resolved] {
        assert_eq!(InquiryStatus::from_word(status.as_str()), Some(status));
    }
    for kind in [
        NoticeKind::Call,
        NoticeKind::Escalation,
        NoticeKind::Inquiry,
        NoticeKind::Comment,
        NoticeKind::Resolved,
    ] {
        assert_eq!(NoticeKind::from_word(kind.as_str()), Some(kind));
    }
    assert_eq!(InquiryKind::from_word("Error"), None);
    assert_eq!(InquiryStatus::from_word(""), None);
    assert_eq!(NoticeKind::from_word("mail"), None);
}

#[test]
fn a_refusal_has_a_code_of_its_own_and_a_sentence() {
    use InquiryRefusal::{InTrash, NotAllowed, NotAnswered, NotOpen, OwnersOnly};
    let all = [NotAllowed, NotOpen, NotAnswered, InTrash, OwnersOnly];
    let codes: std::collections::BTreeSet<_> = all.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), all.len());
    assert!(all.iter().all(|refusal| refusal.to_string().len() > 10));
}
