//! R01: killed at a random moment.

use anyhow::ensure;

use crate::catalogue::{Attempt, Outcome};
use crate::house::House;

/// Kills the server again and again.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?;
    for cycle in 0..attempt.count {
        let server = house.serve().await?;
        ensure!(server.address.port() != 0, "cycle {cycle}");
        server.kill().await?;
    }
    Ok(Outcome { did: attempt.count, saw: String::new() })
}
