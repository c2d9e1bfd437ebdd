//! How most trials end: everybody has caught up, the server dies, and the story is held.

use anyhow::Context;

use super::{Ledger, Seen, Views, hold, places};
use crate::clients::Person;
use crate::house::{House, Server};

/// Waits until everybody has been handed what the log has for them, kills the server, and holds the invariants.
pub(crate) async fn end(house: &House, server: Server, people: &mut [Person]) -> anyhow::Result<Seen> {
    let ledger = Ledger::read(&house.database()).await?;
    for person in people.iter_mut() {
        let places = places(&ledger, &person.record);
        person.caught_up(&places).await.with_context(|| format!("{} catches up", person.record.name))?;
    }
    server.kill().await?;
    hold(&ledger, people.iter().map(|person| &person.record), Views::Whole)
}
