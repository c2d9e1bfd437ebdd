//! S41: packets of Engine.IO and Socket.IO that no client sends, over requests and over WebSocket.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{begin, end, is_served, mutated, shown};
use crate::catalogue::{Attempt, Outcome};
use crate::house::PATIENCE;
use crate::raw;

/// Where both transports are.
const DOOR: &str = "/socket.io/?EIO=4&transport=";
/// How many try to take the same session over at the same time.
const CROWD: usize = 16;

/// Packets, some of them fine, of which chance makes others.
const PACKETS: &[&str] = &[
    "40{\"serverOffset\":0}",
    "40/admin,{}",
    "41",
    "420[\"call\",{\"id\":\"c1\",\"message\":{\"id\":\"m1\",\"body\":\"x\"}}]",
    "42[\"chat message\",\"hello\",\"aBc-0\"]",
    "421[\"typing\",{\"on\":true}]\u{1e}42[\"read\",{\"seq\":1}]\u{1e}3",
    "451-[\"say\",{\"_placeholder\":true,\"num\":0}]",
    "bAAECAw==",
    "2probe",
    "5",
    "6",
    "1",
];

/// What is said into a session, and the statuses of which one has to come.
const TABLE: &[(&str, &str, &[u16])] = &[
    ("no attachment that was promised", "450-[\"say\",{}]", &[200, 400]),
    ("more attachments than there can be", "4599999999999-[\"say\"]", &[200, 400]),
    ("an attachment that nobody promised", "bAAECAw==", &[200, 400]),
    ("an attachment that is no base64", "b%%%", &[200, 400]),
    ("a packet of a kind that there is not", "9", &[400]),
    ("an open from a client", "0{}", &[200, 400]),
    ("nothing", "", &[200, 400]),
    ("a namespace that is none of ours", "40/admin,{}", &[200]),
    ("a hundred namespaces", "40/a,\u{1e}40/b,\u{1e}40/c,\u{1e}40/d,", &[200]),
    ("a number of a callback beyond all numbers", "4299999999999999999999[\"say\",{}]", &[200, 400]),
];

/// The tables, and then so many packets made by chance.
pub(crate) async fn packets(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (house, server, mut honest) = begin(&attempt).await?;
    let to = server.address;
    for (what, packet, wanted) in TABLE {
        let session = Session::open(to).await.with_context(|| (*what).to_owned())?;
        session.say("40{}").await?;
        let status = session.say(packet).await.with_context(|| (*what).to_owned())?;
        ensure!(wanted.contains(&status), "{what} was answered with {status}");
        session.leave().await?;
    }
    let too_much = Session::open(to).await?.say(&format!("42[\"say\",\"{}\"]", "x".repeat(70_000))).await?;
    ensure!(too_much == 413, "too much was answered with {too_much}");
    guess(to).await?;
    take_over(to).await?;
    let mut dice = StdRng::seed_from_u64(attempt.seed);
    for n in 0..attempt.count {
        let fine = PACKETS.choose(&mut dice).copied().unwrap_or_default();
        let packet = mutated(fine.as_bytes(), &mut dice);
        let answered =
            if n % 2 == 0 { by_requests(to, &packet, n).await } else { by_socket(to, &packet, n).await };
        answered.with_context(|| format!("random packet {n}: {}", shown(&packet)))?;
        is_served(&mut honest, n).await?;
    }
    end(&house, server, &mut honest).await?;
    let saw = format!(
        "{} rows, {CROWD} at once for one session, then random packets; every one answered, nobody else disturbed",
        TABLE.len()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// A session over requests.
struct Session {
    to: SocketAddr,
    path: String,
}

impl Session {
    async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let (status, body) = request(to, "GET", &format!("{DOOR}polling"), b"").await?;
        let opened: serde_json::Value = serde_json::from_str(body.strip_prefix('0').unwrap_or_default())?;
        let sid = opened["sid"].as_str().with_context(|| format!("no session: {status} {body}"))?;
        Ok(Self { to, path: format!("{DOOR}polling&sid={sid}") })
    }

    async fn say(&self, packet: &str) -> anyhow::Result<u16> {
        Ok(request(self.to, "POST", &self.path, packet.as_bytes()).await?.0)
    }

    /// Leaves; it may have been shown out.
    async fn leave(self) -> anyhow::Result<()> {
        self.say("1").await.map(drop)
    }
}

/// One packet in a session of its own; every third time it is the first.
async fn by_requests(to: SocketAddr, packet: &[u8], n: u64) -> anyhow::Result<()> {
    let session = Session::open(to).await?;
    if !n.is_multiple_of(3) {
        session.say("40{}").await?;
    }
    let (status, _) = request(to, "POST", &session.path, packet).await?;
    ensure!(matches!(status, 200 | 400 | 413), "answered with {status}");
    session.leave().await
}

/// One packet over a WebSocket of its own; every third time it is the first.
async fn by_socket(to: SocketAddr, packet: &[u8], n: u64) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(to).await?;
    raw::upgrade(&mut stream, &format!("{DOOR}websocket")).await?;
    let mut said = if n.is_multiple_of(3) { Vec::new() } else { raw::text(b"40{}") };
    said.extend(raw::text(packet));
    let _cut = stream.write_all(&said).await;
    let _gone = stream.shutdown().await;
    let mut got = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut got)).await;
    ended.map(drop).map_err(|_| anyhow::anyhow!("the connection stays open; got {}", shown(&got)))
}

/// Whoever guesses at a session has none.
async fn guess(to: SocketAddr) -> anyhow::Result<()> {
    let session = Session::open(to).await?;
    let half = session.path.len() - 8;
    for path in [&session.path[..half], &format!("{}x", session.path), &format!("{DOOR}polling&sid=%00")] {
        for method in ["GET", "POST"] {
            let (status, body) = request(to, method, path, b"40{}").await?;
            ensure!(status == 400, "{method} {path} was answered with {status} {body}");
        }
    }
    session.leave().await
}

/// Of many who move the same session to a WebSocket at the same moment one has it in the end, at the most.
async fn take_over(to: SocketAddr) -> anyhow::Result<()> {
    let session = Session::open(to).await?;
    session.say("40{}").await?;
    let path = session.path.replace("polling", "websocket");
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let path = path.clone();
        crowd.spawn(async move {
            let mut stream = TcpStream::connect(to).await?;
            raw::upgrade(&mut stream, &path).await?;
            stream
                .write_all(
                    &[raw::text(b"2probe"), raw::text(b"5"), raw::text(b"423[\"typing\",{\"on\":true}]")]
                        .concat(),
                )
                .await?;
            let mut got = vec![0; 4096];
            let mut all = String::new();
            // The server closes on all others; the one who has it is answered.
            while !all.contains("433[") {
                let count = timeout(PATIENCE, stream.read(&mut got)).await.context("neither in nor out")?;
                match count {
                    Ok(count @ 1..) => all.push_str(&String::from_utf8_lossy(&got[..count])),
                    _ => return anyhow::Ok(false),
                }
            }
            Ok(true)
        });
    }
    let mut have_it = 0;
    while let Some(ended) = crowd.join_next().await {
        // Who is turned away at the door is not in.
        have_it += usize::from(ended?.unwrap_or(false));
    }
    ensure!(have_it <= 1, "{have_it} have the same session");
    Ok(())
}

/// One request on a connection of its own: status and body.
async fn request(to: SocketAddr, method: &str, path: &str, body: &[u8]) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(to).await?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let _cut = stream.write_all(body).await;
    let mut got = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut got)).await.context("the answer does not end")??;
    let got = String::from_utf8_lossy(&got).into_owned();
    let status = got.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = got.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    Ok((status.with_context(|| format!("no status in {}", shown(got.as_bytes())))?, body))
}
