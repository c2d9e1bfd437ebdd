//! What a database holds, read whole and put side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use domain::Seq;
use domain::conversation::{Event, What};
use domain::id::{ConversationId, InquiryId, NoticeId};
use domain::inquiry::{Comment, Inquiry};
use storage::{ConversationFilter, ConversationRow, InquiryFilter, Notice, NoticeFilter, Page, Storage};
use storage_sqlite::SqliteStorage;

/// The most rows of a page.
const PAGE: u32 = 200;
/// The most events of one read.
const EVENTS: u32 = 1000;

/// A conversation's row with its log.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) row: ConversationRow,
    pub(crate) log: Vec<Event>,
}

impl Stored {
    /// The posts that its moves have made.
    fn posts(&self) -> Vec<InquiryId> {
        let made = self.log.iter().filter_map(|event| match &event.what {
            What::Moved { inquiry } => Some(*inquiry),
            _ => None,
        });
        made.collect()
    }
}

/// A post with its comments.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) inquiry: Inquiry,
    pub(crate) comments: Vec<Comment>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By the conversations' ids.
    pub(crate) conversations: BTreeMap<String, Stored>,
    /// The ids of each visitor's conversations.
    by_visitor: BTreeMap<String, Vec<String>>,
    /// By the posts' ids; those in the trash as well.
    pub(crate) posts: BTreeMap<String, Post>,
    /// In the order in which they were stored.
    pub(crate) notices: Vec<Notice>,
    /// The notices that the built-in mailbox has a mail of.
    pub(crate) mails: BTreeSet<String>,
    /// How many admins are told.
    pub(crate) admins: usize,
    /// What the database itself finds wrong.
    pub(crate) faults: Vec<String>,
    /// Whether all conversations are in it.
    pub(crate) whole: bool,
}

impl Ledger {
    /// Reads everything, and has the database check itself. Nobody may write meanwhile.
    pub(crate) async fn read(database: &Path) -> anyhow::Result<Self> {
        let store = open(database).await?;
        let read = Self::all(&store).await;
        store.close().await;
        read.context("the database cannot be read")
    }

    /// Reads these conversations with all that came of them. Nobody may write to them meanwhile.
    pub(crate) async fn read_only(database: &Path, ids: &BTreeSet<String>) -> anyhow::Result<Self> {
        let store = open(database).await?;
        let read = Self::some(&store, ids).await;
        store.close().await;
        read.context("the database cannot be read")
    }

    pub(super) async fn all(store: &dyn Storage) -> anyhow::Result<Self> {
        let mut ledger = Self { faults: store.faults().await?, whole: true, ..Self::of(store).await? };
        let mut page = Page::first(PAGE);
        loop {
            let found = store.conversations(&ConversationFilter::default(), page).await?;
            for row in found.items {
                ledger.take(store, row).await?;
            }
            let Some(next) = found.next else { break };
            page.before = Some(next);
        }
        ledger.read_posts(store).await?;
        ledger.notices = notices(store, &NoticeFilter::default()).await?;
        let mut page = Page::first(PAGE);
        loop {
            let found = store.mails(page).await?;
            ledger.mails.extend(found.items.iter().map(|mail| mail.notice.to_string()));
            let Some(next) = found.next else { break };
            page.before = Some(next);
        }
        Ok(ledger)
    }

    async fn some(store: &dyn Storage, ids: &BTreeSet<String>) -> anyhow::Result<Self> {
        let mut ledger = Self::of(store).await?;
        for id in ids {
            let id: ConversationId = id.parse().context("an id that is none")?;
            let Some(row) = store.conversation(id).await? else { continue };
            ledger.take(store, row).await?;
            let filter = NoticeFilter { conversation: Some(id), ..NoticeFilter::default() };
            ledger.notices.extend(notices(store, &filter).await?);
            // A call that was answered after its move, and left again, may have moved twice.
            let made = ledger.conversations.get(&id.to_string()).map(Stored::posts).unwrap_or_default();
            for post in made {
                if let Some(row) = store.inquiry(post).await? {
                    ledger.take_posts(store, vec![row.inquiry]).await?;
                }
            }
        }
        Ok(ledger)
    }

    async fn of(store: &dyn Storage) -> anyhow::Result<Self> {
        let admins = store.admins().await?;
        Ok(Self { admins: admins.iter().filter(|admin| admin.enabled()).count(), ..Self::default() })
    }

    async fn take(&mut self, store: &dyn Storage, row: ConversationRow) -> anyhow::Result<()> {
        let id = row.conversation.id;
        let mut log = Vec::new();
        loop {
            let after = log.last().map_or(Seq::START, |event: &Event| event.seq);
            let more = store.read_after(id, after, EVENTS).await?;
            if more.is_empty() {
                break;
            }
            log.extend(more);
        }
        self.by_visitor.entry(row.visitor.id.to_string()).or_default().push(id.to_string());
        self.conversations.insert(id.to_string(), Stored { row, log });
        Ok(())
    }

    async fn read_posts(&mut self, store: &dyn Storage) -> anyhow::Result<()> {
        for trash in [false, true] {
            let filter = InquiryFilter { trash, ..InquiryFilter::default() };
            let mut page = Page::first(PAGE);
            loop {
                let found = store.inquiries(&filter, page).await?;
                self.take_posts(store, found.items.into_iter().map(|row| row.inquiry).collect()).await?;
                let Some(next) = found.next else { break };
                page.before = Some(next);
            }
        }
        Ok(())
    }

    async fn take_posts(&mut self, store: &dyn Storage, posts: Vec<Inquiry>) -> anyhow::Result<()> {
        let ids: Vec<InquiryId> = posts.iter().map(|post| post.id).collect();
        let mut comments = store.comments(&ids).await?;
        for inquiry in posts {
            let of_it = comments.extract_if(.., |(id, _)| *id == inquiry.id).map(|(_, comment)| comment);
            let post = Post { comments: of_it.collect(), inquiry };
            self.posts.insert(post.inquiry.id.to_string(), post);
        }
        Ok(())
    }

    /// The conversations of one visitor.
    pub(crate) fn of_visitor(&self, visitor: &str) -> impl Iterator<Item = &Stored> {
        let ids = self.by_visitor.get(visitor).into_iter().flatten();
        ids.filter_map(|id| self.conversations.get(id))
    }

    /// Whether the built-in mailbox has a notice's mail.
    pub(crate) fn has_mail(&self, notice: NoticeId) -> bool {
        self.mails.contains(&notice.to_string())
    }
}

async fn open(database: &Path) -> anyhow::Result<SqliteStorage> {
    SqliteStorage::open_to_read(database).await.context("the database cannot be opened")
}

async fn notices(store: &dyn Storage, filter: &NoticeFilter) -> anyhow::Result<Vec<Notice>> {
    let mut all = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let found = store.notices(filter, page).await?;
        all.extend(found.items);
        let Some(next) = found.next else { break };
        page.before = Some(next);
    }
    all.reverse();
    Ok(all)
}
