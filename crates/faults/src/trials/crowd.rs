//! R49: a crowd whose calls are due at the same moment.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Views};
use crate::house::House;
use crate::trials::workers::call;

/// By when all of them must be decided.
const WITHIN: Duration = Duration::from_secs(5);

/// Lets everybody's wait run out while nobody looks after it, and then somebody comes who does.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.with("WAIT__OFFER_AFTER", "1s").with("WAIT__MOVE_AFTER", "1s");
    let house = house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#);
    house.owner("kim@desk.example").await?;
    let front = house.start(&["serve", "--roles", "gateway,portal", "--listen", "127.0.0.1:0"]).await?;
    let records = call(&front, 0, attempt.count).await?;
    house.overdue(usize::try_from(attempt.count)?).await?;
    let worker = house.start(&["serve", "--roles", "timeouts"]).await?;
    let begun = Instant::now();
    house.decided().await?;
    let took = begun.elapsed();
    worker.kill().await?;
    front.kill().await?;
    let seen = check::hold(&Ledger::read(&house.database()).await?, &records, Views::Begun)?;
    ensure!(seen.decided as u64 == attempt.count, "{} of {} were decided", seen.decided, attempt.count);
    ensure!(took <= WITHIN, "it took {:.1} s", took.as_secs_f64());
    Ok(Outcome { did: attempt.count, saw: format!("within {:.2} s; {seen}", took.as_secs_f64()) })
}
