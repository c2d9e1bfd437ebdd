//! Names visitors: mints, checks and renews the tokens that their browsers hold.

use std::time::Duration;

use domain::id::VisitorId;
use domain::text::{Email, Name};
use domain::visitor::Visitor;

use crate::Desk;
use crate::by_the_way::by_the_way;
use crate::error::DeskError;
use crate::source::{Secret, hash_secret};

/// How long a token lives without being used.
const TOKEN_LIFE: Duration = Duration::from_hours(30 * 24);
/// How much of its life may pass before it is renewed: a write a day, not a write a request.
const RENEW_AFTER: Duration = Duration::from_hours(24);

/// Who the host site says a visitor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The host site's id for them.
    pub subject: String,
    /// What it calls them.
    pub name: Option<Name>,
    /// Their address.
    pub email: Option<Email>,
}

/// A visitor who was let in, with the token that only their browser knows.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// Who.
    pub visitor: Visitor,
    /// Shown once, kept as a hash.
    pub token: Secret,
}

impl Desk {
    /// Lets somebody in: the visitor whom the host site names, or a new anonymous one.
    pub async fn admit(&self, identity: Option<Identity>) -> Result<Admitted, DeskError> {
        let now = self.now();
        let (subject, name, email) = match identity {
            Some(identity) => (Some(identity.subject), identity.name, identity.email),
            None => (None, None, None),
        };
        let id = VisitorId(self.source().id());
        let visitor = Visitor { id, subject, name, email, created_at: now };
        let token = self.source().secret();
        let visitor = self.storage().admit(visitor, token.hash(), now.plus(TOKEN_LIFE)).await?;
        Ok(Admitted { visitor, token })
    }

    /// Whose token this is; using it keeps it alive.
    pub async fn visitor_by_token(&self, token: &str) -> Result<Option<Visitor>, DeskError> {
        let (hash, now) = (hash_secret(token), self.now());
        let Some((visitor, expires_at)) = self.storage().visitor_by_token(hash, now).await? else {
            return Ok(None);
        };
        let renewed = now.plus(TOKEN_LIFE);
        if renewed.since(expires_at) >= RENEW_AFTER {
            by_the_way("that a token was used", self.storage().extend_token(hash, renewed)).await;
        }
        Ok(Some(visitor))
    }

    /// Takes over what the host site calls a visitor by now.
    pub async fn renamed(&self, visitor: Visitor, identity: &Identity) -> Result<Visitor, DeskError> {
        let named = Visitor { name: identity.name.clone(), email: identity.email.clone(), ..visitor.clone() };
        if named != visitor {
            self.storage().rename_visitor(&named).await?;
        }
        Ok(named)
    }
}
