//! Promises of the board.

use std::sync::Arc;

use domain::id::InquiryId;
use domain::inquiry::{Inquiry, InquiryKind, InquiryStatus};
use domain::notice::NoticeKind;
use domain::text::Title;

use super::Kept;
use super::samples::{
    NOON, SCRIPTS, added, admitted, all_pages, at_once, body, by, comment, fresh, handles, is_conflict,
    known_visitor, later, name, notice, post_of, ring, secret, somebody, step, tell,
};
use crate::{InquiryChange, InquiryFilter, Page, Storage, StorageError};

/// The post as the next change makes it.
fn changed(inquiry: &Inquiry, status: InquiryStatus) -> Inquiry {
    Inquiry { version: inquiry.version + 1, status, updated_at: later(inquiry.version), ..inquiry.clone() }
}

async fn posted(store: &dyn Storage) -> Result<Inquiry, StorageError> {
    tell(store, vec![]).await
}

/// With everything and with nothing that may be left out.
pub async fn a_post_comes_back_as_it_went_in(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    for (n, words) in SCRIPTS.iter().enumerate() {
        let mut inquiry = post_of(visitor.id, Some(called.id), NOON);
        inquiry.title = Title::from_stored((*words).to_owned());
        inquiry.body = body(words);
        if n % 2 == 1 {
            inquiry = Inquiry {
                email: None,
                author_name: None,
                conversation: None,
                kind: InquiryKind::MissedCall,
                ..inquiry
            };
        }
        let number = store.change_inquiry(step(&inquiry)).await?;
        let row = store.inquiry(inquiry.id).await?.expect("it is there");
        assert_eq!((row.inquiry, row.number), (inquiry, number));
    }
    assert!(store.inquiry(InquiryId(fresh())).await?.is_none());
    Ok(())
}

/// Compare and set by version.
pub async fn a_change_follows_the_version_before_or_is_a_conflict(store: Arc<dyn Storage>) -> Kept {
    let first = posted(&*store).await?;
    let number = store.inquiry(first.id).await?.expect("it is there").number;
    assert!(is_conflict(&store.change_inquiry(step(&first)).await), "it is there already");
    let mut second = changed(&first, InquiryStatus::Answered);
    second.kind = InquiryKind::Suggestion;
    second.title = Title::from_stored("새 제목".to_owned());
    second.body = body("새 글");
    second.email = None;
    assert_eq!(store.change_inquiry(step(&second)).await?, number);
    assert_eq!(store.inquiry(first.id).await?.expect("it is there").inquiry, second);
    assert!(is_conflict(&store.change_inquiry(step(&second)).await), "it was made already");
    let skipping = changed(&changed(&second, InquiryStatus::Open), InquiryStatus::Open);
    assert!(is_conflict(&store.change_inquiry(step(&skipping)).await));
    let unknown = Inquiry { id: InquiryId(fresh()), ..changed(&second, InquiryStatus::Open) };
    assert!(is_conflict(&store.change_inquiry(step(&unknown)).await));
    assert_eq!(store.inquiry(first.id).await?.expect("it is there").inquiry, second);
    Ok(())
}

/// An edit by the author and an answer by an admin in the same moment.
pub async fn of_two_changes_at_once_one_wins(store: Arc<dyn Storage>) -> Kept {
    let first = posted(&*store).await?;
    let tasks = handles(&store, 4).map(|store| {
        let comment = comment(somebody(), NOON, "me");
        let change =
            InquiryChange { comment: Some(comment), ..step(&changed(&first, InquiryStatus::Answered)) };
        async move { store.change_inquiry(change).await }
    });
    let results = at_once(tasks).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| is_conflict(result)).count(), 3);
    assert_eq!(store.comments(&[first.id]).await?.len(), 1, "a conflict stores no comment");
    Ok(())
}

/// By admins and authors, each below its post.
pub async fn comments_come_oldest_first_for_many_at_once(store: Arc<dyn Storage>) -> Kept {
    let mut posts = [posted(&*store).await?, posted(&*store).await?];
    let silent = posted(&*store).await?;
    let visitor = store.admit(known_visitor("u-1", "민아"), secret(), later(60)).await?;
    let mut written = [Vec::new(), Vec::new()];
    for (n, words) in SCRIPTS.iter().enumerate() {
        let actor = if n % 3 == 0 { by(&visitor) } else { somebody() };
        let comment = comment(actor, later(1), words);
        let post = &mut posts[n % 2];
        *post = changed(post, InquiryStatus::Answered);
        store.change_inquiry(InquiryChange { comment: Some(comment.clone()), ..step(post) }).await?;
        written[n % 2].push(comment);
    }
    let found = store.comments(&[posts[1].id, silent.id, posts[0].id, InquiryId(fresh())]).await?;
    for (post, written) in posts.iter().zip(&written) {
        let below: Vec<_> = found.iter().filter(|(id, _)| *id == post.id).map(|(_, c)| c.clone()).collect();
        assert_eq!(&below, written);
    }
    assert_eq!(found.len(), SCRIPTS.len());
    assert!(store.comments(&[]).await?.is_empty());
    Ok(())
}

/// One transaction for the change and those who are told of it.
pub async fn notices_are_stored_with_the_change_or_not_at_all(store: Arc<dyn Storage>) -> Kept {
    let admin = added(&*store, "kim@desk.example").await?;
    let first = posted(&*store).await?;
    let told = InquiryChange {
        notices: vec![notice(NoticeKind::Comment, None, NOON)],
        ..step(&changed(&first, InquiryStatus::Answered))
    };
    let id = told.notices[0].id;
    store.change_inquiry(told).await?;
    assert_eq!(store.notice(id).await?.expect("it waits").to.admin, None);
    let late = InquiryChange {
        notices: vec![notice(NoticeKind::Comment, Some(&admin), NOON)],
        ..step(&changed(&first, InquiryStatus::Resolved))
    };
    let id = late.notices[0].id;
    assert!(is_conflict(&store.change_inquiry(late).await));
    assert!(store.notice(id).await?.is_none());
    Ok(())
}

/// A post that its author has completed is mailed now, and no other one.
pub async fn what_waits_about_a_post_is_released(store: Arc<dyn Storage>) -> Kept {
    let first = posted(&*store).await?;
    let about = |at| crate::NewNotice { inquiry: Some(first.id), ..notice(NoticeKind::Inquiry, None, at) };
    let notices = vec![about(later(300)), about(later(5)), notice(NoticeKind::Inquiry, None, later(300))];
    let ids: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    let second = changed(&first, InquiryStatus::Open);
    store.change_inquiry(InquiryChange { notices, ..step(&second) }).await?;
    let third = changed(&second, InquiryStatus::Open);
    store.change_inquiry(InquiryChange { release_at: Some(later(20)), ..step(&third) }).await?;
    let mut due = Vec::new();
    for id in ids {
        due.push(store.notice(id).await?.expect("it waits").due_at);
    }
    assert_eq!(due, [later(20), later(5), later(300)]);
    Ok(())
}

/// By status, kind and author, alone and together.
pub async fn the_board_is_filtered_and_counted(store: Arc<dyn Storage>) -> Kept {
    let statuses = [InquiryStatus::Open, InquiryStatus::Answered, InquiryStatus::Resolved];
    let kinds = [InquiryKind::Error, InquiryKind::Suggestion, InquiryKind::MissedCall];
    let author = admitted(&*store).await?;
    for status in statuses {
        for kind in kinds {
            let mine = Inquiry { status, kind, ..post_of(author.id, None, NOON) };
            store.change_inquiry(step(&mine)).await?;
        }
    }
    posted(&*store).await?;
    let count = async |filter: InquiryFilter| {
        Ok::<_, StorageError>(store.inquiries(&filter, Page::first(50)).await?.items.len())
    };
    let any = InquiryFilter::default;
    assert_eq!(count(any()).await?, 10);
    assert_eq!(count(InquiryFilter { author: Some(author.id), ..any() }).await?, 9);
    assert_eq!(count(InquiryFilter { status: Some(InquiryStatus::Open), ..any() }).await?, 4);
    assert_eq!(count(InquiryFilter { kind: Some(InquiryKind::MissedCall), ..any() }).await?, 3);
    for status in statuses {
        for kind in kinds {
            let filter =
                InquiryFilter { status: Some(status), kind: Some(kind), author: Some(author.id), ..any() };
            let found = store.inquiries(&filter, Page::first(50)).await?.items;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].inquiry.status, found[0].inquiry.kind), (status, kind));
        }
    }
    assert_eq!(store.inquiry_counts().await?, [4, 3, 3]);
    Ok(())
}

/// Newest first, whatever the size of the pages.
pub async fn the_board_pages_without_gap_or_overlap(store: Arc<dyn Storage>) -> Kept {
    let mut ids = Vec::new();
    for _ in 0..17 {
        ids.push(posted(&*store).await?.id);
    }
    ids.reverse();
    let filter = InquiryFilter::default();
    for limit in [1, 5, 17, 200] {
        let all = all_pages(limit, |page| store.inquiries(&filter, page), |row| row.number).await?;
        assert!(all.iter().map(|row| row.inquiry.id).eq(ids.iter().copied()));
    }
    Ok(())
}

/// In title, body, author and number; wildcards are letters.
pub async fn a_text_is_found_on_the_board(store: Arc<dyn Storage>) -> Kept {
    let author = admitted(&*store).await?;
    let mut wanted = post_of(author.id, None, NOON);
    wanted.title = Title::from_stored("로그인 100% 실패".to_owned());
    wanted.body = body(r"화면이 a_b\c 하얗게 돼요 😀");
    wanted.author_name = Some(name("박서준"));
    let number = store.change_inquiry(step(&wanted)).await?;
    let mut other = post_of(author.id, None, NOON);
    other.title = Title::from_stored("other 100 a-b".to_owned());
    store.change_inquiry(step(&other)).await?;
    for text in ["로그인", "100%", "a_b", r"\", "하얗게", "😀", "서준"] {
        let filter = InquiryFilter { text: Some(text.to_owned()), ..Default::default() };
        let found = store.inquiries(&filter, Page::first(10)).await?.items;
        assert_eq!(found.iter().map(|row| row.inquiry.id).collect::<Vec<_>>(), [wanted.id], "{text}");
    }
    for text in [format!("#{number}"), number.to_string()] {
        let filter = InquiryFilter { text: Some(text), ..Default::default() };
        let found = store.inquiries(&filter, Page::first(10)).await?.items;
        assert!(found.iter().any(|row| row.inquiry.id == wanted.id));
    }
    Ok(())
}

/// What is deleted is out of the lists and counts, can be read and restored, and goes for good by age.
pub async fn the_trash_is_apart_until_it_is_purged(store: Arc<dyn Storage>) -> Kept {
    let posts = [posted(&*store).await?, posted(&*store).await?, posted(&*store).await?];
    let mut trashed = Vec::new();
    for (post, at) in posts.iter().zip([later(10), later(20), later(30)]) {
        let words = comment(somebody(), NOON, "bye");
        let next = Inquiry { trashed_at: Some(at), ..changed(post, InquiryStatus::Answered) };
        store.change_inquiry(InquiryChange { comment: Some(words), ..step(&next) }).await?;
        trashed.push(next);
    }
    let kept = posted(&*store).await?;
    let list = async |trash| {
        let found = store.inquiries(&InquiryFilter { trash, ..Default::default() }, Page::first(10)).await?;
        Ok::<Vec<_>, StorageError>(found.items.iter().map(|row| row.inquiry.id).collect())
    };
    assert_eq!(list(false).await?, [kept.id]);
    assert_eq!(list(true).await?, [posts[2].id, posts[1].id, posts[0].id]);
    assert_eq!(store.inquiry_counts().await?, [1, 0, 0]);
    assert_eq!(store.inquiry(posts[0].id).await?.expect("it is in the trash").inquiry, trashed[0]);
    let restored = Inquiry { trashed_at: None, ..changed(&trashed[2], InquiryStatus::Answered) };
    store.change_inquiry(step(&restored)).await?;
    assert_eq!(store.purge_trash(later(20)).await?, 1, "what was trashed at that moment stays");
    assert_eq!(list(true).await?, [posts[1].id]);
    assert_eq!(store.purge_trash(later(99)).await?, 1);
    assert_eq!(list(false).await?, [kept.id, posts[2].id]);
    assert!(store.inquiry(posts[0].id).await?.is_none());
    assert!(store.comments(&[posts[0].id, posts[1].id]).await?.is_empty());
    assert_eq!(store.comments(&[posts[2].id]).await?.len(), 1);
    Ok(())
}
