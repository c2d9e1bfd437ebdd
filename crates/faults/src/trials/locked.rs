//! R09: another process has the database to itself.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::catalogue::{Attempt, Outcome};
use crate::clients::http::Http;
use crate::clients::{Person, Transport};
use crate::house::House;
use crate::power_cut::life::{CHATS, Refused, talk_through};

/// How much each of those says who talk meanwhile.
const MESSAGES: usize = 40;
/// How long a command waits for the lock at most: with the first who is kept out for 5 s, in line behind others, and a moment.
const WAITED_FOR: Duration = Duration::from_secs(8);
/// How soon what is stored can be read meanwhile.
const READ_WITHIN: Duration = Duration::from_secs(1);
/// For how long the lock is held: for so long everybody waits for it, and for so long nobody does.
const HELD: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];

/// Locks the database so often, in turn for a second and for half a minute.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut promised, mut refused, mut asked) = (0, Refused::default(), Duration::ZERO);
    for (n, held) in (0..attempt.count).zip(HELD.into_iter().cycle()) {
        let house = House::new(&attempt.binary)?.patient();
        let server = house.serve().await?;
        let mut patient = Person::visitor("patient", Transport::WebSocket);
        patient.connect(server.address).await?;
        let call = patient.call(None).await?;
        patient.answered(&call).await?;
        while patient.conversation().is_none() {
            patient.hear().await?;
        }
        let database = house.database();
        let mut by_requests = Http::new(server.address, patient.token().map(str::to_owned));
        let trouble = async {
            let (stored, waited) = lock(&database, held, &mut patient, &mut by_requests).await?;
            ensure!(stored == (held == HELD[0]), "locked for {held:?}, and stored: {stored}");
            ensure!(waited <= WAITED_FOR, "an answer came only after {waited:?}");
            asked = asked.max(waited);
            Ok(())
        };
        let told = CancellationToken::new();
        let (acks, was) = talk_through(&house, server, (attempt.seed ^ n, MESSAGES), &told, trouble).await?;
        ensure!(was.times == 0 || held != HELD[0], "a second is no reason to refuse anything: {was}");
        ensure!(was.slowest <= WAITED_FOR && was.read <= READ_WITHIN, "somebody waited too long: {was}");
        promised += acks;
        refused += was;
    }
    let saw = format!(
        "{promised} acknowledged, 0 lost; {refused}; an answer at the latest after {} ms",
        asked.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// Has another program hold the database for so long, and somebody say something meanwhile, over WebSocket and over REST:
/// whether it was stored, and how long they waited for the answer.
async fn lock(
    database: &Path,
    held: Duration,
    patient: &mut Person,
    by_requests: &mut Http,
) -> anyhow::Result<(bool, Duration)> {
    let mut command = Command::new("sqlite3");
    let mut program =
        command.arg(database).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut says = program.stdin.take().context("its input is a pipe")?;
    let mut said = BufReader::new(program.stdout.take().context("its output is a pipe")?).lines();
    // People talk already: or nobody would be in the middle of a chat that it holds up.
    says.write_all(b".timeout 60000\n").await?;
    let mut called = 0;
    while called < 1 + CHATS {
        says.write_all(b"SELECT count(*) FROM conversations;\n").await?;
        called = said.next_line().await?.context("sqlite3 did not count")?.parse()?;
    }
    says.write_all(b"BEGIN EXCLUSIVE;\nSELECT 'locked';\n").await?;
    while said.next_line().await?.context("sqlite3 did not take the lock")? != "locked" {}
    let began = Instant::now();
    let words = patient.words();
    let id = patient.say(None, words).await?;
    let conversation = patient.conversation().context("who has called has a conversation")?;
    let path = format!("/api/v1/widget/conversations/{conversation}/messages");
    let wait = async {
        loop {
            let frame = patient.hear().await?;
            if frame["id"] == id.as_str() {
                return anyhow::Ok((frame, began.elapsed()));
            }
        }
    };
    let wait_for_both = async {
        let said = json!({ "id": "by-request", "body": "over REST" });
        let asked = async { Ok((by_requests.ask("POST", &path, Some(&said)).await?, began.elapsed())) };
        tokio::try_join!(wait, asked)
    };
    let holds = async {
        sleep(held).await;
        says.write_all(b"COMMIT;\n.quit\n").await
    };
    let (let_go, answered) = tokio::join!(holds, wait_for_both);
    let_go?;
    let ended = program.wait().await?;
    ensure!(ended.success(), "sqlite3 could not let the lock go: {ended}");
    let ((frame, waited), (reply, replied)) = answered?;
    let stored = frame["type"] == "ack";
    ensure!(stored || frame["retry_after"].is_u64(), "neither stored nor told when to try again: {frame}");
    let told = reply.status == 503 && reply.retry_after.is_some();
    ensure!(
        told || (stored && reply.is_ok()),
        "over REST: {} {}, {:?}",
        reply.status,
        reply.body,
        reply.retry_after
    );
    Ok((stored, waited.max(replied)))
}
