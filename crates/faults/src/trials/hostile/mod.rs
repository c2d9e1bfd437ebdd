//! S35, S36 and S41: JSON, frames and packets that break every rule, against the real program.

pub(crate) mod engine_io;
mod tables;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::catalogue::{Attempt, Outcome};
use crate::clients::{Person, Transport};
use crate::house::{House, PATIENCE, Server};
use crate::raw;

/// How much the server may hold for each connection that is in the middle of something.
const BYTES: u64 = 256 * 1024;
/// How many connections are held in the middle of something at the same time.
const HELD: u64 = 200;
/// Where visitors' sockets are.
const SOCKET: &str = "/api/v1/widget/socket";

/// What has to come of what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// The connection is closed, with this code or without a word.
    Closed(u16),
    /// The connection is closed, one way or another.
    Gone,
    /// An answer that contains this, and the connection goes on.
    Answer(&'static str),
}

/// S36: all tables, and then so many frames made by chance.
pub(crate) async fn frames(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (house, server, mut honest) = begin(&attempt).await?;
    let table = tables::frames();
    for (what, bytes, comes) in &table {
        meets(server.address, what, bytes, *comes).await?;
    }
    let each = hold(&server).await?;
    let mut dice = StdRng::seed_from_u64(attempt.seed);
    for n in 0..attempt.count {
        let bytes = by_chance(&mut dice);
        let answer = throw(server.address, &bytes, n % 2 == 0).await;
        answer.with_context(|| format!("random frame {n}: {}", shown(&bytes)))?;
        is_served(&mut honest, n).await?;
    }
    end(&house, server, &mut honest).await?;
    let saw = format!(
        "{} rows, then random frames; {} KiB for each that is held up; nobody else disturbed",
        table.len(),
        each / 1024
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// S35: the table of JSON, over REST and over WebSocket, and then so many texts made of it by chance.
pub(crate) async fn json(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (house, server, mut honest) = begin(&attempt).await?;
    let token = honest.token().context("a visitor has a token")?.to_owned();
    let table = tables::json();
    for (what, text) in &table {
        let status = post(server.address, &token, text).await?;
        ensure!((400..500).contains(&status), "{what} over REST was answered with {status}");
        throw(server.address, &raw::text(text), true)
            .await
            .with_context(|| format!("{what} over WebSocket"))?;
    }
    let mut dice = StdRng::seed_from_u64(attempt.seed);
    let fine = br#"{"message":{"id":"m1","body":"help \u2603"},"context":{"url":"https://a.example/","errors":[{"status":500}]}}"#;
    for n in 0..attempt.count {
        let text = mutated(fine, &mut dice);
        let status = post(server.address, &token, &text).await?;
        ensure!(
            matches!(status, 200 | 201 | 400..500),
            "random text {n} was answered with {status}: {}",
            shown(&text)
        );
        is_served(&mut honest, n).await?;
    }
    end(&house, server, &mut honest).await?;
    let saw = format!(
        "{} rows over REST and WebSocket, then random texts; every one answered, nobody else disturbed",
        table.len()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// A server, and somebody honest who is connected to it all the time.
async fn begin(attempt: &Attempt) -> anyhow::Result<(House, Server, Person)> {
    let house = House::new(&attempt.binary)?.patient();
    let server = house.serve().await?;
    let mut honest = Person::visitor("honest", Transport::WebSocket);
    honest.connect(server.address).await?;
    let call = honest.call(None).await?;
    honest.answered(&call).await?;
    while honest.conversation().is_none() {
        honest.hear().await?;
    }
    Ok((house, server, honest))
}

/// Now and then the honest one says something, and is answered.
async fn is_served(honest: &mut Person, n: u64) -> anyhow::Result<()> {
    if n.is_multiple_of(250) {
        let words = honest.words();
        let said = honest.say(None, words).await.context("somebody else was cut")?;
        honest.answered(&said).await.context("somebody else was not answered")?;
    }
    Ok(())
}

/// The honest one is still served; nothing in the server has panicked.
async fn end(house: &House, server: Server, honest: &mut Person) -> anyhow::Result<()> {
    is_served(honest, 0).await?;
    server.kill().await?;
    let log = std::fs::read_to_string(house.path("server.log"))?;
    ensure!(!log.contains("panicked"), "something panicked: {}", house.last_words());
    Ok(())
}

async fn opened(to: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(to).await?;
    raw::upgrade(&mut stream, SOCKET).await?;
    Ok(stream)
}

/// Sends bytes on a connection of their own, and holds what comes of it.
async fn meets(to: SocketAddr, what: &str, bytes: &[u8], comes: Comes) -> anyhow::Result<()> {
    let mut stream = opened(to).await?;
    // It may be closed while we still write.
    let _cut = stream.write_all(bytes).await;
    let mut got = Vec::new();
    let ended = timeout(PATIENCE, async {
        let mut piece = [0; 2048];
        loop {
            let count = stream.read(&mut piece).await.unwrap_or(0);
            got.extend_from_slice(&piece[..count]);
            let answered =
                matches!(comes, Comes::Answer(answer) if String::from_utf8_lossy(&got).contains(answer));
            if count == 0 || answered {
                return;
            }
        }
    });
    ended.await.with_context(|| format!("{what}: nothing came of it; got {}", shown(&got)))?;
    let code = close_code(&got);
    let as_it_should = match comes {
        Comes::Closed(wanted) => code == Some(wanted) || code.is_none(),
        Comes::Gone => true,
        Comes::Answer(answer) => String::from_utf8_lossy(&got).contains(answer),
    };
    ensure!(as_it_should, "{what}: {comes:?} should have come, got {code:?} {}", shown(&got));
    Ok(())
}

/// The code of the close frame at the end, if there is one.
fn close_code(got: &[u8]) -> Option<u16> {
    let at = got.windows(2).rposition(|two| two[0] == 0x88 && usize::from(two[1]) >= 2)?;
    Some(u16::from_be_bytes([*got.get(at + 2)?, *got.get(at + 3)?]))
}

/// Sends bytes and the end of the stream, and reads to its end.
async fn throw(to: SocketAddr, bytes: &[u8], greeted: bool) -> anyhow::Result<()> {
    let mut stream = opened(to).await?;
    if greeted {
        stream.write_all(&raw::text(br#"{"type":"hello"}"#)).await?;
    }
    let _cut = stream.write_all(bytes).await;
    let _gone = stream.shutdown().await;
    let mut got = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut got)).await;
    ended.map(drop).map_err(|_| anyhow::anyhow!("the connection stays open; got {}", shown(&got)))
}

/// Holds many connections in the middle of the largest things there may be; returns what one costs.
async fn hold(server: &Server) -> anyhow::Result<u64> {
    let before = server.resident()?;
    let mut held = Vec::new();
    for n in 0..HELD {
        let mut stream = opened(server.address).await?;
        stream.write_all(&tables::unfinished(n)).await?;
        held.push(stream);
    }
    // The server has taken all of it in once it has answered somebody who came later.
    meets(server.address, "hello", &raw::text(br#"{"type":"hello"}"#), Comes::Answer("welcome")).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let each = server.resident()?.saturating_sub(before) / HELD;
    ensure!(each <= BYTES, "{} KiB are held for each connection in the middle of something", each / 1024);
    Ok(each)
}

/// Frames with any bits, any lengths, and texts that are nearly right.
fn by_chance(dice: &mut StdRng) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..dice.random_range(1..6) {
        let payload = match dice.random_range(0..3) {
            0 => (0..dice.random_range(0..300)).map(|_| dice.random()).collect(),
            _ => mutated(br#"{"type":"call","id":"a","message":{"id":"m","body":"x"}}"#, dice),
        };
        let first = if dice.random_bool(0.5) { raw::TEXT } else { dice.random() };
        let mut frame = raw::frame(first, &payload);
        if dice.random_bool(0.2) {
            let at = dice.random_range(0..frame.len().min(14));
            frame[at] = dice.random();
        }
        all.extend(frame);
    }
    all
}

/// A text with some bytes changed, left out, doubled or put in.
fn mutated(text: &[u8], dice: &mut StdRng) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..dice.random_range(0..4) {
        let at = dice.random_range(0..text.len());
        match dice.random_range(0..5) {
            0 => text[at] = dice.random(),
            1 => drop(text.remove(at)),
            2 => text.insert(at, *b"{}[]\",:\\u0eE-.\x00\xff".get(dice.random_range(0..17)).unwrap_or(&0)),
            3 => text.truncate(at.max(1)),
            _ => {
                let piece = text[at..].to_vec();
                text.extend(piece);
            }
        }
        if text.is_empty() {
            text.push(b' ');
        }
    }
    text
}

/// Posts bytes as JSON; the status.
async fn post(to: SocketAddr, token: &str, body: &[u8]) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect(to).await?;
    let head = format!(
        "POST /api/v1/widget/conversations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let _cut = stream.write_all(body).await;
    let mut got = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut got)).await.context("no answer")??;
    let status = String::from_utf8_lossy(&got).split(' ').nth(1).and_then(|status| status.parse().ok());
    status.with_context(|| format!("no status in {}", shown(&got)))
}

/// The beginning of some bytes, for people.
fn shown(bytes: &[u8]) -> String {
    bytes.iter().take(160).flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect()
}
