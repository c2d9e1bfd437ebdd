//! What the two HTTP faces share: errors, JSON, frames, sockets, request ids, headers, limits, assets, listeners.

pub mod assets;
pub mod bounded;
pub mod client_ip;
pub mod fields;
pub mod gate;
pub mod headers;
pub mod hosts;
pub mod hsts;
pub mod in_time;
pub mod json;
pub mod limiter;
pub mod line;
pub mod listener;
pub mod object;
pub mod open_socket;
pub mod origin;
pub mod paging;
pub mod panics;
pub mod path;
pub mod problem;
pub mod rate_limit;
pub mod socket;
pub mod span;
mod stalled;
pub mod tagged;
pub mod trace;
pub mod wire;

pub use json::Json;
pub use object::Object;
pub use path::Path;
pub use problem::Problem;
