//! R14: what each answer of a mail server means for one recipient, among others whose mails go through.

use std::time::Duration;

use domain::admin::Locale;
use storage::NoticeState::{self, Dead, Retrying};
use testkit::smtp::{Answer, Sink, Step};

use crate::world::{NOW, World};

/// At which step, what the server says over one of three recipients, and what becomes of that one.
const CASES: &[(Step, &str, NoticeState)] = &[
    (Step::Mail, "421 4.3.2 shutting down", Retrying),
    (Step::Mail, "450 4.1.8 sender unverified yet", Retrying),
    (Step::Mail, "451 4.7.1 greylisted", Retrying),
    (Step::Mail, "452 4.3.1 out of storage", Retrying),
    (Step::Mail, "455 4.5.0 parameters not now", Retrying),
    (Step::Mail, "550 5.7.1 not your sender", Dead),
    (Step::Mail, "552 5.3.4 too big", Dead),
    (Step::Mail, "553 5.1.7 bad sender", Dead),
    (Step::Mail, "555 5.5.4 parameters unknown", Dead),
    (Step::Rcpt, "421 4.7.0 closing", Retrying),
    (Step::Rcpt, "450 4.2.1 mailbox busy", Retrying),
    (Step::Rcpt, "450 4.2.0 greylisted, come back in 5 minutes", Retrying),
    (Step::Rcpt, "451 4.3.0 lookup failed", Retrying),
    (Step::Rcpt, "451 4.7.1 greylisting in action", Retrying),
    (Step::Rcpt, "452 4.2.2 mailbox full", Retrying),
    (Step::Rcpt, "452 4.5.3 too many recipients", Retrying),
    (Step::Rcpt, "454 4.7.0 try later", Retrying),
    (Step::Rcpt, "459 4.9.9 whatever", Retrying),
    (Step::Rcpt, "550 5.1.1 no such user", Dead),
    (Step::Rcpt, "550 5.2.1 mailbox disabled", Dead),
    (Step::Rcpt, "550-5.7.1 you are\r\n550 5.7.1 not welcome", Dead),
    (Step::Rcpt, "551 5.1.6 user has moved", Dead),
    (Step::Rcpt, "552 5.2.2 mailbox full for good", Dead),
    (Step::Rcpt, "553 5.1.3 bad address", Dead),
    (Step::Rcpt, "554 5.7.1 refused", Dead),
    (Step::Rcpt, "556 5.1.10 domain takes no mail", Dead),
    (Step::Data, "421 4.3.2 shutting down", Retrying),
    (Step::Data, "450 4.3.2 not now", Retrying),
    (Step::Data, "451 4.3.0 later", Retrying),
    (Step::Data, "452 4.3.1 disk full", Retrying),
    (Step::Data, "503 5.5.1 bad sequence", Dead),
    (Step::Data, "554 5.5.1 no valid recipients", Dead),
    (Step::Dot, "421 4.3.0 filter is down", Retrying),
    (Step::Dot, "450 4.7.1 greylisted after all", Retrying),
    (Step::Dot, "451 4.7.1 scanner busy", Retrying),
    (Step::Dot, "452 4.2.2 mailbox full", Retrying),
    (Step::Dot, "550 5.7.1 looks like spam", Dead),
    (Step::Dot, "552 5.3.4 too big", Dead),
    (Step::Dot, "554 5.6.0 content refused", Dead),
    (Step::Dot, "554-5.7.26 not\r\n554 5.7.26 authenticated", Dead),
];

#[tokio::test]
async fn each_answer_is_about_its_recipient_alone() {
    assert_eq!(CASES.len(), 40);
    for (step, answer, state) in CASES.iter().copied() {
        let world = World::new().await;
        let sink = Sink::scripted(move |at| {
            // A greylisting server means the first try. MAIL does not know the recipient yet: its first one is meant.
            let meant = match step {
                Step::Mail => at.before == 0,
                _ => {
                    (at.line.contains("lee@") || at.to.iter().any(|to| to.starts_with("lee@")))
                        && at.before < 3
                }
            };
            if at.step == step && meant { Answer::say(answer) } else { Answer::Fine }
        })
        .await;
        let mut told = Vec::new();
        for name in ["kim", "lee", "park"] {
            told.push(world.admin(name, Locale::En).await);
        }
        let visitor = world.visitor("Minji").await;
        let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
        let mailer = world.mail_through(&sink);
        let mut odd = Vec::new();
        for id in &call.notices {
            let notice = world.until(*id, |notice| notice.state != NoticeState::Queued).await;
            if notice.state != NoticeState::Sent {
                odd.push(notice);
            }
        }
        assert_eq!(odd.len(), 1, "{step:?} {answer}: {odd:?}");
        let notice = odd.remove(0);
        assert_eq!((notice.state, notice.attempts), (state, 1), "{step:?} {answer}");
        // Of an answer of several lines the last one ends it.
        let words = answer.rsplit(' ').next().unwrap_or_default();
        let reply = notice.last_reply.expect("a reason");
        assert!(reply.contains(&answer[..3]) && reply.contains(words), "{step:?} {answer}: {reply}");
        assert_eq!(sink.count() - usize::from(step == Step::Dot), 2, "{step:?} {answer}");
        if state == Retrying {
            assert_eq!(notice.due_at, NOW.plus(Duration::from_secs(1)), "{step:?} {answer}");
            sink.behave(|_| Answer::Fine);
            world.advance(Duration::from_secs(1));
            world.until_state(notice.id, NoticeState::Sent).await;
        }
        mailer.stop().await;
    }
}
