//! A small store that has everything in it at least once: what a version leaves behind for those that come after it.
//!
//! A new thing to remember gets its line here, so that the next released version leaves it behind, too.

use std::time::Duration;

use domain::Timestamp;
use domain::admin::{Admin, Locale, Role};
use domain::conversation::{Actor, Conversation, What};
use domain::deed::{Deed, DeedKind};
use domain::id::{ApiTokenId, ConversationId, InquiryId, MailId, NoticeId};
use domain::inquiry::{InquiryKind, InquiryStatus};
use domain::notice::{Audience, NoticeKind, SkipReason};
use domain::visitor::Visitor;

use super::Kept;
use super::samples::{
    NOON, SCRIPTS, admin, admitted, body, by, call, client_id, comment, deed, ended, fresh, known_visitor,
    later, move_to_board, name, new_admin, next, notice, plan, post_of, ring, say, secret, step, stored,
};
use crate::{
    Allowance, ApiToken, Change, Claim, Delivery, InquiryChange, Link, LinkPurpose, Mail, NewNotice, Pace,
    SessionRecord, SharedSecret, Storage, StorageError,
};

/// Puts one of each into an empty store.
pub async fn fill(store: &dyn Storage) -> Kept {
    let (kim, lee) = team(store).await?;
    let mina = store.admit(known_visitor("u-1", "민아"), secret(), later(86_400)).await?;
    store.visitor_seen(mina.id, later(9)).await?;
    let about = open_calls(store, &mina, &kim, &lee).await?;
    ended_calls(store, &kim).await?;
    board(store, &mina, &kim).await?;
    deeds(store, &kim).await?;
    outbox(store, &about, &kim, &lee).await
}

fn actor(admin: &Admin) -> Actor {
    Actor::Admin { id: admin.id, name: admin.name.clone() }
}

/// An owner, an admin, and one who may not sign in any more; with a link, tokens and sessions.
async fn team(store: &dyn Storage) -> Result<(Admin, Admin), StorageError> {
    let kim = Admin { role: Role::Owner, ..admin("Kim@desk.example") };
    let lee = Admin { name: name("Lee"), on_duty: false, locale: Locale::En, ..admin("lee@desk.example") };
    let gone = Admin { disabled_at: Some(later(3)), ..admin("gone@desk.example") };
    for admin in [&kim, &lee, &gone] {
        // What argon2id makes of some password, at a cost that is worth nothing.
        let hash =
            "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IDE2Ynl0$xJ0gF5b1m6Zl2D5r3pL0yYw0bS9r7oGkqkq3x3k8z2M";
        let added = deed(DeedKind::AdminAdded, NOON).to_admin(admin.id).with("owner");
        store.add_admin(new_admin(admin, Some(hash)), &added).await?;
    }
    links(store, &lee).await?;
    let codes = [secret(), secret()];
    let shared = SharedSecret(vec![7; 20]);
    let on = deed(DeedKind::CodesOn, later(1)).to_admin(kim.id);
    store.set_second_factor(kim.id, Some((&shared, &codes)), None, &on).await?;
    store.use_step(kim.id, 59_841_240).await?;
    for (words, used) in [("배포 스크립트", true), ("old", false)] {
        let id = ApiTokenId(fresh());
        let token = ApiToken {
            id,
            admin: kim.id,
            name: words.to_owned(),
            created_at: NOON,
            last_used_at: None,
            revoked_at: None,
        };
        let hash = secret();
        store.add_api_token(&token, hash, &deed(DeedKind::TokenMade, NOON).with(words)).await?;
        if used {
            store.admin_by_api_token(hash, later(61)).await?;
        } else {
            store.revoke_api_token(id, &deed(DeedKind::TokenRevoked, later(62))).await?;
        }
    }
    for admin in [None, Some(kim.id)] {
        let who = admin.map(|id| format!("\"admin\":\"{id}\",")).unwrap_or_default();
        let data = format!("{{{who}\"csrf\":\"c\",\"seen\":{0},\"since\":{0}}}", NOON.0);
        store.create_session(&SessionRecord { id: secret(), admin, data, expires_at: later(28_800) }).await?;
    }
    Ok((kim, lee))
}

/// One for each purpose.
async fn links(store: &dyn Storage, to: &Admin) -> Kept {
    let password = |admin| Link {
        secret: secret(),
        purpose: LinkPurpose::Password,
        admin,
        conversation: None,
        notice: None,
        expires_at: later(86_400),
    };
    store.add_links(&[password(None)]).await?;
    store.add_links(&[password(Some(to.id))]).await?;
    let (conversation, notice) = (Some(ConversationId(fresh())), Some(NoticeId(fresh())));
    let of_call = LinkPurpose::OF_CALL;
    let of_call = of_call.map(|purpose| Link { purpose, conversation, notice, ..password(Some(to.id)) });
    store.add_links(&of_call).await
}

/// One of each kind, by an admin and at the command line, and all that one can be about.
async fn deeds(store: &dyn Storage, kim: &Admin) -> Kept {
    for (kind, n) in DeedKind::ALL.iter().zip(0..) {
        let by = if n % 2 == 0 { actor(kim) } else { Actor::System };
        let about = Deed::new(later(700 + n), by, *kind).to_admin(kim.id).with("198.51.100.7");
        let about = about.to_inquiry(InquiryId(fresh())).to_notice(NoticeId(fresh()));
        store.note_deed(&about).await?;
    }
    Ok(())
}

/// Calls that wait and calls that are answered; gives one that waits.
async fn open_calls(
    store: &dyn Storage,
    mina: &Visitor,
    kim: &Admin,
    lee: &Admin,
) -> Result<Conversation, StorageError> {
    let mut active = stored(store, call(mina, NOON)).await?;
    for words in SCRIPTS {
        active = stored(store, say(&active, by(mina), &client_id(), words)).await?;
    }
    active = stored(store, next(&active, actor(kim), later(5), What::Joined)).await?;
    active = stored(store, next(&active, actor(lee), later(6), What::Joined)).await?;
    active = stored(store, say(&active, actor(kim), &client_id(), "무엇을 도와드릴까요?")).await?;
    stored(store, next(&active, actor(lee), later(8), What::Noted { body: body("VIP") })).await?;

    let (_, left) = ring(store, NOON).await?;
    let left = stored(store, next(&left, actor(kim), later(5), What::Joined)).await?;
    stored(store, next(&left, actor(kim), later(9), What::Left { wait: Some(plan(later(9))) })).await?;

    let (_, waits) = ring(store, NOON).await?;
    let told = What::Escalated { notify: Audience::Everyone };
    let waits = stored(store, next(&waits, Actor::System, later(60), told)).await?;
    let waits = stored(store, next(&waits, Actor::System, later(180), What::Offered)).await?;
    let promised = What::Promised { until: later(300), plan: plan(later(200)) };
    stored(store, next(&waits, actor(kim), later(200), promised)).await
}

/// One call for each end.
async fn ended_calls(store: &dyn Storage, kim: &Admin) -> Kept {
    let (caller, cancelled) = ring(store, NOON).await?;
    stored(store, next(&cancelled, by(&caller), later(7), What::Cancelled)).await?;
    for by_caller in [true, false] {
        let (caller, closed) = ring(store, NOON).await?;
        let closed = stored(store, next(&closed, actor(kim), later(7), What::Joined)).await?;
        let who = if by_caller { by(&caller) } else { actor(kim) };
        stored(store, next(&closed, who, later(20), What::Closed)).await?;
    }
    let (_, moved) = ring(store, NOON).await?;
    stored(store, move_to_board(&moved, later(300))).await?;
    Ok(())
}

/// Posts of every kind and with every status, answered, and one in the trash.
async fn board(store: &dyn Storage, mina: &Visitor, kim: &Admin) -> Kept {
    let kinds = [InquiryKind::Error, InquiryKind::Suggestion, InquiryKind::MissedCall, InquiryKind::Error];
    let ends = [InquiryStatus::Open, InquiryStatus::Answered, InquiryStatus::Resolved, InquiryStatus::Open];
    for (at, (kind, status)) in kinds.into_iter().zip(ends).enumerate() {
        let mut post = post_of(mina.id, None, NOON);
        post.kind = kind;
        store.change_inquiry(step(&post)).await?;
        let mut words = vec![];
        if status != InquiryStatus::Open {
            words = vec![
                comment(actor(kim), later(30), "고쳤습니다."),
                comment(by(mina), later(40), "고마워요!"),
            ];
        }
        for comment in words {
            post.version += 1;
            post.status = status;
            post.updated_at = comment.at;
            store.change_inquiry(InquiryChange { comment: Some(comment), ..step(&post) }).await?;
        }
        if at == 3 {
            post.version += 1;
            post.trashed_at = Some(later(50));
            store.change_inquiry(step(&post)).await?;
        }
    }
    Ok(())
}

/// A notice in every state, for every reason; one that is being sent, a digest, and a mail that was kept.
async fn outbox(store: &dyn Storage, about: &Conversation, kim: &Admin, lee: &Admin) -> Kept {
    let author = admitted(store).await?;
    let post = post_of(author.id, None, NOON);
    let comment = comment(actor(kim), later(1), "답변");
    let of_call = |kind, to| NewNotice { conversation: Some(about.id), ..notice(kind, Some(to), NOON) };
    let of_post = |kind, to| NewNotice { inquiry: Some(post.id), ..notice(kind, to, NOON) };
    let answer = NewNotice { comment: Some(comment.id), ..of_post(NoticeKind::Comment, None) };
    let notices = vec![
        of_call(NoticeKind::Call, kim),
        of_call(NoticeKind::Escalation, lee),
        of_post(NoticeKind::Inquiry, Some(kim)),
        answer,
        of_post(NoticeKind::Resolved, None),
        notice(NoticeKind::Invitation, Some(lee), NOON),
        notice(NoticeKind::Reset, Some(kim), NOON),
    ];
    let ids: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    store.change_inquiry(InquiryChange { comment: Some(comment), notices, ..step(&post) }).await?;
    let reply = || "250 2.0.0 Ok: queued".to_owned();
    let ends = [
        Delivery::Sent { reply: reply() },
        Delivery::Skipped { reason: SkipReason::Answered { by: "Kim, Lee".to_owned() } },
        Delivery::Retry { reply: "451 try later".to_owned(), at: later(3_600) },
        Delivery::Dead { reply: "550 no such user".to_owned() },
        Delivery::Sent { reply: reply() },
        Delivery::Sent { reply: reply() },
        Delivery::Skipped { reason: SkipReason::PasswordChosen },
    ];
    for (id, end) in ids.iter().zip(&ends) {
        assert!(ended(store, *id, end, later(2)).await?, "it was due");
    }
    store.mark_opened(kim.id, Some(about.id), None, later(4)).await?;
    store.keep(&mail(ids[0])).await?;
    busy(store, lee).await
}

fn mail(notice: NoticeId) -> Mail {
    Mail {
        id: MailId(fresh()),
        number: 0,
        notice,
        from: "Burgerput <desk@desk.example>".to_owned(),
        to: "kim@desk.example".to_owned(),
        subject: "민아 님이 찾습니다".to_owned(),
        text: "도와주세요\n".to_owned(),
        html: "<p>도와주세요</p>".to_owned(),
        at: later(2),
    }
}

/// Notices that are still to leave: one claimed by a mailer, the others gathered, and one that nobody has looked at.
async fn busy(store: &dyn Storage, to: &Admin) -> Kept {
    let calls = (0..3).map(|_| notice(NoticeKind::Call, Some(to), later(400)));
    let (visitor, called) = ring(store, later(400)).await?;
    let mut change: Change = say(&called, by(&visitor), &client_id(), "여보세요?");
    change.notices = calls.collect();
    stored(store, change).await?;
    let seconds = Duration::from_secs;
    let pace = Pace { gather: seconds(15), apart: seconds(55), at_most: seconds(300) };
    let (per, within, calm) = (seconds(60), seconds(60), seconds(60));
    let allowance = Some(Allowance { mails: 1, per, burst: 1, within, calm, pace });
    let now: Timestamp = later(401);
    let claimed = store.claim(&Claim { allowance, ..Claim::new(now, later(520), 9) }).await?;
    assert_eq!(claimed.len(), 1, "the others are gathered");
    let (visitor, called) = ring(store, later(500)).await?;
    let mut change = say(&called, by(&visitor), &client_id(), "?");
    change.notices = vec![notice(NoticeKind::Call, Some(to), later(500))];
    stored(store, change).await?;
    Ok(())
}
