//! Promises about admins, their links and tokens.

use std::sync::Arc;

use domain::Timestamp;
use domain::admin::{Admin, Locale, Role};
use domain::id::{AdminId, ApiTokenId};

use super::Kept;
use super::samples::{NOON, added, admin, at_once, email, fresh, handles, later, name, secret};
use crate::{ApiToken, Link, NewAdmin, SecretHash, SessionRecord, Storage, StorageError};

async fn signed_in(store: &dyn Storage, admin: &Admin) -> Result<SecretHash, StorageError> {
    let id = secret();
    let session = SessionRecord { id, admin: Some(admin.id), data: "{}".to_owned(), expires_at: later(60) };
    assert!(store.create_session(&session).await?);
    Ok(id)
}

/// In the order in which they were added, with and without a password.
pub async fn an_admin_comes_back_as_added(store: Arc<dyn Storage>) -> Kept {
    let owner = Admin {
        role: Role::Owner,
        locale: Locale::En,
        on_duty: false,
        disabled_at: Some(later(1)),
        created_at: later(2),
        ..admin("Owner+x@Desk.example")
    };
    let first = added(&*store, "kim@desk.example").await?;
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
    store.add_admin(NewAdmin { admin: owner.clone(), password_hash: Some(hash.to_owned()) }).await?;
    assert_eq!(store.admins().await?, [first.clone(), owner.clone()]);
    assert_eq!(store.admin(owner.id).await?.as_ref(), Some(&owner));
    assert_eq!(store.admin(AdminId(fresh())).await?, None);
    let found = store.admin_by_email("owner+x@desk.example").await?;
    assert_eq!(found, Some((owner, Some(hash.to_owned()))));
    assert_eq!(store.admin_by_email("kim@desk.example").await?, Some((first, None)));
    assert_eq!(store.admin_by_email("nobody@desk.example").await?, None);
    Ok(())
}

/// `Kim@` and `kim@` are one address; a refused one leaves nothing behind.
pub async fn an_address_is_taken_without_regard_to_case(store: Arc<dyn Storage>) -> Kept {
    added(&*store, "Kim@desk.example").await?;
    let again = admin("kIM@DESK.example");
    let result = store.add_admin(NewAdmin { admin: again.clone(), password_hash: None }).await;
    assert!(matches!(result, Err(StorageError::Taken)), "{result:?}");
    assert_eq!(store.admin(again.id).await?, None);
    let tasks = handles(&store, 4).map(|store| async move {
        store.add_admin(NewAdmin { admin: admin("lee@desk.example"), password_hash: None }).await
    });
    let results = at_once(tasks).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(StorageError::Taken))));
    assert_eq!(store.admins().await?.len(), 2);
    Ok(())
}

/// Name, role, duty, language and whether they may sign in.
pub async fn an_admin_is_changed_but_for_the_address(store: Arc<dyn Storage>) -> Kept {
    let first = added(&*store, "kim@desk.example").await?;
    let other = added(&*store, "lee@desk.example").await?;
    let session = signed_in(&*store, &first).await?;
    let changed = Admin {
        name: name("이 \"두\" 😀"),
        role: Role::Owner,
        on_duty: false,
        locale: Locale::En,
        ..first.clone()
    };
    store
        .update_admin(&Admin { email: email("new@desk.example"), created_at: later(9), ..changed.clone() })
        .await?;
    assert_eq!(store.admin(first.id).await?, Some(changed));
    assert_eq!(store.admin(other.id).await?, Some(other));
    assert!(store.session(session, NOON).await?.is_some(), "an enabled admin stays signed in");
    Ok(())
}

/// Of this admin and of no other; enabling brings none back.
pub async fn disabling_ends_all_sessions(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let sessions = [signed_in(&*store, &kim).await?, signed_in(&*store, &kim).await?];
    let other = signed_in(&*store, &lee).await?;
    let disabled = Admin { disabled_at: Some(later(5)), ..kim.clone() };
    store.update_admin(&disabled).await?;
    assert_eq!(store.admin(kim.id).await?, Some(disabled));
    store.update_admin(&kim).await?;
    for session in sessions {
        assert_eq!(store.session(session, NOON).await?, None);
    }
    assert!(store.session(other, NOON).await?.is_some());
    Ok(())
}

/// The one in which it was chosen goes on.
pub async fn a_new_password_ends_all_sessions_but_one(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let lee = added(&*store, "lee@desk.example").await?;
    let (here, there) = (signed_in(&*store, &kim).await?, signed_in(&*store, &kim).await?);
    let other = signed_in(&*store, &lee).await?;
    store.set_password(kim.id, "hash-1", Some(here)).await?;
    assert!(store.session(here, NOON).await?.is_some());
    assert_eq!(store.session(there, NOON).await?, None);
    store.set_password(kim.id, "hash-2", None).await?;
    assert_eq!(store.session(here, NOON).await?, None);
    assert!(store.session(other, NOON).await?.is_some());
    let (_, hash) = store.admin_by_email("kim@desk.example").await?.expect("she is there");
    assert_eq!(hash.as_deref(), Some("hash-2"));
    assert_eq!(store.admin_by_email("lee@desk.example").await?.and_then(|(_, hash)| hash), None);
    Ok(())
}

/// For an admin, and for the first owner, who is nobody yet; looking at it does not use it up.
pub async fn a_link_is_worth_something_until_it_expires(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    for admin in [Some(kim.id), None] {
        let link = Link { secret: secret(), admin, expires_at: later(60) };
        store.add_link(&link).await?;
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
    let make = |admin| Link { secret: secret(), admin, expires_at: later(60) };
    let people = [Some(kim.id), Some(lee.id), None];
    let (first, second) = (people.map(make), people.map(make));
    for link in first.iter().chain(&second[..1]) {
        store.add_link(link).await?;
    }
    assert_eq!(store.link(first[0].secret, NOON).await?, None);
    for link in [&second[0], &first[1], &first[2]] {
        assert_eq!(store.link(link.secret, NOON).await?.as_ref(), Some(link));
    }
    store.add_link(&second[2]).await?;
    assert_eq!(store.use_link(first[2].secret, NOON).await?, None);
    assert!(store.use_link(second[2].secret, NOON).await?.is_some());
    Ok(())
}

/// A double click, or a thief who is as fast as the owner.
pub async fn a_link_is_used_once_however_many_ask(store: Arc<dyn Storage>) -> Kept {
    for _ in 0..4 {
        let link = Link { secret: secret(), admin: None, expires_at: later(60) };
        store.add_link(&link).await?;
        let tasks = handles(&store, 8).map(|store| async move { store.use_link(link.secret, NOON).await });
        let mut got = 0;
        for result in at_once(tasks).await {
            got += usize::from(result?.is_some());
        }
        assert_eq!(got, 1);
    }
    Ok(())
}

fn token_of(admin: &Admin, created_at: Timestamp) -> ApiToken {
    ApiToken {
        id: ApiTokenId(fresh()),
        admin: admin.id,
        name: "배포 😀".to_owned(),
        created_at,
        last_used_at: None,
        revoked_at: None,
    }
}

/// To the minute, so that a busy token does not keep the disk busy.
pub async fn an_api_token_names_its_admin_and_notes_its_use(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let (older, newer) = (token_of(&kim, NOON), token_of(&kim, later(1)));
    let (old_secret, new_secret) = (secret(), secret());
    store.add_api_token(&older, old_secret).await?;
    store.add_api_token(&newer, new_secret).await?;
    assert_eq!(store.api_tokens().await?, [newer.clone(), older.clone()]);
    assert_eq!(store.admin_by_api_token(secret(), NOON).await?, None);
    let minute = |at: Timestamp| Timestamp(at.0 - at.0 % 60_000);
    for at in [NOON, later(1), later(120)] {
        assert_eq!(store.admin_by_api_token(old_secret, at).await?.as_ref(), Some(&kim));
        let used = store.api_tokens().await?[1].last_used_at.expect("it was used");
        assert_eq!(minute(used), minute(at));
    }
    assert_eq!(store.api_tokens().await?[0], newer, "the other one was not used");
    Ok(())
}

/// At once, and for good.
pub async fn an_api_token_is_worthless_once_revoked_or_its_admin_disabled(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let (token, key) = (token_of(&kim, NOON), secret());
    store.add_api_token(&token, key).await?;
    store.update_admin(&Admin { disabled_at: Some(NOON), ..kim.clone() }).await?;
    assert_eq!(store.admin_by_api_token(key, NOON).await?, None);
    store.update_admin(&kim).await?;
    assert!(store.admin_by_api_token(key, NOON).await?.is_some());
    assert!(store.revoke_api_token(token.id, later(5)).await?);
    assert_eq!(store.admin_by_api_token(key, later(6)).await?, None);
    assert!(store.revoke_api_token(token.id, later(9)).await?);
    assert_eq!(store.api_tokens().await?[0].revoked_at, Some(later(5)), "the first time counts");
    assert!(!store.revoke_api_token(ApiTokenId(fresh()), NOON).await?);
    Ok(())
}
