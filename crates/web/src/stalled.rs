//! Breaks a connection whose peer takes nothing of what is written to it: it would hold memory for nobody.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long a peer may take nothing of an answer: who asks for a page is there to read it.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How long a peer may take nothing of a socket or an event stream; whoever comes back resumes from where they were.
const STREAM_WITHIN: Duration = Duration::from_secs(30);

/// Whether a connection has become one on which words come now and then, for long.
#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<AtomicBool>);

impl Streams {
    /// From now on it is one.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn within(&self) -> Duration {
        if self.0.load(Ordering::Relaxed) { STREAM_WITHIN } else { ANSWER_WITHIN }
    }
}

/// A stream whose writes fail once the peer has taken nothing for as long as it may. The timer exists only while a write waits.
#[derive(Debug)]
pub(crate) struct Stalled<S> {
    stream: S,
    streams: Streams,
    since: Option<Pin<Box<Sleep>>>,
}

impl<S: Unpin> Stalled<S> {
    pub(crate) const fn watch(stream: S, streams: Streams) -> Self {
        Self { stream, streams, since: None }
    }

    fn looked_at<T>(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.since = None;
            return wrote;
        }
        let since = self.since.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.streams.within())));
        since.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalled<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalled<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.looked_at(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.looked_at(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.looked_at(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.looked_at(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::{Instant, advance};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_breaks_the_connection_and_one_that_takes_a_little_does_not() {
        let (answers, streams) = (Streams::default(), Streams::default());
        streams.begin();
        for (streams, within) in [(answers, ANSWER_WITHIN), (streams, STREAM_WITHIN)] {
            let (near, mut far) = tokio::io::duplex(8);
            let mut near = Stalled::watch(near, streams);
            let begun = Instant::now();
            let write = async { near.write_all(&[0; 32]).await };
            let read = async {
                for _ in 0..3 {
                    advance(within / 2).await;
                    far.read_exact(&mut [0; 4]).await.unwrap();
                }
                std::future::pending::<()>().await;
            };
            let ended = tokio::select! { ended = write => ended, () = read => unreachable!() };
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
            assert_eq!(begun.elapsed().as_secs(), (within / 2 * 3 + within).as_secs());
        }
    }
}
