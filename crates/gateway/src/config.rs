//! What the gateway is told by the settings.

use domain::text::TextLimits;
use web::origin::Origins;
use web::rate_limit::Rate;

use crate::identity::IdentityKey;

/// The gateway's part of the settings.
#[derive(Debug)]
pub struct Config {
    /// What the host site is called.
    pub site_name: String,
    /// Which pages may talk to us.
    pub origins: Origins,
    /// Whether visitors without an identity are let in.
    pub anonymous: bool,
    /// How the host site's tokens are checked, if it signs any.
    pub identity: Option<IdentityKey>,
    /// Whether `/demo` is there.
    pub demo: bool,
    /// What is too much.
    pub limits: Limits,
}

/// What is too much.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of text.
    pub text: TextLimits,
    /// A WebSocket frame, in bytes.
    pub frame_bytes: usize,
    /// A request's body, in bytes.
    pub body_bytes: usize,
    /// Open sockets of one visitor.
    pub sockets_per_visitor: usize,
    /// Messages and comments of one visitor, and what they change or add to a post.
    pub messages_per_visitor: Rate,
    /// Presses of the bell by one visitor, and new posts: both send mails to the admins.
    pub calls_per_visitor: Rate,
    /// Presses of the bell from one address.
    pub calls_per_ip: Rate,
    /// New anonymous visitors from one address, and new tokens of one visitor whom the host site names.
    pub sessions_per_ip: Rate,
}
