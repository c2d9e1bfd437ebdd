//! Why the answer is no. A refusal changes nothing and is safe to show.

/// A business "no", with a stable code for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no conversation to do this in.
    #[error("there is no such conversation")]
    NoConversation,
    /// This side may never do this.
    #[error("this is not for you to do")]
    NotAllowed,
    /// The conversation is over.
    #[error("this conversation has been closed")]
    Closed,
    /// The caller took the call back.
    #[error("the caller has cancelled this call")]
    Cancelled,
    /// The call is on the inquiry board by now.
    #[error("this call has moved to the inquiry board")]
    Moved,
    /// An admin is in by now.
    #[error("an admin has already joined this conversation")]
    AlreadyAnswered,
    /// Nobody has joined yet, so there is nothing to close.
    #[error("nobody has joined this conversation yet")]
    NotAnsweredYet,
    /// The admin has to join first.
    #[error("join the conversation first")]
    NotJoined,
    /// The caller of a moved call is not there any more.
    #[error("the caller is not there any more; answer on the inquiry board")]
    VisitorGone,
    /// The caller of a moved call has pressed the bell again.
    #[error("the caller has called again; answer the newer call")]
    CalledAgain,
    /// A promise is of 1 to 60 minutes.
    #[error("a promise is of 1 to 60 minutes")]
    PromiseOutOfRange,
    /// The id that the client made stands for something else in this conversation.
    #[error("this id stands for something else here; make another")]
    IdTaken,
}

impl Refusal {
    /// The code that clients show or act upon.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoConversation => "no_conversation",
            Self::NotAllowed => "not_allowed",
            Self::Closed => "conversation_closed",
            Self::Cancelled => "conversation_cancelled",
            Self::Moved => "conversation_moved",
            Self::AlreadyAnswered => "already_answered",
            Self::NotAnsweredYet => "not_answered_yet",
            Self::NotJoined => "not_joined",
            Self::VisitorGone => "visitor_gone",
            Self::CalledAgain => "called_again",
            Self::PromiseOutOfRange => "promise_out_of_range",
            Self::IdTaken => "id_taken",
        }
    }
}
