//! The person who answers.

use std::fmt;
use std::str::FromStr;

use crate::clock::Timestamp;
use crate::id::AdminId;
use crate::text::{Email, Name};

/// What an admin may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything, the team and the trash included.
    Owner,
    /// Everything about conversations and inquiries.
    Admin,
}

impl Role {
    /// The word for it in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "owner" => Ok(Self::Owner),
            "admin" => Ok(Self::Admin),
            _ => Err(()),
        }
    }
}

/// The language somebody is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Locale {
    /// The language tag (BCP 47).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Locale {
    type Err = ();

    /// Reads a language tag by its first subtag: `ko-KR` is Korean.
    fn from_str(tag: &str) -> Result<Self, ()> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ko") {
            Ok(Self::Ko)
        } else if language.eq_ignore_ascii_case("en") {
            Ok(Self::En)
        } else {
            Err(())
        }
    }
}

/// A person who may sign in to the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Who.
    pub id: AdminId,
    /// The address they sign in with and are mailed at; unique without regard to case.
    pub email: Email,
    /// What visitors and colleagues see.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Whether the first step of a call tells them.
    pub on_duty: bool,
    /// The language of their mails and pages.
    pub locale: Locale,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// When they were added.
    pub created_at: Timestamp,
}

impl Admin {
    /// Whether they may sign in and are mailed.
    pub const fn enabled(&self) -> bool {
        self.disabled_at.is_none()
    }
}
