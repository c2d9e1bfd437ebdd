//! The board's table. A cell says how the post stands afterwards, `+` for a comment and `!` for who is told;
//! `-` when nothing changes; or the code of the refusal.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;
use crate::notice::Audience;

/// A name, the status, whether it is in the trash.
const STANDINGS: [(&str, InquiryStatus, bool); 6] = [
    ("open", InquiryStatus::Open, false),
    ("answered", InquiryStatus::Answered, false),
    ("resolved", InquiryStatus::Resolved, false),
    ("open in trash", InquiryStatus::Open, true),
    ("answered in trash", InquiryStatus::Answered, true),
    ("resolved in trash", InquiryStatus::Resolved, true),
];

const COMMANDS: [&str; 10] = [
    "edit kind",
    "edit title",
    "edit body",
    "edit email",
    "comment",
    "resolve",
    "reopen",
    "delete",
    "restore",
    "restore as owner",
];

const ROWS: &str = "
# standing         | command          | author                     | stranger    | admin                      | system
open               | edit kind        | open                       | not_allowed | open                       | not_allowed
open               | edit title       | open                       | not_allowed | open                       | not_allowed
open               | edit body        | open                       | not_allowed | not_allowed                | not_allowed
open               | edit email       | open                       | not_allowed | not_allowed                | not_allowed
open               | comment          | open + !comment:everyone   | not_allowed | answered + !comment:author | not_allowed
open               | resolve          | not_allowed                | not_allowed | resolved !resolved:author  | not_allowed
open               | reopen           | not_allowed                | not_allowed | -                          | not_allowed
open               | delete           | open in trash              | not_allowed | not_answered               | not_allowed
open               | restore          | -                          | not_allowed | -                          | not_allowed
open               | restore as owner | -                          | not_allowed | -                          | not_allowed

answered           | edit kind        | not_open                   | not_allowed | answered                   | not_allowed
answered           | edit title       | not_open                   | not_allowed | answered                   | not_allowed
answered           | edit body        | not_open                   | not_allowed | not_allowed                | not_allowed
answered           | edit email       | not_open                   | not_allowed | not_allowed                | not_allowed
answered           | comment          | open + !comment:everyone   | not_allowed | answered + !comment:author | not_allowed
answered           | resolve          | not_allowed                | not_allowed | resolved !resolved:author  | not_allowed
answered           | reopen           | not_allowed                | not_allowed | open                       | not_allowed
answered           | delete           | answered in trash          | not_allowed | answered in trash          | not_allowed
answered           | restore          | -                          | not_allowed | -                          | not_allowed
answered           | restore as owner | -                          | not_allowed | -                          | not_allowed

resolved           | edit kind        | not_open                   | not_allowed | resolved                   | not_allowed
resolved           | edit title       | not_open                   | not_allowed | resolved                   | not_allowed
resolved           | edit body        | not_open                   | not_allowed | not_allowed                | not_allowed
resolved           | edit email       | not_open                   | not_allowed | not_allowed                | not_allowed
resolved           | comment          | open + !comment:everyone   | not_allowed | resolved + !comment:author | not_allowed
resolved           | resolve          | not_allowed                | not_allowed | -                          | not_allowed
resolved           | reopen           | not_allowed                | not_allowed | open                       | not_allowed
resolved           | delete           | resolved in trash          | not_allowed | resolved in trash          | not_allowed
resolved           | restore          | -                          | not_allowed | -                          | not_allowed
resolved           | restore as owner | -                          | not_allowed | -                          | not_allowed

open in trash      | edit kind        | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | edit title       | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | edit body        | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | edit email       | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | comment          | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | resolve          | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | reopen           | in_trash                   | not_allowed | in_trash                   | not_allowed
open in trash      | delete           | -                          | not_allowed | -                          | not_allowed
open in trash      | restore          | owners_only                | not_allowed | owners_only                | not_allowed
open in trash      | restore as owner | owners_only                | not_allowed | open                       | not_allowed

answered in trash  | edit kind        | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | edit title       | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | edit body        | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | edit email       | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | comment          | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | resolve          | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | reopen           | in_trash                   | not_allowed | in_trash                   | not_allowed
answered in trash  | delete           | -                          | not_allowed | -                          | not_allowed
answered in trash  | restore          | owners_only                | not_allowed | owners_only                | not_allowed
answered in trash  | restore as owner | owners_only                | not_allowed | answered                   | not_allowed

resolved in trash  | edit kind        | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | edit title       | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | edit body        | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | edit email       | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | comment          | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | resolve          | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | reopen           | in_trash                   | not_allowed | in_trash                   | not_allowed
resolved in trash  | delete           | -                          | not_allowed | -                          | not_allowed
resolved in trash  | restore          | owners_only                | not_allowed | owners_only                | not_allowed
resolved in trash  | restore as owner | owners_only                | not_allowed | resolved                   | not_allowed
";

fn people() -> [Actor; 4] {
    [author(), stranger(), admin(), Actor::System]
}

fn command(name: &str) -> Command {
    let nothing = || (None, None, None, None);
    let (kind, title, body, email) = match name {
        "edit kind" => (Some(InquiryKind::Suggestion), None, None, None),
        "edit title" => (None, Some(title("Another")), None, None),
        "edit body" => (None, None, Some(body("Other words")), None),
        "edit email" => (None, None, None, Some(None)),
        _ => nothing(),
    };
    match name {
        "comment" => comment("A word on it"),
        "resolve" => Command::Resolve,
        "reopen" => Command::Reopen,
        "delete" => Command::Delete,
        "restore" => Command::Restore { by_owner: false },
        "restore as owner" => Command::Restore { by_owner: true },
        edit => {
            assert!(edit.starts_with("edit "), "no such command: {edit}");
            Command::Edit { kind, title, body, email }
        }
    }
}

/// A new command or status must be named here, and then the lists above must have it.
fn kind_of(command: &Command) -> &'static str {
    match command {
        Command::Edit { .. } => "edit",
        Command::Comment { .. } => "comment",
        Command::Resolve => "resolve",
        Command::Reopen => "reopen",
        Command::Delete => "delete",
        Command::Restore { .. } => "restore",
    }
}

fn kind_of_status(status: InquiryStatus) -> &'static str {
    match status {
        InquiryStatus::Open => "open",
        InquiryStatus::Answered => "answered",
        InquiryStatus::Resolved => "resolved",
    }
}

fn cell(inquiry: &Inquiry, by: &Actor, asked: Command) -> String {
    let outcome = match decide(inquiry, by, NOW, asked) {
        Ok(outcome) => outcome,
        Err(refusal) => return refusal.code().to_owned(),
    };
    if outcome.inquiry == *inquiry {
        assert!(outcome.comment.is_none() && outcome.tellings.is_empty());
        return "-".to_owned();
    }
    assert_eq!(outcome.inquiry.version, inquiry.version + 1, "the store takes the next version only");
    assert_eq!(outcome.inquiry.updated_at, NOW);
    let mut text = outcome.inquiry.status.as_str().to_owned();
    if outcome.inquiry.trashed_at.is_some() {
        text.push_str(" in trash");
    }
    if outcome.comment.is_some() {
        text.push_str(" +");
    }
    for telling in outcome.tellings {
        assert_eq!((telling.inquiry, telling.may_wait), (Some(POST), false));
        let audience = match telling.audience {
            Audience::OnDuty => "on-duty",
            Audience::Everyone => "everyone",
            Audience::Author => "author",
        };
        write!(text, " !{}:{audience}", telling.kind.as_str()).unwrap();
    }
    text
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('|').map(str::trim).collect())
}

#[test]
fn every_post_answers_every_command_of_everyone_as_the_table_says() {
    let mut wrong = String::new();
    for expected in rows() {
        let [standing_name, asked, cells @ ..] = expected.as_slice() else { panic!("{expected:?}") };
        assert_eq!(cells.len(), people().len(), "{standing_name} | {asked} has a cell for everyone");
        let (_, status, trashed) = STANDINGS.iter().find(|(name, ..)| name == standing_name).unwrap();
        let inquiry = standing(*status, *trashed);
        let actual: Vec<String> = people().iter().map(|by| cell(&inquiry, by, command(asked))).collect();
        if actual != cells {
            writeln!(wrong, "{standing_name} | {asked}\n  is     {actual:?}\n  not as {cells:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_table_has_exactly_one_row_for_every_standing_and_command() {
    let listed: Vec<_> = rows().map(|row| (row[0], row[1])).collect();
    let pairs = STANDINGS.iter().flat_map(|(name, ..)| COMMANDS.iter().map(|command| (*name, *command)));
    assert_eq!(listed, pairs.collect::<Vec<_>>());
}

#[test]
fn the_lists_of_the_table_leave_no_kind_of_command_or_status_out() {
    let commands: BTreeSet<_> = COMMANDS.iter().map(|name| kind_of(&command(name))).collect();
    assert_eq!(commands.len(), 6);
    let standings: BTreeSet<_> =
        STANDINGS.iter().map(|(_, s, trashed)| (kind_of_status(*s), *trashed)).collect();
    assert_eq!(standings.len(), 6);
}
