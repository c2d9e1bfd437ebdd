//! One direction of one connection.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Lane, Weather};

/// How much is taken at once.
const PIECE: usize = 16 * 1024;
/// How many pieces are on their way at most; beyond that the sender waits, as for a full window.
const ON_THE_WAY: usize = 64;

/// How many bytes have passed in both directions together.
#[derive(Debug, Default)]
pub(super) struct Passed(AtomicU64);

impl Passed {
    /// How many of these bytes may still pass.
    fn take(&self, count: usize, limit: Option<u64>) -> usize {
        let before = self.0.fetch_add(count as u64, Ordering::Relaxed);
        let Some(limit) = limit else { return count };
        usize::try_from(limit.saturating_sub(before)).map_or(count, |left| left.min(count))
    }
}

/// Carries bytes until the sender has no more, and passes its end on; an error means a reset.
pub(super) async fn carry(
    from: ReadHalf<'_>,
    to: WriteHalf<'_>,
    weather: &watch::Receiver<Weather>,
    lane: fn(&Weather) -> Lane,
    passed: &Passed,
    chance: &mut StdRng,
) -> io::Result<()> {
    let (pieces, waiting) = mpsc::channel(ON_THE_WAY);
    let takes = take(from, pieces, weather.clone(), lane, chance);
    let gives = give(to, waiting, weather.clone(), lane, passed);
    tokio::try_join!(takes, gives).map(drop)
}

/// Waits while the lane is a black hole.
async fn open(weather: &mut watch::Receiver<Weather>, lane: fn(&Weather) -> Lane) -> io::Result<Lane> {
    let open = weather.wait_for(|weather| !lane(weather).black_hole).await;
    open.map(|weather| lane(&weather)).map_err(|_| ErrorKind::ConnectionReset.into())
}

/// Reads, and says of each piece when it is due.
async fn take(
    mut from: ReadHalf<'_>,
    pieces: mpsc::Sender<(Instant, Vec<u8>)>,
    mut weather: watch::Receiver<Weather>,
    lane: fn(&Weather) -> Lane,
    chance: &mut StdRng,
) -> io::Result<()> {
    let mut last = Instant::now();
    loop {
        open(&mut weather, lane).await?;
        from.readable().await?;
        // It may have become one while nothing came.
        let now = open(&mut weather, lane).await?;
        let mut piece = vec![0; PIECE];
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return Ok(());
        }
        piece.truncate(count);
        let more = if now.jitter.is_zero() { 0.0 } else { chance.random_range(0.0..1.0) };
        last = last.max(Instant::now() + now.delay + now.jitter.mul_f64(more));
        if pieces.send((last, piece)).await.is_err() {
            return Err(ErrorKind::BrokenPipe.into());
        }
    }
}

/// Writes each piece when it is due, as fast as the lane lets it, and as far as the cut.
async fn give(
    mut to: WriteHalf<'_>,
    mut pieces: mpsc::Receiver<(Instant, Vec<u8>)>,
    mut weather: watch::Receiver<Weather>,
    lane: fn(&Weather) -> Lane,
    passed: &Passed,
) -> io::Result<()> {
    while let Some((due, piece)) = pieces.recv().await {
        sleep_until(due).await;
        let mut rest = piece.as_slice();
        while !rest.is_empty() {
            let now = open(&mut weather, lane).await?;
            // Ten gulps a second make a narrow pipe.
            let gulp = now.bytes_per_second.map_or(PIECE, |rate| (rate as usize / 10).max(1)).min(rest.len());
            let (first, later) = rest.split_at(gulp);
            let cut_after = weather.borrow().cut_after;
            let fits = passed.take(gulp, cut_after);
            to.write_all(&first[..fits]).await?;
            if fits < gulp {
                return Err(ErrorKind::ConnectionReset.into());
            }
            if let Some(rate) = now.bytes_per_second {
                sleep(Duration::from_secs_f64(
                    f64::from(u32::try_from(gulp).unwrap_or(u32::MAX)) / f64::from(rate.max(1)),
                ))
                .await;
            }
            rest = later;
        }
    }
    open(&mut weather, lane).await?;
    to.shutdown().await
}
