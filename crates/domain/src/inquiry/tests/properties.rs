//! What holds for a post whatever is done to it.

use proptest::prelude::*;

use super::*;
use crate::notice::Audience;

fn any_command() -> impl Strategy<Value = Command> {
    let words = "[a-z]{1,8}";
    let edit = (any::<bool>(), prop::option::of(words), prop::option::of(words), any::<bool>());
    prop_oneof![
        2 => edit.prop_map(|(kind, to_title, to_body, no_email)| Command::Edit {
            kind: kind.then_some(InquiryKind::Suggestion),
            title: to_title.as_deref().map(title),
            body: to_body.as_deref().map(body),
            email: no_email.then_some(None),
        }),
        3 => words.prop_map(|words| comment(&words)),
        2 => Just(Command::Resolve),
        2 => Just(Command::Reopen),
        1 => Just(Command::Delete),
        2 => any::<bool>().prop_map(|by_owner| Command::Restore { by_owner }),
    ]
}

fn any_person() -> impl Strategy<Value = Actor> {
    prop_oneof![4 => Just(author()), 4 => Just(admin()), 1 => Just(stranger()), 1 => Just(Actor::System)]
}

proptest! {
    /// S61.
    #[test]
    fn versions_are_dense_and_only_the_rules_change_a_post(
        asked in prop::collection::vec((any_person(), any_command()), 0..40),
    ) {
        let mut now = posted();
        let mut answered = false;
        for (n, (by, command)) in (1..).zip(asked) {
            let at = Timestamp(POSTED_AT.0 + n);
            let Ok(outcome) = decide(&now, &by, at, command.clone()) else { continue };
            prop_assert!(by == author() || by == admin(), "nobody else is ever heard");
            let next = outcome.inquiry;
            let changed = next != now;
            prop_assert_eq!(next.version, now.version + u64::from(changed));
            prop_assert_eq!(next.updated_at, if changed { at } else { now.updated_at });
            prop_assert!(changed || (outcome.comment.is_none() && outcome.tellings.is_empty()));

            let told_author = outcome.tellings.iter().any(|telling| telling.audience == Audience::Author);
            prop_assert!(!told_author || by == admin(), "nobody is told of what they did themselves");
            prop_assert_eq!((next.id, next.author, next.created_at), (now.id, now.author, now.created_at));
            prop_assert_eq!((next.conversation, &next.author_name), (now.conversation, &now.author_name));
            if next.body != now.body || next.email != now.email {
                prop_assert!(by == author() && now.status == InquiryStatus::Open);
            }
            answered |= by == admin() && outcome.comment.is_some();
            prop_assert!(answered || next.status != InquiryStatus::Answered, "only an admin's words answer");
            if now.trashed_at.is_some() && changed {
                let restored = matches!(command, Command::Restore { by_owner: true }) && next.trashed_at.is_none();
                prop_assert!(restored && by == admin(), "from the trash there is one way, and it is an owner's");
            }
            now = next;
        }
    }
}
