//! A network that behaves as badly as it is told: a TCP proxy with delay, narrow pipes, black holes, cuts and resets.

mod lane;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What one direction does to the bytes that pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lane {
    /// How long each piece is on its way.
    pub(crate) delay: Duration,
    /// Up to so much more, by chance; pieces never overtake each other.
    pub(crate) jitter: Duration,
    /// How many bytes pass in a second.
    pub(crate) bytes_per_second: Option<u32>,
    /// Nothing passes, not even the end of the stream, and nobody is told: what a pulled cable looks like. What was
    /// held back goes on its way when this ends, as TCP sends again what was lost.
    pub(crate) black_hole: bool,
}

/// What happens to both directions of every connection from now on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weather {
    /// From the client to the server.
    pub(crate) up: Lane,
    /// From the server to the client.
    pub(crate) down: Lane,
    /// Each connection is reset once so many bytes have passed in both directions together, in the middle of
    /// whatever is there.
    pub(crate) cut_after: Option<u64>,
    /// Who connects is reset at once: nothing listens there.
    pub(crate) refusing: bool,
}

impl Weather {
    /// Both directions of every connection are dead.
    pub(crate) fn dead() -> Self {
        let dead = Lane { black_hole: true, ..Lane::default() };
        Self { up: dead, down: dead, ..Self::default() }
    }
}

/// How all connections of a moment are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With FIN to both sides.
    Closed,
    /// With RST to both sides.
    Reset,
}

/// A running proxy; its connections are reset when it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Where clients connect.
    pub(crate) address: SocketAddr,
    weather: watch::Sender<Weather>,
    endings: watch::Sender<(u64, Ending)>,
    /// How many connections have come, and have reached the server.
    counts: Arc<Counts>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Proxy {
    /// Opens one in front of a server. Chance (jitter) begins at the seed.
    pub(crate) async fn open(server: SocketAddr, seed: u64) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let proxy = Self {
            address: listener.local_addr()?,
            weather: watch::channel(Weather::default()).0,
            endings: watch::channel((0, Ending::Reset)).0,
            counts: Arc::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let taps = Taps {
            counts: Arc::clone(&proxy.counts),
            weather: proxy.weather.subscribe(),
            server,
            endings: proxy.endings.subscribe(),
            stop: proxy.stop.clone(),
        };
        proxy.tasks.spawn(accept(listener, taps, seed, proxy.tasks.clone()));
        Ok(proxy)
    }

    /// Changes the weather, for connections that are there as well.
    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Ends every connection of this moment with a reset.
    pub(crate) fn reset_all(&self) {
        self.end_all(Ending::Reset);
    }

    /// Ends every connection of this moment politely, with FIN.
    pub(crate) fn close_all(&self) {
        self.end_all(Ending::Closed);
    }

    fn end_all(&self, ending: Ending) {
        self.endings.send_modify(|(round, how)| (*round, *how) = (*round + 1, ending));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// How many connections have come, and how far: for people who look for what went wrong.
#[derive(Debug, Default)]
struct Counts {
    came: AtomicU64,
    reached: AtomicU64,
    over: AtomicU64,
}

/// What every connection listens to.
#[derive(Clone)]
struct Taps {
    counts: Arc<Counts>,
    weather: watch::Receiver<Weather>,
    server: SocketAddr,
    endings: watch::Receiver<(u64, Ending)>,
    stop: CancellationToken,
}

/// Comes when a connection has to end.
async fn ending(endings: &mut watch::Receiver<(u64, Ending)>, stop: &CancellationToken) -> Ending {
    tokio::select! {
        () = stop.cancelled() => Ending::Reset,
        changed = endings.changed() => match changed {
            Ok(()) => endings.borrow().1,
            Err(_) => Ending::Reset,
        },
    }
}

async fn accept(listener: TcpListener, taps: Taps, seed: u64, tasks: TaskTracker) {
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            () = taps.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((client, _)) = accepted else { continue };
        let mut taps = taps.clone();
        // A connection hears of what comes after it, not of the cut before it.
        taps.endings.mark_unchanged();
        number += 1;
        taps.counts.came.fetch_add(1, Ordering::Relaxed);
        tasks.spawn(async move {
            let counts = Arc::clone(&taps.counts);
            connection(client, taps, seed ^ number).await;
            counts.over.fetch_add(1, Ordering::Relaxed);
        });
    }
}

/// Carries one connection to its end.
async fn connection(mut client: TcpStream, mut taps: Taps, seed: u64) {
    let refused = taps.weather.borrow().refusing;
    let reached = if refused { None } else { TcpStream::connect(taps.server).await.ok() };
    let Some(mut server) = reached else {
        reset(&client);
        return;
    };
    taps.counts.reached.fetch_add(1, Ordering::Relaxed);
    for stream in [&client, &server] {
        let _unsupported = stream.set_nodelay(true);
    }
    let ending = {
        let passed = lane::Passed::default();
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let (mut up, mut down) = (StdRng::seed_from_u64(seed), StdRng::seed_from_u64(!seed));
        let up = lane::carry(from_client, to_server, &taps.weather, |weather| weather.up, &passed, &mut up);
        let down =
            lane::carry(from_server, to_client, &taps.weather, |weather| weather.down, &passed, &mut down);
        tokio::select! {
            both = async { tokio::try_join!(up, down) } => {
                if both.is_ok() { Ending::Closed } else { Ending::Reset }
            }
            ending = ending(&mut taps.endings, &taps.stop) => ending,
        }
    };
    if ending == Ending::Reset {
        reset(&client);
        reset(&server);
    }
}

/// Has the operating system send RST when the stream is dropped.
fn reset(stream: &TcpStream) {
    let _unsupported = stream.set_zero_linger();
}
