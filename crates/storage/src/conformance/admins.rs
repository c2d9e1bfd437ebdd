//! Promises about admins and their tokens.

use std::sync::Arc;

use domain::Timestamp;
use domain::admin::{Admin, Locale, Role};
use domain::deed::DeedKind;
use domain::id::{AdminId, ApiTokenId};

use super::Kept;
use super::samples::{
    NOON, added, admin, at_once, deed, email, fresh, handles, later, name, new_admin, secret,
};
use crate::{ApiToken, SecretHash, SessionRecord, Storage, StorageError};

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
    store.add_admin(new_admin(&owner, Some(hash)), &deed(DeedKind::AdminAdded, NOON)).await?;
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
    let result = store.add_admin(new_admin(&again, None), &deed(DeedKind::AdminAdded, NOON)).await;
    assert!(matches!(result, Err(StorageError::Taken)), "{result:?}");
    assert_eq!(store.admin(again.id).await?, None);
    let tasks = handles(&store, 4).map(|store| async move {
        let lee = new_admin(&admin("lee@desk.example"), None);
        store.add_admin(lee, &deed(DeedKind::AdminAdded, NOON)).await
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
    let another = Admin { email: email("new@desk.example"), created_at: later(9), ..changed.clone() };
    store.update_admin(&another, &deed(DeedKind::ProfileChanged, NOON)).await?;
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
    store.update_admin(&disabled, &deed(DeedKind::AdminDisabled, NOON)).await?;
    assert_eq!(store.admin(kim.id).await?, Some(disabled));
    store.update_admin(&kim, &deed(DeedKind::AdminDisabled, NOON)).await?;
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
    store.set_password(kim.id, "hash-1", Some(here), &deed(DeedKind::PasswordChanged, NOON)).await?;
    assert!(store.session(here, NOON).await?.is_some());
    assert_eq!(store.session(there, NOON).await?, None);
    store.set_password(kim.id, "hash-2", None, &deed(DeedKind::PasswordChanged, NOON)).await?;
    assert_eq!(store.session(here, NOON).await?, None);
    assert!(store.session(other, NOON).await?.is_some());
    let (_, hash) = store.admin_by_email("kim@desk.example").await?.expect("she is there");
    assert_eq!(hash.as_deref(), Some("hash-2"));
    assert_eq!(store.admin_by_email("lee@desk.example").await?.and_then(|(_, hash)| hash), None);
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
    store.add_api_token(&older, old_secret, &deed(DeedKind::TokenMade, NOON)).await?;
    store.add_api_token(&newer, new_secret, &deed(DeedKind::TokenMade, NOON)).await?;
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
    store.add_api_token(&token, key, &deed(DeedKind::TokenMade, NOON)).await?;
    store
        .update_admin(&Admin { disabled_at: Some(NOON), ..kim.clone() }, &deed(DeedKind::AdminDisabled, NOON))
        .await?;
    assert_eq!(store.admin_by_api_token(key, NOON).await?, None);
    store.update_admin(&kim, &deed(DeedKind::AdminDisabled, NOON)).await?;
    assert!(store.admin_by_api_token(key, NOON).await?.is_some());
    assert!(store.revoke_api_token(token.id, &deed(DeedKind::TokenRevoked, later(5))).await?);
    assert_eq!(store.admin_by_api_token(key, later(6)).await?, None);
    assert!(store.revoke_api_token(token.id, &deed(DeedKind::TokenRevoked, later(9))).await?);
    assert_eq!(store.api_tokens().await?[0].revoked_at, Some(later(5)), "the first time counts");
    assert!(!store.revoke_api_token(ApiTokenId(fresh()), &deed(DeedKind::TokenRevoked, NOON)).await?);
    Ok(())
}
