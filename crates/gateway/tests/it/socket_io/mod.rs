//! Socket.IO as a client meets it.

mod chat;
mod hostile;
mod kit;
