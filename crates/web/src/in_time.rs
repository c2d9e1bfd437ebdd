//! A request's body that has to be whole in time: who sends it byte by byte must not hold a connection for ever.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// How long a body may take, from when it is first waited for.
const WITHIN: Duration = Duration::from_secs(15);

/// The body took too long.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long to arrive")]
struct TooSlow;

/// A body that fails once it has been waited for [`WITHIN`], however much of it has come.
#[derive(Debug)]
pub(crate) struct InTime<B> {
    body: B,
    until: Option<Pin<Box<Sleep>>>,
}

impl<B> InTime<B> {
    pub(crate) const fn of(body: B) -> Self {
        Self { body, until: None }
    }
}

impl<B: Body<Error: Into<BoxError>> + Unpin> Body for InTime<B> {
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(WITHIN)));
        until.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether a body could not be read because it took too long.
pub fn was_too_slow(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(<dyn Error>::is::<TooSlow>)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::{Body, Bytes, to_bytes};
    use futures_util::{Stream, StreamExt, stream};
    use tokio::time::Instant;

    use super::*;

    /// A byte each second, so many times.
    fn dripped(bytes: u64) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::iter(0..bytes).then(|_| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(Bytes::from_static(b"x"))
        })
    }

    async fn read(bytes: u64) -> Result<Bytes, axum::Error> {
        to_bytes(Body::new(InTime::of(Body::from_stream(dripped(bytes)))), 1000).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_waited_for_so_long_and_no_longer() {
        let begun = Instant::now();
        assert_eq!(read(10).await.unwrap().len(), 10);
        assert_eq!(begun.elapsed().as_secs(), 10);
        let begun = Instant::now();
        let error = read(1000).await.unwrap_err();
        assert_eq!(begun.elapsed().as_secs(), WITHIN.as_secs());
        assert!(was_too_slow(&error), "{error:?}");
        assert!(!was_too_slow(&axum::Error::new("another fault")));
    }
}
