//! Names of admins that nobody can tell apart: in a room, in a mail and in the record a name is all there is of who did something.

use domain::admin::Admin;
use domain::id::AdminId;
use domain::text::{Name, TextFault};
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// Why somebody in the team cannot be called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// It is no name at all.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// Marks in it turn its letters round, so that it reads as something else.
    #[error("contains marks that turn its letters round")]
    Turned,
    /// To the eye it is another's.
    #[error(
        "looks like that of {}, who is in the team already: add something that tells you apart",
        .of.as_str()
    )]
    LooksLike {
        /// What the other is called.
        of: Name,
    },
}

impl NameFault {
    /// A stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(fault) => fault.code(),
            Self::Turned => "turned",
            Self::LooksLike { .. } => "looks_like_another",
        }
    }
}

/// The name that `of` (nobody yet, for a new admin) may have in this team: one that looks like no other's, of whoever is shut out
/// neither, since theirs is still in what they wrote. Who is called so already stays so.
pub(crate) fn name_in_team(
    text: &str,
    limit: usize,
    of: Option<AdminId>,
    team: &[Admin],
) -> Result<Name, NameFault> {
    let name = Name::new(text, limit)?;
    if team.iter().any(|admin| Some(admin.id) == of && admin.name == name) {
        return Ok(name);
    }
    if name.as_str().chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err(NameFault::Turned);
    }
    let mut others = team.iter().filter(|admin| Some(admin.id) != of);
    match others.find(|other| look_alike(other.name.as_str(), name.as_str())) {
        Some(other) => Err(NameFault::LooksLike { of: other.name.clone() }),
        None => Ok(name),
    }
}

/// The same for a new admin who may have been given no name: then it is what stands before the `@` of their address, or all of the
/// address where somebody is called so.
pub fn name_or_address(
    name: Option<&str>,
    email: &str,
    limit: usize,
    team: &[Admin],
) -> Result<Name, NameFault> {
    if let Some(name) = name {
        return name_in_team(name, limit, None, team);
    }
    let short = email.split('@').next().unwrap_or(email);
    name_in_team(short, limit, None, team).or_else(|_| name_in_team(email, limit, None, team))
}

/// Whether two names are one to the eye, by the skeletons of UTS #39. Capitals are looked at as they are (I is l) and as small
/// letters (KIM is Kim), as either may be meant.
fn look_alike(one: &str, other: &str) -> bool {
    as_it_stands(one) == as_it_stands(other) || as_small_letters(one) == as_small_letters(other)
}

fn as_it_stands(name: &str) -> String {
    seen(&name.nfkc().collect::<String>())
}

fn as_small_letters(name: &str) -> String {
    seen(&name.nfkc().collect::<String>().to_lowercase())
}

/// What is left of a text to the eye: no invisible letters, one blank for many, and each letter as the first of those that look so.
fn seen(text: &str) -> String {
    let bones: String = skeleton(text).collect();
    bones.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_to_the_eye_looks_alike() {
        for (one, other) in [
            ("Minji Kim", "Minji Kim"),
            ("Minji Kim", "minji KIM"),
            ("Minji Kim", "Minji  Kim"),
            ("Minji Kim", "Minji\u{a0}Kim"),
            ("Minji Kim", "M\u{456}nj\u{456} K\u{456}m"),
            ("Minji Kim", "\u{39c}inji \u{39a}im"),
            ("Minji Kim", "\u{1d40c}\u{1d422}\u{1d427}\u{1d423}\u{1d422} Kim"),
            ("Minji Kim", "\u{ff2d}\u{ff49}\u{ff4e}\u{ff4a}\u{ff49}\u{3000}\u{ff2b}\u{ff49}\u{ff4d}"),
            ("Minji Kim", "Min\u{200b}ji\u{ad} K\u{2060}im\u{feff}"),
            ("Minji Kim", "Minji\u{200f} Kim"),
            ("Minji Kim", "Minji Ki\u{34f}m"),
            ("Ida Ilic", "lda Ilic"),
            ("Marn", "Mam"),
            ("Zoë", "Zoe\u{308}"),
            ("김민지", "\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{11ab}\u{110c}\u{1175}"),
            ("김민지", "김\u{3164}민\u{200d}지"),
        ] {
            assert!(look_alike(one, other), "{one:?} and {other:?}");
            assert!(look_alike(other, one), "{other:?} and {one:?}");
        }
    }

    #[test]
    fn what_the_eye_tells_apart_does_not() {
        for (one, other) in [
            ("Minji Kim", "Minji Kin"),
            ("Minji Kim", "Minji Kim (nights)"),
            ("Minji Kim", "Minji K"),
            ("김민지", "김민치"),
            ("김민지", "김민지 (야간)"),
            ("Zoë", "Zoe"),
            ("Иван", "Иванна"),
            ("李明", "李朋"),
        ] {
            assert!(!look_alike(one, other), "{one:?} and {other:?}");
        }
    }
}
