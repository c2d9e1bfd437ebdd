//! The verbs of the board.

use bus::{News, Topic};
use domain::deed::{Deed, DeedKind};
use domain::id::{CommentId, InquiryId};
use domain::inquiry::{self, Command, Comment, Draft, Inquiry, InquiryKind, InquiryStatus};
use domain::notice::{Audience, NoticeKind, Telling};
use domain::text::{Body, Email, Title};
use domain::visitor::Visitor;
use fault_point::Point;
use storage::{InquiryChange, InquiryFilter, NoticeFilter, NoticeState, Page, Paged, StorageError};

use crate::error::DeskError;
use crate::view::InquiryView;
use crate::{Caller, Desk};

/// A post to be made.
#[derive(Debug, Clone)]
pub struct NewInquiry {
    /// What it is about.
    pub kind: InquiryKind,
    /// In a line.
    pub title: Title,
    /// In full.
    pub body: Body,
    /// Where to answer.
    pub email: Option<Email>,
}

/// What of a post is to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct EditedInquiry {
    /// What it is about.
    pub kind: Option<InquiryKind>,
    /// In a line.
    pub title: Option<Title>,
    /// In full.
    pub body: Option<Body>,
    /// Where to answer; `Some(None)` takes the address back.
    pub email: Option<Option<Email>>,
}

/// How often a command is decided anew because somebody else was first.
const TRIES: usize = 16;

impl Desk {
    /// Posts an inquiry without a call before it.
    pub async fn post(&self, visitor: &Visitor, new: NewInquiry) -> Result<InquiryView, DeskError> {
        let id = InquiryId(self.source().id());
        let email = new.email.or_else(|| visitor.email.clone());
        let draft = Draft { id, kind: new.kind, title: new.title, body: new.body, email };
        let inquiry = inquiry::post(draft, visitor.id, visitor.name.clone(), None, self.now());
        let telling = Telling::of_inquiry(NoticeKind::Inquiry, Audience::Everyone, id);
        let notices = self.notices(&[telling], None, Some(&inquiry)).await?;
        self.store(InquiryChange { inquiry, comment: None, notices, release_at: None, deed: None }).await?;
        self.inquiry(&Caller::Visitor(visitor.clone()), id).await
    }

    /// An inquiry with its comments, if the caller may see it. An author does not see what they have deleted.
    pub async fn inquiry(&self, caller: &Caller, id: InquiryId) -> Result<InquiryView, DeskError> {
        let row = self.storage().inquiry(id).await?.ok_or(DeskError::NotFound)?;
        if let Caller::Visitor(visitor) = caller
            && (row.inquiry.author != visitor.id || row.inquiry.trashed_at.is_some())
        {
            return Err(DeskError::NotFound);
        }
        self.inquiry_views(vec![row]).await?.pop().ok_or(DeskError::NotFound)
    }

    /// A page of the board, newest first: all of it for an admin, their own for a visitor.
    pub async fn inquiries(
        &self,
        caller: &Caller,
        mut filter: InquiryFilter,
        page: Page,
    ) -> Result<Paged<InquiryView>, DeskError> {
        if let Caller::Visitor(visitor) = caller {
            filter = InquiryFilter { author: Some(visitor.id), trash: false, ..filter };
        }
        let found = self.storage().inquiries(&filter, page).await?;
        Ok(Paged { items: self.inquiry_views(found.items).await?, next: found.next })
    }

    /// How many posts are open, answered and resolved; for admins.
    pub async fn inquiry_counts(&self) -> Result<[u64; 3], DeskError> {
        Ok(self.storage().inquiry_counts().await?)
    }

    /// Changes what a post says.
    pub async fn edit_inquiry(
        &self,
        caller: &Caller,
        id: InquiryId,
        edited: EditedInquiry,
    ) -> Result<InquiryView, DeskError> {
        let EditedInquiry { kind, title, body, email } = edited;
        self.change(caller, id, Command::Edit { kind, title, body, email }).await
    }

    /// Answers, or adds something.
    pub async fn comment(&self, caller: &Caller, id: InquiryId, body: Body) -> Result<Comment, DeskError> {
        let comment = CommentId(self.source().id());
        let view = self.change(caller, id, Command::Comment { id: comment, body }).await?;
        view.comments.into_iter().find(|made| made.id == comment).ok_or(DeskError::NotFound)
    }

    /// Calls it done.
    pub async fn resolve(&self, caller: &Caller, id: InquiryId) -> Result<InquiryView, DeskError> {
        self.change(caller, id, Command::Resolve).await
    }

    /// Takes that back.
    pub async fn reopen(&self, caller: &Caller, id: InquiryId) -> Result<InquiryView, DeskError> {
        self.change(caller, id, Command::Reopen).await
    }

    /// Moves it to the trash.
    pub async fn delete_inquiry(&self, caller: &Caller, id: InquiryId) -> Result<(), DeskError> {
        self.decide_inquiry(caller, id, Command::Delete, false).await?;
        Ok(())
    }

    /// Takes it out of the trash; for owners.
    pub async fn restore(&self, caller: &Caller, id: InquiryId) -> Result<InquiryView, DeskError> {
        let by_owner = matches!(caller, Caller::Admin(admin) if admin.role == domain::admin::Role::Owner);
        self.change(caller, id, Command::Restore { by_owner }).await
    }

    /// The caller's own words for the post that a move has made. A mail that has not left yet carries them; if
    /// all have left, the admins are told of the words once more.
    pub(crate) async fn complete_inquiry(
        &self,
        caller: &Caller,
        id: InquiryId,
        edit: Command,
    ) -> Result<(), DeskError> {
        self.decide_inquiry(caller, id, edit, true).await?;
        Ok(())
    }

    async fn change(
        &self,
        caller: &Caller,
        id: InquiryId,
        command: Command,
    ) -> Result<InquiryView, DeskError> {
        self.decide_inquiry(caller, id, command, false).await?;
        self.inquiry(caller, id).await
    }

    async fn decide_inquiry(
        &self,
        caller: &Caller,
        id: InquiryId,
        command: Command,
        completes: bool,
    ) -> Result<Inquiry, DeskError> {
        for _ in 0..TRIES {
            let before = self.inquiry(caller, id).await?.row.inquiry;
            let outcome = inquiry::decide(&before, &caller.actor(), self.now(), command.clone())?;
            if outcome.inquiry.version == before.version {
                return Ok(before);
            }
            let mut tellings = outcome.tellings;
            if completes && !self.mail_waits(id).await? {
                tellings.push(Telling::of_inquiry(NoticeKind::Inquiry, Audience::Everyone, id));
            }
            let notices = self.notices(&tellings, None, Some(&outcome.inquiry)).await?;
            let release_at = completes.then(|| self.now());
            let change = InquiryChange {
                inquiry: outcome.inquiry.clone(),
                comment: outcome.comment,
                notices,
                release_at,
                deed: self.deed_of(caller, id, &command),
            };
            match self.store(change).await {
                Ok(()) => return Ok(outcome.inquiry),
                Err(StorageError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Unavailable(StorageError::Conflict))
    }

    /// What an admin does by a command, for the record.
    fn deed_of(&self, caller: &Caller, id: InquiryId, command: &Command) -> Option<Deed> {
        let Caller::Admin(_) = caller else { return None };
        let kind = match command {
            Command::Edit { .. } => DeedKind::InquiryEdited,
            Command::Comment { .. } => DeedKind::InquiryCommented,
            Command::Resolve => DeedKind::InquiryResolved,
            Command::Reopen => DeedKind::InquiryReopened,
            Command::Delete => DeedKind::InquiryDeleted,
            Command::Restore { .. } => DeedKind::InquiryRestored,
        };
        Some(Deed::new(self.now(), caller.actor(), kind).to_inquiry(id))
    }

    /// Whether a mail about this new post is still in the outbox.
    async fn mail_waits(&self, id: InquiryId) -> Result<bool, DeskError> {
        let filter = NoticeFilter { inquiry: Some(id), state: Some(NoticeState::Queued), conversation: None };
        let queued = self.storage().notices(&filter, Page::first(50)).await?;
        Ok(queued.items.iter().any(|notice| notice.kind == NoticeKind::Inquiry && notice.attempts == 0))
    }

    async fn store(&self, change: InquiryChange) -> Result<(), StorageError> {
        let rings_outbox = !change.notices.is_empty() || change.release_at.is_some();
        let author = change.inquiry.author;
        let status: InquiryStatus = change.inquiry.status;
        let id = change.inquiry.id;
        self.storage().change_inquiry(change).await?;
        fault_point::pass(Point::PostStored);
        tracing::info!(inquiry.id = %id, inquiry.status = status.as_str(), "inquiry stored");
        self.bus().ring(Topic::Board, News::VIEW);
        self.bus().ring(Topic::Visitor(author), News::VIEW);
        if rings_outbox {
            self.bus().ring(Topic::Outbox, News::VIEW);
        }
        Ok(())
    }
}
