//! Names the moments at which the fault harness may end the process; in every other build they are nothing.

#[cfg(feature = "armed")]
mod armed;

macro_rules! points {
    ($($(#[doc = $doc:literal])* $point:ident = $name:literal,)*) => {
        /// A moment between two steps, of which one may be done and the other not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Point { $($(#[doc = $doc])* $point,)* }

        impl Point {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$point,)*];

            /// The name by which the harness asks for it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)* }
            }
        }
    };
}

points! {
    /// Nothing of the schema is changed yet.
    MigrationBegun = "migration-begun",
    /// All of the schema is changed, and not committed.
    MigrationApplied = "migration-applied",
    /// The new schema is committed, and nobody knows.
    MigrationCommitted = "migration-committed",
    /// A group of appends has its transaction, and nothing in it yet.
    GroupBegun = "group-begun",
    /// A group of appends is written, and not committed.
    GroupWritten = "group-written",
    /// A group of appends is committed, and none of those who wait were answered.
    GroupCommitted = "group-committed",
    /// Any other write is about to be committed.
    WriteReady = "write-ready",
    /// Any other write is committed, and whoever asked was not answered.
    WriteCommitted = "write-committed",
    /// The desk knows that a step of a conversation is durable, and has told nobody.
    StepStored = "step-stored",
    /// The desk knows that a step of a post is durable, and has told nobody.
    PostStored = "post-stored",
    /// The timeouts know which calls are due, and have done nothing about it.
    DeadlinesRead = "deadlines-read",
    /// Everything that was due is done, and the next deadline was not looked for.
    DeadlinesFired = "deadlines-fired",
    /// A notice is leased, and its mail was not begun.
    NoticeClaimed = "notice-claimed",
    /// The mail server, or the built-in mailbox, has taken the mail (or it was not needed), and that was not recorded.
    MailTaken = "mail-taken",
    /// It was recorded how a mail ended, and nobody was told.
    MailRecorded = "mail-recorded",
}

/// Passes a moment: nothing happens, unless this is a build for the fault harness and it asks for the moment.
#[inline]
pub fn pass(point: Point) {
    #[cfg(feature = "armed")]
    armed::pass(point);
    #[cfg(not(feature = "armed"))]
    let _ = point;
}
