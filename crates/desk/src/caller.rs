//! Who asks.

use domain::admin::Admin;
use domain::conversation::Actor;
use domain::visitor::Visitor;

/// Who asks for a verb; every verb has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person who asks; only their own is theirs.
    Visitor(Visitor),
    /// A person who answers.
    Admin(Admin),
}

impl Caller {
    /// The name under which the log remembers them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Visitor(visitor) => Actor::Visitor { id: visitor.id, name: visitor.name.clone() },
            Self::Admin(admin) => Actor::Admin { id: admin.id, name: admin.name.clone() },
        }
    }
}
