//! R13, R17: whoever is slow, at whichever step, delays nobody else; the mailer gives up in time.

use std::time::{Duration, Instant};

use domain::admin::Locale;
use mailer::Settings;
use storage::{NoticeState, Storage};
use testkit::smtp::{Answer, Sink, Step};

use crate::world::World;

/// What a mail behind slow ones may wait: the promise.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Ten mails over which the server stalls at `step`, then a call behind them: how long until that has left.
async fn behind_ten_slow_ones(slow: &[&str], step: Step) -> Duration {
    let world = World::new().await;
    let sink = Sink::scripted(move |at| {
        let to_slow = at.line.contains("slow") || at.to.iter().any(|to| to.contains("slow"));
        if at.step == step && to_slow { Answer::Stall } else { Answer::Fine }
    })
    .await;
    let mut told = Vec::new();
    for address in slow {
        told.push(world.admin(address, Locale::En).await);
    }
    let visitor = world.visitor("Minji").await;
    let ten: Vec<_> = (0..10).map(|n| &told[n % told.len()]).collect();
    world.call(&visitor, "help", &ten).await;
    let kim = world.admin("kim", Locale::En).await;
    let mailer = world.start_with(World::earnest(&sink));
    // All lanes are taken by now.
    let stalled = || sink.reached(step) >= Settings::LANES;
    while !stalled() {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    let call = world.call(&world.visitor("Seoyeon").await, "me too", &[&kim]).await;
    world.until_state(call.notices[0], NoticeState::Sent).await;
    let waited = start.elapsed();
    drop(mailer);
    waited
}

#[tokio::test]
async fn ten_mails_to_a_slow_domain_delay_a_call_behind_them_by_less_than_a_second() {
    let domain: Vec<String> = (0..10).map(|n| format!("admin{n}@slow.example")).collect();
    let domain: Vec<&str> = domain.iter().map(String::as_str).collect();
    for step in [Step::Rcpt, Step::Data, Step::Dot] {
        let waited = behind_ten_slow_ones(&domain, step).await;
        assert!(waited < AT_ONCE, "{step:?}: {waited:?}");
    }
}

#[tokio::test]
async fn ten_mails_to_a_slow_recipient_delay_not_even_their_neighbours() {
    let waited = behind_ten_slow_ones(&["slow@burgerput.example"], Step::Rcpt).await;
    assert!(waited < AT_ONCE, "{waited:?}");
}

#[tokio::test]
async fn ten_slow_mails_to_ten_domains_delay_a_call_behind_them_by_less_than_a_second() {
    let domains: Vec<String> = (0..10).map(|n| format!("kim@slow{n}.example")).collect();
    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
    let waited = behind_ten_slow_ones(&domains, Step::Dot).await;
    assert!(waited < AT_ONCE, "{waited:?}");
}

#[tokio::test]
async fn a_connection_that_was_silently_cut_delays_the_next_mail_by_less_than_a_second() {
    let world = World::new().await;
    let sink = Sink::friendly().await;
    let mut told = Vec::new();
    for n in 0..6 {
        told.push(world.admin(&format!("admin{n}"), Locale::En).await);
    }
    let call = world.call(&world.visitor("Minji").await, "help", &told.iter().collect::<Vec<_>>()).await;
    let _mailer = world.start_with(World::earnest(&sink));
    for id in call.notices {
        world.until_state(id, NoticeState::Sent).await;
    }
    // Every idle line is dead now, and does not say so.
    sink.behave(|at| match at.step {
        Step::Noop => Answer::Stall,
        _ => Answer::Fine,
    });
    let start = Instant::now();
    let call = world.call(&world.visitor("Seoyeon").await, "me too", &[&told[0]]).await;
    world.until_state(call.notices[0], NoticeState::Sent).await;
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_poison_mail_goes_its_way_and_the_others_theirs() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Dot if at.to.iter().any(|to| to.contains("poison")) => {
            Answer::say_and_hang_up("421 4.3.0 ouch")
        }
        _ => Answer::Fine,
    })
    .await;
    let poison = world.admin("poison", Locale::En).await;
    let kim = world.admin("kim", Locale::En).await;
    // What lettre itself panics over, as a name (F6).
    let visitor = world.visitor("a\nb\r\nBcc: x@evil.example").await;
    let bad = world.call(&visitor, "\r.\r\n.\n", &[&poison]).await;
    let mailer = world.start_with(World::earnest(&sink));
    let mut tries = 0;
    while tries < 6 {
        let start = Instant::now();
        let fine = world.call(&world.visitor("Minji").await, "help", &[&kim]).await;
        world.until_state(fine.notices[0], NoticeState::Sent).await;
        assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
        let notice = world.until(bad.notices[0], |notice| notice.attempts > tries).await;
        tries = notice.attempts;
        assert_eq!(notice.state, NoticeState::Retrying);
        world.advance(Duration::from_mins(5));
    }
    mailer.stop().await;
}

/// The clock of tokio stands and jumps: no step may hang for longer than its patience, whatever comes byte by byte.
#[tokio::test]
async fn each_step_is_given_up_after_its_patience_and_the_dot_after_twice_that() {
    let patience = Duration::from_millis(300);
    for (step, at) in [
        (Step::Greeting, "connecting"),
        (Step::Ehlo, "connecting"),
        (Step::Auth, "signing in"),
        (Step::Mail, "MAIL FROM"),
        (Step::Rcpt, "RCPT TO"),
        (Step::Data, "DATA"),
        (Step::Dot, "the mail"),
    ] {
        for answer in [Answer::Stall, Answer::Drip(Duration::from_millis(50))] {
            let world = World::new().await;
            let script = answer.clone();
            let sink = Sink::scripted(move |reached| match reached.before {
                0 if reached.step == step => script.clone(),
                _ => Answer::Fine,
            })
            .await;
            let kim = world.admin("kim", Locale::En).await;
            let call = world.call(&world.visitor("Minji").await, "help", &[&kim]).await;
            let url = format!("smtp://desk:hunter2@{}?tls=none", sink.address).parse().expect("an address");
            let transport = mailer::Transport::Smtp(url);
            let start = Instant::now();
            let _mailer = world.start_with(Settings { patience, ..World::settings(transport) });
            let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
            let limit = if step == Step::Dot { patience * 2 } else { patience };
            let took = start.elapsed();
            assert!(took >= limit && took < limit + AT_ONCE, "{step:?} {answer:?}: {took:?}");
            let reply = notice.last_reply.expect("a reason");
            assert!(reply.starts_with(&format!("{at}: no answer within ")), "{step:?} {answer:?}: {reply}");
            world.advance(Duration::from_secs(1));
            world.until_state(call.notices[0], NoticeState::Sent).await;
        }
    }
    assert!(Settings::PATIENCE <= Duration::from_secs(30), "no step takes longer in earnest");
}

#[tokio::test]
async fn while_a_recipient_is_slow_the_mailer_does_not_ask_the_store_over_and_over() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Rcpt => Answer::Stall,
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    world.call(&world.visitor("Minji").await, "help", &[&kim, &kim, &kim, &kim, &kim]).await;
    let _mailer = world.start_with(World::earnest(&sink));
    while sink.reached(Step::Rcpt) < Settings::LANES {
        tokio::task::yield_now().await;
    }
    let storage: &dyn Storage = &*world.storage;
    let spared =
        storage::Spared { addresses: vec![kim.email.as_str().to_owned()], ..storage::Spared::default() };
    let lease = storage.next_notice_at(&spared).await.expect("read");
    assert_eq!(lease, None, "what is left is to the one who is slow");
}
