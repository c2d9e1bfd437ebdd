//! The promise that the row and the log never part.

use std::sync::Arc;
use std::time::Duration;

use domain::conversation::{
    Actor, Command, Conversation, InquiryEffect, LeftInquiry, Outcome, Transcript, Wish, decide, evolve, fold,
};
use domain::id::{ConversationId, InquiryId};
use domain::inquiry::{InquiryKind, post};
use domain::policy::Policy;
use domain::text::Title;
use domain::visitor::Visitor;
use domain::{Seq, Timestamp};

use super::Kept;
use super::samples::{NOON, admitted, body, by, call, client_id, fresh, somebody, stored};
use crate::{Change, Storage};

/// A row of numbers that looks random and is the same in every run.
struct Dice(u64);

impl Dice {
    /// The next number below `sides` (Knuth's MMIX constants).
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Every third call is one to which nobody comes: only time passes, and the caller speaks.
fn any_command(dice: &mut Dice, quiet: bool) -> Command {
    match if quiet { [0, 7][usize::from(dice.roll(2) == 0)] } else { dice.roll(11) } {
        0 | 1 => Command::Say { client_id: client_id(), body: body("안녕하세요") },
        2 => Command::Note { client_id: client_id(), body: body("note") },
        3 | 4 => Command::Join { visitor_there: dice.roll(2) == 0 },
        5 => Command::Leave,
        6 => Command::Promise { within: Duration::from_mins(1 + dice.roll(9)) },
        7 => Command::Tick { inquiry: InquiryId(fresh()), transcript: Transcript::default() },
        8 if dice.roll(3) == 0 => Command::Close,
        9 if dice.roll(2) == 0 => Command::Cancel,
        _ => Command::LeaveInquiry(LeftInquiry {
            id: InquiryId(fresh()),
            kind: InquiryKind::Suggestion,
            title: Title::from_stored("제목".to_owned()),
            body: body("words"),
            email: None,
        }),
    }
}

fn change_of(state: Option<&Conversation>, id: ConversationId, outcome: Outcome, caller: &Visitor) -> Change {
    let expected = state.map_or(Seq::START, |state| state.seq);
    let conversation = outcome.events.iter().fold(state.cloned(), |state, event| evolve(state, id, event));
    let at = outcome.events.last().map_or(NOON, |event| event.at);
    let inquiry = outcome.inquiry.and_then(|effect| match effect {
        InquiryEffect::Post(draft) => Some(post(draft, caller.id, caller.name.clone(), Some(id), at)),
        InquiryEffect::Complete(..) => None,
    });
    let conversation = conversation.expect("there are events");
    Change { conversation, expected, events: outcome.events, notices: vec![], inquiry }
}

/// Whatever happens to a call, in whatever order: the stored row is what its stored log folds to.
pub async fn the_row_is_what_the_log_folds_to(store: Arc<dyn Storage>) -> Kept {
    let policy = Policy::default();
    let admins = [somebody(), somebody()];
    let mut kinds = std::collections::HashSet::new();
    for seed in 0..36 {
        let dice = &mut Dice(seed);
        let caller = admitted(&*store).await?;
        let (mut state, mut at) = (stored(&*store, call(&caller, NOON)).await?, NOON);
        for _ in 0..30 {
            at = Timestamp(at.0 + i64::try_from(dice.roll(90_000)).expect("a small number"));
            let command = any_command(dice, seed % 3 == 0);
            let actor = match (&command, dice.roll(3)) {
                (Command::Tick { .. }, _) => Actor::System,
                (Command::LeaveInquiry(_) | Command::Cancel, _) | (_, 0) => by(&caller),
                (_, admin) => admins[usize::from(admin == 1)].clone(),
            };
            let Ok(outcome) = decide(Some(&state), Wish { by: actor, at, command }, &policy) else {
                continue;
            };
            if !outcome.events.is_empty() {
                state = stored(&*store, change_of(Some(&state), state.id, outcome, &caller)).await?;
            }
        }
        let log = store.read_after(state.id, Seq::START, 1000).await?;
        let row = store.conversation(state.id).await?.expect("it is there").conversation;
        assert_eq!(fold(state.id, &log).as_ref(), Some(&row), "seed {seed}");
        assert_eq!(row, state);
        assert!(log.iter().map(|event| event.seq.0).eq(1..=state.seq.0));
        kinds.extend(log.iter().map(|event| event.what.kind()));
    }
    assert_eq!(kinds.len(), 11, "every kind has happened: {kinds:?}");
    Ok(())
}
