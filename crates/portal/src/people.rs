//! People as the pages show them.

use domain::admin::Admin;
use domain::conversation::Actor;
use domain::text::Name;
use domain::visitor::Visitor;

use crate::words::Words;

/// How many colours the round pictures have.
const TINTS: u128 = 6;

/// A person in a list or a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// What they are called, or the word for somebody without a name.
    pub(crate) name: String,
    /// The first letter, for the round picture.
    pub(crate) initial: String,
    /// The colour of it, the same for the same person.
    pub(crate) tint: u128,
}

impl Person {
    fn new(name: String, seed: u128) -> Self {
        let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('·');
        Self { initial: letter.to_uppercase().collect(), name, tint: seed % TINTS }
    }

    /// An admin.
    pub(crate) fn admin(admin: &Admin) -> Self {
        Self::new(admin.name.as_str().to_owned(), admin.id.0.as_u128())
    }

    /// Somebody who asks.
    pub(crate) fn visitor(visitor: &Visitor, words: Words) -> Self {
        Self::named(visitor.name.as_ref(), visitor.id.0.as_u128(), words)
    }

    /// Somebody who may have no name.
    pub(crate) fn named(name: Option<&Name>, seed: u128, words: Words) -> Self {
        let name = name.map_or_else(|| words.get("visitor"), |name| name.as_str().to_owned());
        Self::new(name, seed)
    }

    /// Somebody at the command line, or a stranger at the sign-in.
    pub(crate) fn outside(words: Words) -> Self {
        Self::new(words.get("outside"), 0)
    }

    /// Whoever did something.
    pub(crate) fn actor(actor: &Actor, words: Words) -> Self {
        match actor {
            Actor::Visitor { id, name } => Self::named(name.as_ref(), id.0.as_u128(), words),
            Actor::Admin { id, name } => Self::new(name.as_str().to_owned(), id.0.as_u128()),
            Actor::System => Self::new(words.get("system"), 0),
        }
    }
}
