//! What somebody did in the portal or at the command line, for the record that owners read.
//!
//! What admins do in a call is in that call's log already; a deed is what leaves no other trace.

use crate::clock::Timestamp;
use crate::conversation::Actor;
use crate::id::{AdminId, InquiryId, NoticeId};

/// One entry of the record. Never changed once it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who; the system for somebody at the command line, or for a stranger at the sign-in.
    pub by: Actor,
    /// What.
    pub kind: DeedKind,
    /// To which admin, if to one.
    pub admin: Option<AdminId>,
    /// To which post.
    pub inquiry: Option<InquiryId>,
    /// To which notice.
    pub notice: Option<NoticeId>,
    /// What else is worth knowing: the network address and browser of a sign-in, a new role, a token's name.
    pub detail: Option<String>,
}

impl Deed {
    /// A deed that concerns nothing but its doer.
    pub const fn new(at: Timestamp, by: Actor, kind: DeedKind) -> Self {
        Self { at, by, kind, admin: None, inquiry: None, notice: None, detail: None }
    }

    /// Done to this admin.
    pub const fn to_admin(mut self, admin: AdminId) -> Self {
        self.admin = Some(admin);
        self
    }

    /// Done to this post.
    pub const fn to_inquiry(mut self, inquiry: InquiryId) -> Self {
        self.inquiry = Some(inquiry);
        self
    }

    /// Done to this notice.
    pub const fn to_notice(mut self, notice: NoticeId) -> Self {
        self.notice = Some(notice);
        self
    }

    /// With this to know besides.
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DeedKind {
            $($(#[$doc])* $name,)*
        }

        impl DeedKind {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for it in tables; it stays for ever.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// Signed in.
    SignedIn = "signed_in",
    /// A wrong password, or a wrong code after the right password.
    SignInFailed = "sign_in_failed",
    /// Signed out.
    SignedOut = "signed_out",
    /// Ended sign-ins of their own on other devices.
    SessionsEnded = "sessions_ended",
    /// Changed their password.
    PasswordChanged = "password_changed",
    /// Chose a password by a one-time link.
    PasswordChosen = "password_chosen",
    /// Asked for a link by mail, as the password was forgotten.
    ResetAsked = "reset_asked",
    /// Made a one-time link.
    LinkMade = "link_made",
    /// Sent an invitation.
    Invited = "invited",
    /// Switched codes at the sign-in on.
    CodesOn = "codes_on",
    /// Switched codes at the sign-in off.
    CodesOff = "codes_off",
    /// Made new recovery codes.
    RecoveryCodesMade = "recovery_codes_made",
    /// Signed in with a recovery code.
    RecoveryCodeUsed = "recovery_code_used",
    /// Added an admin.
    AdminAdded = "admin_added",
    /// Changed a name or a language.
    ProfileChanged = "profile_changed",
    /// Put an admin on duty.
    DutyTaken = "duty_taken",
    /// Took an admin off duty.
    DutyLeft = "duty_left",
    /// Changed what an admin may do.
    RoleChanged = "role_changed",
    /// Shut an admin out.
    AdminDisabled = "admin_disabled",
    /// Let an admin in again.
    AdminEnabled = "admin_enabled",
    /// Made an API token.
    TokenMade = "token_made",
    /// Revoked an API token.
    TokenRevoked = "token_revoked",
    /// Changed a post.
    InquiryEdited = "inquiry_edited",
    /// Commented on a post.
    InquiryCommented = "inquiry_commented",
    /// Resolved a post.
    InquiryResolved = "inquiry_resolved",
    /// Opened a post again.
    InquiryReopened = "inquiry_reopened",
    /// Moved a post to the trash.
    InquiryDeleted = "inquiry_deleted",
    /// Took a post out of the trash.
    InquiryRestored = "inquiry_restored",
    /// Had a mail sent again.
    NoticeRetried = "notice_retried",
}

impl DeedKind {
    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}
