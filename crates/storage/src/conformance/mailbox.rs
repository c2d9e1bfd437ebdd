//! Promises of the built-in mailbox.

use std::sync::Arc;

use domain::id::{MailId, NoticeId};

use super::Kept;
use super::samples::{NOON, all_pages, fresh, later};
use crate::{Mail, Page, Storage};

fn mail(notice: NoticeId) -> Mail {
    Mail {
        id: MailId(fresh()),
        number: 0,
        notice,
        from: "\"Burgerput desk\" <desk@burgerput.example>".to_owned(),
        to: "kim@desk.example".to_owned(),
        subject: "민아 님이 기다려요 🔔".to_owned(),
        text: "https://desk.example/admin\n\n> 결제가 안 돼요".to_owned(),
        html: "<p>결제가 &quot;안&quot; 돼요</p>".to_owned(),
        at: NOON,
    }
}

fn parts(mail: &Mail) -> [&str; 5] {
    [&mail.from, &mail.to, &mail.subject, &mail.text, &mail.html]
}

/// Sent twice, a mail is there once, as it was sent last.
pub async fn a_mail_comes_back_and_a_retry_replaces_it(store: Arc<dyn Storage>) -> Kept {
    let first = mail(NoticeId(fresh()));
    store.keep(&first).await?;
    let kept = store.mail(first.id).await?.expect("it was kept");
    assert_eq!((kept.id, kept.notice, kept.at), (first.id, first.notice, first.at));
    assert_eq!(parts(&kept), parts(&first));
    let again = Mail { subject: "again".to_owned(), at: later(9), ..mail(first.notice) };
    store.keep(&again).await?;
    let all = store.mails(Page::first(10)).await?.items;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].id, all[0].at), (again.id, later(9)));
    assert_eq!(parts(&all[0]), parts(&again));
    assert!(store.mail(MailId(fresh())).await?.is_none());
    Ok(())
}

/// Newest first.
pub async fn the_mailbox_pages_without_gap_or_overlap(store: Arc<dyn Storage>) -> Kept {
    let mut ids = Vec::new();
    for _ in 0..11 {
        let mail = mail(NoticeId(fresh()));
        store.keep(&mail).await?;
        ids.push(mail.id);
    }
    ids.reverse();
    for limit in [1, 4, 11, 50] {
        let all = all_pages(limit, |page| store.mails(page), |mail| mail.number).await?;
        assert!(all.iter().map(|mail| mail.id).eq(ids.iter().copied()));
    }
    Ok(())
}
