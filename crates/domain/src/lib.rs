//! Says what may happen to a conversation and to an inquiry, and what each happening means.
//!
//! This crate refuses to know about clocks, randomness, SQL, HTTP and JSON: time, ids and text come in as
//! values, decisions go out as values. `decide(state, command) -> outcome | refusal` and
//! `evolve(state, event) -> state` are the whole interface (the "Decider" of J. Chassaing).
//!
//! ```text
//!            Call                 Join                  Close
//!   (none) ───────► Waiting ─────────────► Active ─────────────► Closed
//!                    │  │ ▲                 ▲   │
//!             Cancel │  │ └── last Leave ───┼───┘
//!                    ▼  │ Tick past move_at │ Join, while the caller is there
//!             Cancelled └─ LeaveInquiry, Move ─► Moved
//! ```

pub mod admin;
pub mod clock;
pub mod context;
pub mod conversation;
pub mod deed;
pub mod id;
pub mod inquiry;
pub mod notice;
pub mod policy;
pub mod seq;
pub mod text;
pub mod visitor;

pub use clock::{Clock, Timestamp};
pub use seq::Seq;
