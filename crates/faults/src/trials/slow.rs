//! S39: attackers who are slow in five ways, from many addresses, while pairs of people chat.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::catalogue::{Attempt, Outcome};
use crate::check;
use crate::clients::Person;
use crate::house::{House, PATIENCE, Server, allow_files};
use crate::{pairs, raw};

/// A pair of people for so many attackers.
const ATTACKERS_FOR_A_PAIR: u64 = 50;
/// How many attackers come from one address: no more than one may have, so that the caps do not hide what comes of them.
const FROM_ONE_ADDRESS: u64 = 50;
/// With so many, each comes again as another kind of attacker whenever it was closed.
const MANY: u64 = 1_000;
/// How often each comes then.
const WAVES: u64 = 3;
/// How many arrive at the same time.
const ARRIVING: usize = 128;
/// How late a busy machine may notice that a time is over.
const SLACK: Duration = Duration::from_secs(3);
/// How much the server may hold for each attacker.
const BYTES: u64 = 256 * 1024;

/// A way of being slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Connects and says nothing.
    Nothing,
    /// Says half a request's head, and then a byte a second.
    Head,
    /// Sends a head, and then a byte of the body a second.
    Body,
    /// Asks and asks, and reads no answer.
    NeverReads,
    /// Opens a WebSocket and says no hello.
    NoHello,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Nothing, Self::Head, Self::Body, Self::NeverReads, Self::NoHello];

    /// How long the server lets it be.
    const fn within(self) -> Duration {
        match self {
            Self::Nothing | Self::Head | Self::NoHello => Duration::from_secs(10),
            Self::Body | Self::NeverReads => Duration::from_secs(15),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "silent",
            Self::Head => "half a head",
            Self::Body => "half a body",
            Self::NeverReads => "never reads",
            Self::NoHello => "no hello",
        }
    }
}

/// Lets so many attack at once while pairs of people talk.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    allow_files()?;
    let pairs = (attempt.count / ATTACKERS_FOR_A_PAIR).max(pairs::FEWEST);
    // All people sit here; attackers have addresses of their own.
    let cap = (pairs * 2).max(FROM_ONE_ADDRESS).to_string();
    let house = House::new(&attempt.binary)?.patient().with("LIMITS__CONNECTIONS_PER_IP", &cap);
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let people = pairs::meet(&server, &owner, pairs).await?;
    let before = server.resident()?;

    let (people, calm) = pairs::calm(people, attempt.seed).await?;
    let (people, took, (attacks, most)) =
        pairs::chat(people, attempt.seed, attack(&attempt, &server)).await?;
    let mut people: Vec<Person> = people.into_iter().flatten().collect();

    let seen = check::end(&house, server, &mut people).await?;
    let each = most.saturating_sub(before) / attempt.count.max(1);
    ensure!(each <= BYTES, "{} KiB are held for each who is slow", each / 1024);
    let said = took.len();
    let share = if attempt.count >= MANY { 99 } else { 90 };
    let (slow, calm) = pairs::in_time(took, calm, share)?;
    let saw = format!(
        "{}; {} MiB in all; {pairs} pairs said {said} things, {share} % answered within {} ms (before: {} ms); {seen}",
        closed(&attacks)?,
        most / 1024 / 1024,
        slow.as_millis(),
        calm.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// How each attack ended: what it was, and after how long.
type Attacks = Vec<(Kind, Duration)>;

/// All attacks, to the end of the last; the most memory that the server had meanwhile.
async fn attack(attempt: &Attempt, server: &Server) -> anyhow::Result<(Attacks, u64)> {
    let waves = if attempt.count >= MANY { WAVES } else { 1 };
    let (door, mut running) = (Arc::new(Semaphore::new(ARRIVING)), JoinSet::new());
    for n in 0..attempt.count {
        let (door, to) = (Arc::clone(&door), server.address);
        running.spawn(async move {
            let mut ended = Attacks::new();
            for kind in
                Kind::ALL.into_iter().cycle().skip(usize::try_from(n % 5)?).take(usize::try_from(waves)?)
            {
                let place = door.acquire().await;
                let stream =
                    arrive(kind, n, to).await.with_context(|| format!("attacker {n}, {}", kind.as_str()))?;
                drop(place);
                let lasted = timeout(PATIENCE, last(kind, stream)).await;
                let lasted =
                    lasted.with_context(|| format!("attacker {n}, {}, is never closed", kind.as_str()))?;
                ended.push((kind, lasted.with_context(|| format!("attacker {n}, {}", kind.as_str()))?));
            }
            anyhow::Ok(ended)
        });
    }
    let (mut attacks, mut most) = (Attacks::new(), server.resident()?);
    loop {
        tokio::select! {
            ended = running.join_next() => match ended {
                Some(ended) => attacks.extend(ended??),
                None => return Ok((attacks, most)),
            },
            () = sleep(Duration::from_millis(100)) => most = most.max(server.resident()?),
        }
    }
}

/// Connects, from an address that few others have.
async fn arrive(kind: Kind, n: u64, to: SocketAddr) -> anyhow::Result<TcpStream> {
    let house = n / FROM_ONE_ADDRESS;
    let from = Ipv4Addr::new(127, 1, u8::try_from(house / 250)?, u8::try_from(house % 250 + 1)?);
    let socket = TcpSocket::new_v4()?;
    if kind == Kind::NeverReads {
        // What the operating systems on both sides keep is not the server's.
        socket.set_recv_buffer_size(4096)?;
        socket.set_send_buffer_size(4096)?;
    }
    socket.bind((from, 0).into())?;
    let mut stream = socket.connect(to).await?;
    match kind {
        Kind::Nothing | Kind::NeverReads => {}
        Kind::Head => stream.write_all(b"GET /help HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await?,
        Kind::Body => {
            // Half of them at a route that takes JSON, half at one that takes a form.
            let (path, of) = if n.is_multiple_of(2) {
                ("/api/v1/widget/sessions", "json")
            } else {
                ("/admin/sign-in", "x-www-form-urlencoded")
            };
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/{of}\r\nContent-Length: 1000\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
        }
        Kind::NoHello => raw::upgrade(&mut stream, "/api/v1/widget/socket").await?,
    }
    Ok(stream)
}

/// Attacks until the server closes; for how long that was, counted from the last progress that counts as one.
async fn last(kind: Kind, stream: TcpStream) -> anyhow::Result<Duration> {
    match kind {
        Kind::NeverReads => ask_on(stream).await,
        Kind::Nothing | Kind::NoHello => read_on(stream, None).await,
        Kind::Head | Kind::Body => read_on(stream, Some(b"a")).await,
    }
}

/// Reads to the end, saying this each second. A trickle is no progress: the head, or the body, is never whole.
async fn read_on(mut stream: TcpStream, drip: Option<&[u8]>) -> anyhow::Result<Duration> {
    let (began, mut piece, mut got) = (Instant::now(), [0; 2048], Vec::new());
    loop {
        tokio::select! {
            read = stream.read(&mut piece) => match read {
                Ok(0) | Err(_) => break,
                Ok(count) => got.extend_from_slice(&piece[..count]),
            },
            () = sleep(Duration::from_secs(1)) => {
                if let Some(drip) = drip && stream.write_all(drip).await.is_err() {
                    break;
                }
            }
        }
        // A WebSocket that was told to go is given a moment to say goodbye.
        if drip.is_none() && !got.is_empty() {
            break;
        }
    }
    let lasted = began.elapsed();
    ensure!(!got.starts_with(b"HTTP/1.1 503 "), "it was not let in");
    ensure!(got.is_empty() || !got.starts_with(b"HTTP/1.1 2"), "it was served: {}", got.escape_ascii());
    Ok(lasted)
}

/// Asks for something large again and again, as long as questions are taken.
async fn ask_on(mut stream: TcpStream) -> anyhow::Result<Duration> {
    let mut progress = Instant::now();
    // Questions that nobody has read when the connection is closed make the close known to us, who read nothing.
    while stream.write(b"GET /widget.js HTTP/1.1\r\nHost: localhost\r\n\r\n").await.is_ok() {
        progress = Instant::now();
    }
    Ok(progress.elapsed())
}

/// Holds that each kind was closed in time; the longest that each was let be, for people.
fn closed(attacks: &Attacks) -> anyhow::Result<String> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        let longest = attacks.iter().filter(|(of, _)| *of == kind).map(|(_, lasted)| *lasted).max();
        let longest = longest.with_context(|| format!("nobody was of the kind {}", kind.as_str()))?;
        ensure!(longest <= kind.within() + SLACK, "{}: closed after {longest:?} only", kind.as_str());
        lines.push(format!("{} {:.1} s", kind.as_str(), longest.as_secs_f64()));
    }
    Ok(format!("closed after: {}", lines.join(", ")))
}
