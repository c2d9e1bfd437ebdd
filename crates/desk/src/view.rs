//! What is shown of a conversation and of an inquiry, put together from what is stored and who is here.

use domain::Seq;
use domain::conversation::{Event, Seat};
use domain::id::{ConversationId, InquiryId};
use domain::inquiry::Comment;
use std::sync::Arc;
use storage::{ConversationRow, InquiryRow, Told};

use crate::error::DeskError;
use crate::{Caller, Desk};

/// A conversation as it is shown.
#[derive(Debug, Clone)]
pub struct ConversationView {
    /// As it is stored.
    pub row: ConversationRow,
    /// Who is in, and whether they are connected.
    pub admins: Vec<(Seat, bool)>,
    /// What became of the mails about it.
    pub told: Told,
    /// Whether the caller is connected, or was heard of within a minute.
    pub visitor_online: bool,
}

/// An inquiry as it is shown.
#[derive(Debug, Clone)]
pub struct InquiryView {
    /// As it is stored.
    pub row: InquiryRow,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
}

impl Desk {
    /// A conversation, if the caller may see it.
    pub async fn conversation(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<ConversationView, DeskError> {
        let row = self.row_for(caller, id).await?;
        self.view(row).await
    }

    /// The visitor's open conversation, else their newest.
    pub async fn conversation_of(&self, caller: &Caller) -> Result<Option<ConversationView>, DeskError> {
        let Caller::Visitor(visitor) = caller else { return Ok(None) };
        let row = match self.storage().open_conversation_of(visitor.id).await? {
            Some(open) => Some(open),
            None => self.storage().latest_conversation_of(visitor.id).await?,
        };
        match row {
            Some(row) => Ok(Some(self.view(row).await?)),
            None => Ok(None),
        }
    }

    /// All that wait or are active, longest wait first; for admins.
    pub async fn queue(&self) -> Result<Vec<ConversationView>, DeskError> {
        let mut views = Vec::new();
        for row in self.storage().queue().await? {
            views.push(self.view(row).await?);
        }
        Ok(views)
    }

    /// The last thing said in each of these; for admins.
    pub async fn last_said(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, Event)>, DeskError> {
        Ok(self.storage().last_said(ids).await?)
    }

    /// Up to `limit` events after `after`, with the log's last place, if the caller may see the conversation.
    /// What is not for the caller is left out: a gap in `seq` is no error.
    pub async fn events(
        &self,
        caller: &Caller,
        id: ConversationId,
        after: Seq,
        limit: u32,
    ) -> Result<(Vec<Arc<Event>>, Seq), DeskError> {
        let row = self.row_for(caller, id).await?;
        let for_visitor = matches!(caller, Caller::Visitor(_));
        let events = self.storage().read_after(id, after, limit).await?.into_iter();
        let events = events.filter(|e| !for_visitor || e.what.is_for_visitors()).map(Arc::new).collect();
        Ok((events, row.conversation.seq))
    }

    /// Puts a stored conversation together with who was told and who is here.
    pub async fn view(&self, row: ConversationRow) -> Result<ConversationView, DeskError> {
        let told = self.storage().told(row.conversation.id).await?;
        let visitor_online = self.visitor_there(row.visitor.id).await?;
        let seats = row.conversation.admins().iter();
        let admins = seats.map(|seat| (seat.clone(), self.0.presence.admin_online(seat.admin))).collect();
        Ok(ConversationView { row, admins, told, visitor_online })
    }

    pub(crate) async fn inquiry_views(&self, rows: Vec<InquiryRow>) -> Result<Vec<InquiryView>, DeskError> {
        let ids: Vec<InquiryId> = rows.iter().map(|row| row.inquiry.id).collect();
        let mut comments = self.storage().comments(&ids).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let of_it = comments.extract_if(.., |(id, _)| *id == row.inquiry.id);
                let comments = of_it.map(|(_, comment)| comment).collect();
                InquiryView { row, comments }
            })
            .collect())
    }
}
