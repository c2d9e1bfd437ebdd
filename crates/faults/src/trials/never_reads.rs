//! R30: clients that ask for everything and read nothing.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use domain::Seq;
use domain::conversation::{Event, What};
use domain::id::ConversationId;
use domain::text::Body;
use storage::{Change, Conversations, EventLog};
use storage_sqlite::SqliteStorage;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Views};
use crate::clients::{Person, Transport};
use crate::house::{House, Server};
use crate::raw;

/// How many events wait for each of them.
const EVENTS: u64 = 10_000;
/// How long each is, in letters.
const LETTERS: usize = 1_000;
/// How many are stored at a time.
const AT_ONCE: u64 = 1_000;
/// How much the server may hold for each of them.
const BYTES: u64 = 256 * 1024;
/// By then each is cut off: 30 s from when the last of them takes nothing any more, which on a busy machine is a while after it
/// has asked, as the server has to fill first what the operating system keeps for it. Well before it would be taken for dead.
const CUT_WITHIN: Duration = Duration::from_secs(40);
/// How soon everybody else is answered meanwhile, all but one in a hundred times. That they are not held up is what can be
/// said on any machine; how much slower they are is a benchmark's to say.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// Has so many connections ask and never read, while somebody else talks.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.patient().with("LIMITS__SOCKETS_PER_VISITOR", "2000");
    let server = house.serve().await?;
    let mut visitor = Person::visitor("v", Transport::WebSocket);
    let conversation = call(&mut visitor, &server).await?;
    let token = visitor.token().context("a visitor has a token")?.to_owned();
    visitor.cut();
    server.kill().await?;
    let last = fill(&house.database(), &conversation).await?;
    let server = house.serve().await?;
    // What one reader costs is paid before it is counted what those cost who do not read.
    visitor.connect(server.address).await?;
    visitor.caught_up(&[(conversation.clone(), last)]).await?;
    let mut other = Person::visitor("w", Transport::WebSocket);
    call(&mut other, &server).await?;
    let calm = talk(&mut other, 100).await?;
    let (sockets, before) = (server.sockets()?, server.resident()?);
    let mut silent = Vec::new();
    for _ in 0..attempt.count {
        silent.push(ask_and_never_read(server.address, &token, &conversation).await?);
    }
    let (asked, mut most, mut busy) = (Instant::now(), 0, Vec::new());
    while server.sockets()? > sockets {
        ensure!(
            asked.elapsed() <= CUT_WITHIN,
            "after {CUT_WITHIN:?} somebody who does not read is still served"
        );
        most = most.max(server.resident()?);
        busy.extend(talk(&mut other, 10).await?);
        // So many frames a person's page sends at the most.
        sleep(Duration::from_millis(700)).await;
    }
    let cut = asked.elapsed();
    let each = most.saturating_sub(before) / attempt.count.max(1);
    ensure!(each <= BYTES, "{} KiB are held for each who does not read", each / 1024);
    let (calm, busy) = (slow(calm), slow(busy));
    ensure!(busy <= ANSWERED_WITHIN, "others were answered after {busy:?}, before it was {calm:?}");
    drop(silent);
    let mut again = Person::visitor("v-again", Transport::WebSocket);
    again.become_visitor(&token, &conversation);
    again.connect(server.address).await?;
    again.caught_up(&[(conversation, last)]).await?;
    let ledger = Ledger::read(&house.database()).await?;
    other.caught_up(&check::places(&ledger, &other.record)).await?;
    server.kill().await?;
    let seen = check::hold(&ledger, [&visitor.record, &other.record, &again.record], Views::Whole)?;
    let saw = format!(
        "{} KiB for each, cut off after {:.1} s; others answered within {} ms (before: {} ms); {seen}",
        each / 1024,
        cut.as_secs_f64(),
        busy.as_millis(),
        calm.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

async fn call(visitor: &mut Person, server: &Server) -> anyhow::Result<String> {
    visitor.connect(server.address).await?;
    let call = visitor.call(None).await?;
    visitor.answered(&call).await?;
    while visitor.conversation().is_none() {
        visitor.hear().await?;
    }
    Ok(visitor.conversation().context("a call has a conversation")?.to_owned())
}

/// Lets the visitor have said very much; returns the last place.
async fn fill(database: &Path, conversation: &str) -> anyhow::Result<u64> {
    let store = SqliteStorage::open(database).await?;
    let id: ConversationId = conversation.parse()?;
    let row = store.conversation(id).await?.context("the call is stored")?;
    let log = store.read_after(id, Seq::START, 1).await?;
    let first = log.first().context("a log is never empty")?;
    let mut stands = row.conversation;
    while stands.seq.0 < EVENTS {
        let expected = stands.seq;
        let says = |seq: u64| {
            let body = Body::new(&format!("{seq} {}", "x".repeat(LETTERS)), LETTERS * 2);
            let body = body.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            let (at, by) = (first.at, first.by.clone());
            anyhow::Ok(Event { seq: Seq(seq), at, by, client_id: None, what: What::Said { body } })
        };
        let events = (expected.0 + 1..=expected.0 + AT_ONCE).map(says).collect::<Result<Vec<_>, _>>()?;
        stands.seq = Seq(expected.0 + AT_ONCE);
        let change =
            Change { conversation: stands.clone(), expected, events, notices: Vec::new(), inquiry: None };
        store.append(change).await?;
    }
    store.close().await;
    Ok(stands.seq.0)
}

/// Says something so often, and measures each answer.
async fn talk(person: &mut Person, times: u32) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..times {
        let (began, words) = (Instant::now(), person.words());
        let said = person.say(None, words).await?;
        person.answered(&said).await?;
        took.push(began.elapsed());
    }
    Ok(took)
}

/// All but one in a hundred are at most so slow.
fn slow(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took.get(took.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
}

async fn ask_and_never_read(to: SocketAddr, token: &str, conversation: &str) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // What the operating systems on both sides keep is not the server's.
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(to).await?;
    raw::upgrade(&mut stream, "/api/v1/widget/socket").await?;
    let hello =
        serde_json::json!({ "type": "hello", "token": token, "conversation_id": conversation, "after": 0 });
    stream.write_all(&raw::text(hello.to_string().as_bytes())).await?;
    Ok(stream)
}
