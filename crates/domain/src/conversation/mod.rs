//! One press of the bell and all that follows from it.

mod command;
mod decide;
mod event;
mod evolve;
mod refusal;
mod state;
mod transcript;

#[cfg(test)]
mod tests;

pub use command::{Command, LeftInquiry, Wish};
pub use decide::{InquiryEffect, Outcome, decide};
pub use event::{Actor, Event, What};
pub use evolve::{evolve, fold};
pub use refusal::Refusal;
pub use state::{Conversation, Promised, Seat, State, Wait};
pub use transcript::Transcript;
