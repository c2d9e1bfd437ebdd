//! What the rules answer: every state × every command × everyone who may ask, and what holds for any history.

mod edges;
mod fits;
mod people;
mod properties;
mod story;
mod table;
mod table_rows;
mod transcripts;
