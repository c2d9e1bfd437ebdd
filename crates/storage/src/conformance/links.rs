//! Promises about links that work once.

use std::sync::Arc;

use domain::Timestamp;
use domain::deed::DeedKind;
use domain::id::{AdminId, ConversationId, NoticeId};

use super::Kept;
use super::samples::{NOON, added, at_once, deed, fresh, handles, later, secret};
use crate::{Link, LinkPurpose, Storage};

fn to_choose(admin: Option<AdminId>) -> Link {
    let purpose = LinkPurpose::Password;
    Link { secret: secret(), purpose, admin, conversation: None, notice: None, expires_at: later(60) }
}

/// For an admin, and for the first owner, who is nobody yet; looking at it does not use it up.
pub async fn a_link_is_worth_something_until_it_expires(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    for admin in [Some(kim.id), None] {
        let link = to_choose(admin);
        store.add_links(std::slice::from_ref(&link)).await?;
        let before = Timestamp(later(60).0 - 1);
        assert_eq!(store.link(link.secret, before).await?.as_ref(), Some(&link));
        assert_eq!(store.link(link.secret, later(60)).await?, None);
        assert_eq!(store.use_link(link.secret, later(60)).await?, None);
        assert_eq!(store.use_link(link.secret, before).await?.as_ref(), Some(&link));
        assert_eq!(store.link(link.secret, before).await?, None);
    }
    assert_eq!(store.link(secret(), NOON).await?, None);
    assert_eq!(store.use_link(secret(), NOON).await?, None);
    Ok(())
}

/// Of the same person only.
pub async fn a_new_link_replaces_the_one_before(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let make = to_choose;
    let people = [Some(kim.id), Some(lee.id), None];
    let (first, second) = (people.map(make), people.map(make));
    for link in first.iter().chain(&second[..1]) {
        store.add_links(std::slice::from_ref(link)).await?;
    }
    assert_eq!(store.link(first[0].secret, NOON).await?, None);
    for link in [&second[0], &first[1], &first[2]] {
        assert_eq!(store.link(link.secret, NOON).await?.as_ref(), Some(link));
    }
    store.add_links(&second[2..]).await?;
    assert_eq!(store.use_link(first[2].secret, NOON).await?, None);
    assert!(store.use_link(second[2].secret, NOON).await?.is_some());
    Ok(())
}

/// A double click, or a thief who is as fast as the owner (S19).
pub async fn a_link_is_used_once_however_many_ask(store: Arc<dyn Storage>) -> Kept {
    for _ in 0..4 {
        let link = to_choose(None);
        store.add_links(std::slice::from_ref(&link)).await?;
        let tasks = handles(&store, 8).map(|store| async move { store.use_link(link.secret, NOON).await });
        let mut got = 0;
        for result in at_once(tasks).await {
            got += usize::from(result?.is_some());
        }
        assert_eq!(got, 1);
    }
    Ok(())
}

/// However it was set; those of others, and for other things, stay.
pub async fn a_new_password_ends_the_links_for_another(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let of_call = Link { purpose: LinkPurpose::OF_CALL[0], ..to_choose(Some(kim.id)) };
    let (own, others) = (to_choose(Some(kim.id)), [to_choose(Some(lee.id)), to_choose(None), of_call]);
    for link in others.iter().chain([&own]) {
        store.add_links(std::slice::from_ref(link)).await?;
    }
    store.set_password(kim.id, "hash", None, &deed(DeedKind::PasswordChanged, NOON)).await?;
    assert_eq!(store.link(own.secret, NOON).await?, None);
    for link in &others {
        assert_eq!(store.link(link.secret, NOON).await?.as_ref(), Some(link));
    }
    Ok(())
}

/// The first copy of a mail may arrive after the second, and a stranger may have asked for another.
pub async fn links_in_mails_stand_side_by_side_until_one_is_used(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let shown = to_choose(Some(kim.id));
    store.add_links(std::slice::from_ref(&shown)).await?;
    let notices = [NoticeId(fresh()), NoticeId(fresh())];
    let mails = [notices[0], notices[0], notices[1]];
    let mailed = mails.map(|notice| Link { notice: Some(notice), ..to_choose(Some(kim.id)) });
    for link in &mailed {
        store.add_links(std::slice::from_ref(link)).await?;
    }
    for link in mailed.iter().chain([&shown]) {
        assert_eq!(store.link(link.secret, NOON).await?.as_ref(), Some(link));
    }
    assert!(store.use_link(mailed[1].secret, NOON).await?.is_some());
    for link in mailed.iter().chain([&shown]) {
        assert_eq!(store.use_link(link.secret, NOON).await?, None);
    }
    store.add_links(std::slice::from_ref(&mailed[0])).await?;
    store.add_links(std::slice::from_ref(&shown)).await?;
    assert_eq!(store.link(mailed[0].secret, NOON).await?, None, "one that is handed over replaces them");
    Ok(())
}

/// Each of its own, and none harms the one to choose a password.
pub async fn the_links_of_a_call_mail_are_used_one_by_one(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let (conversation, notice) = (Some(ConversationId(fresh())), Some(NoticeId(fresh())));
    let links =
        LinkPurpose::OF_CALL.map(|purpose| Link { purpose, conversation, notice, ..to_choose(Some(kim.id)) });
    let password = to_choose(Some(kim.id));
    store.add_links(std::slice::from_ref(&password)).await?;
    store.add_links(&links).await?;
    for link in &links {
        assert_eq!(store.use_link(link.secret, NOON).await?.as_ref(), Some(link));
        assert_eq!(store.use_link(link.secret, NOON).await?, None);
    }
    assert_eq!(store.link(password.secret, NOON).await?, Some(password));
    Ok(())
}

/// By age.
pub async fn expired_links_are_forgotten(store: Arc<dyn Storage>) -> Kept {
    let (old, young) = (to_choose(None), Link { purpose: LinkPurpose::ToBoard, ..to_choose(None) });
    let young = Link { expires_at: later(120), ..young };
    store.add_links(&[old.clone(), young.clone()]).await?;
    assert_eq!(store.purge_links(later(60)).await?, 0);
    assert_eq!(store.purge_links(later(61)).await?, 1);
    assert_eq!(store.link(old.secret, NOON).await?, None);
    assert_eq!(store.link(young.secret, NOON).await?, Some(young));
    Ok(())
}
