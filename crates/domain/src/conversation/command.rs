//! What somebody may ask of a conversation.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::context::CallContext;
use crate::conversation::event::Actor;
use crate::conversation::transcript::Transcript;
use crate::id::{ConversationId, InquiryId, VisitorId};
use crate::inquiry::InquiryKind;
use crate::text::{Body, ClientId, Email, Title};

/// A command with who asks and when.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Who asks.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What.
    pub command: Command,
}

/// What may be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Press the bell.
    Call {
        /// The id of the conversation to begin.
        id: ConversationId,
        /// Who calls.
        visitor: VisitorId,
        /// The client's id for this press.
        client_id: Option<ClientId>,
        /// Where they are.
        context: CallContext,
        /// The first message.
        message: Option<(ClientId, Body)>,
    },
    /// Say something.
    Say {
        /// The client's id for it.
        client_id: ClientId,
        /// The words.
        body: Body,
    },
    /// Write a note for the other admins.
    Note {
        /// The client's id for it.
        client_id: ClientId,
        /// The words.
        body: Body,
    },
    /// Come in.
    Join {
        /// Whether the caller is connected, or was heard of within a minute.
        visitor_there: bool,
    },
    /// Go.
    Leave,
    /// End it.
    Close,
    /// Take the call back.
    Cancel,
    /// Promise to come.
    Promise {
        /// In how long; whole minutes from 1 to 60.
        within: Duration,
    },
    /// Leave an inquiry instead of waiting, or complete the one that a move has made.
    LeaveInquiry(LeftInquiry),
    /// Move the call to the board before its time; for admins.
    Move {
        /// The id of the post.
        inquiry: InquiryId,
        /// What the caller has said so far, for that post.
        transcript: Transcript,
    },
    /// Let time have its way.
    Tick {
        /// The id of the post, should this tick move the call.
        inquiry: InquiryId,
        /// What the caller has said so far, for that post.
        transcript: Transcript,
    },
}

/// A caller's own post.
#[derive(Debug, Clone)]
pub struct LeftInquiry {
    /// The id of the post, should one have to be made.
    pub id: InquiryId,
    /// An error report or a suggestion.
    pub kind: InquiryKind,
    /// In a line.
    pub title: Title,
    /// In their words.
    pub body: Body,
    /// Where to answer.
    pub email: Option<Email>,
}
