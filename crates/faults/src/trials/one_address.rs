//! S42: thousands of connections from one address, and all of them stay as long as they may.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::catalogue::{Attempt, Outcome};
use crate::check;
use crate::clients::Person;
use crate::house::{House, PATIENCE, Server, allow_files};
use crate::{pairs, raw};

/// How many connections an address may have: the default.
const CAP: usize = 50;
/// The address from which they come; people sit elsewhere.
const FROM: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 1);
/// How many arrive at the same time.
const ARRIVING: usize = 64;
/// What a visitor's page says first.
const HELLO: &[u8] = br#"{"type":"hello"}"#;

/// Lets one address come so often while pairs of people talk.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    allow_files()?;
    let house = House::new(&attempt.binary)?.patient().with("LIMITS__CONNECTIONS_PER_IP", &CAP.to_string());
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let people = pairs::meet(&server, &owner, pairs::FEWEST).await?;
    let (people, calm) = pairs::calm(people, attempt.seed).await?;
    let (people, took, held) = pairs::chat(people, attempt.seed, storm(&attempt, &server)).await?;
    ensure!(held.len() == CAP, "{} were let in", held.len());
    drop(held);
    let free = timeout(PATIENCE, async {
        while knock(server.address).await?.is_none() {}
        anyhow::Ok(())
    });
    free.await.context("the places of those who have gone stay taken")??;

    let mut people: Vec<Person> = people.into_iter().flatten().collect();
    let seen = check::end(&house, server, &mut people).await?;
    let said = took.len();
    let (slow, calm) = pairs::in_time(took, calm, 90)?;
    let saw = format!(
        "{CAP} let in, all others told to come again; {} pairs said {said} things, 90 % answered within {} ms (before: {} ms); {seen}",
        pairs::FEWEST,
        slow.as_millis(),
        calm.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// All that come, and those of them who were let in.
async fn storm(attempt: &Attempt, server: &Server) -> anyhow::Result<Vec<TcpStream>> {
    let (door, mut coming) = (Arc::new(Semaphore::new(ARRIVING)), JoinSet::new());
    for n in 0..attempt.count {
        let (door, to) = (Arc::clone(&door), server.address);
        coming.spawn(async move {
            let _place = door.acquire().await;
            timeout(PATIENCE, knock(to)).await?.with_context(|| format!("connection {n}"))
        });
    }
    let mut held = Vec::new();
    while let Some(came) = coming.join_next().await {
        held.extend(came??);
    }
    Ok(held)
}

/// Comes as a visitor's page does. `None`: there was no place, and that was said as it should be.
async fn knock(to: SocketAddr) -> anyhow::Result<Option<TcpStream>> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((FROM, 0).into())?;
    let mut stream = socket.connect(to).await?;
    stream.write_all(&raw::opening("/api/v1/widget/socket")).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.context("it was closed without a word")?);
    }
    let head = String::from_utf8(head)?;
    if head.starts_with("HTTP/1.1 101 ") {
        // A page that has said who it is may stay.
        stream.write_all(&raw::text(HELLO)).await?;
        return Ok(Some(stream));
    }
    ensure!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: "), "{head}");
    Ok(None)
}
