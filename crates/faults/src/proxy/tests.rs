//! The proxy does what it is told, at once, and nothing else.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::{Lane, Proxy, Weather};

/// Long enough for anything that comes at all.
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough to see that something does not come.
const QUIET: Duration = Duration::from_millis(150);

/// A proxied connection, both of its ends in hand.
struct Line {
    proxy: Proxy,
    listener: TcpListener,
    client: TcpStream,
    server: TcpStream,
}

async fn line(weather: Weather) -> Line {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let proxy = Proxy::open(listener.local_addr().unwrap(), 1).await.unwrap();
    proxy.set(weather);
    let client = TcpStream::connect(proxy.address).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    Line { proxy, listener, client, server }
}

async fn read(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    timeout(PATIENCE, stream.read_exact(&mut bytes)).await.expect("it comes").unwrap();
    bytes
}

async fn is_quiet(stream: &mut TcpStream) -> bool {
    timeout(QUIET, stream.read_u8()).await.is_err()
}

/// How the stream ends, after how many bytes.
async fn end(stream: &mut TcpStream) -> (usize, Result<(), ErrorKind>) {
    let mut bytes = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("it ends");
    (bytes.len(), ended.map(drop).map_err(|error| error.kind()))
}

#[tokio::test]
async fn in_good_weather_every_byte_passes_both_ways_and_ends_are_passed_on() {
    let mut line = line(Weather::default()).await;
    let long: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let (mut from, mut to) = line.client.split();
    let sent = async {
        to.write_all(&long).await.unwrap();
        to.shutdown().await.unwrap();
    };
    let mut got = Vec::new();
    let ((), _) = tokio::join!(sent, async { line.server.read_to_end(&mut got).await.unwrap() });
    assert_eq!(got, long);
    line.server.write_all(b"and back").await.unwrap();
    drop(line.server);
    let mut back = Vec::new();
    from.read_to_end(&mut back).await.unwrap();
    assert_eq!(back, b"and back");
}

#[tokio::test]
async fn a_delay_delays_and_does_not_turn_pieces_round() {
    let slow =
        Lane { delay: Duration::from_millis(60), jitter: Duration::from_millis(30), ..Lane::default() };
    let mut line = line(Weather { up: slow, ..Weather::default() }).await;
    let began = Instant::now();
    for n in 0..20_u8 {
        line.client.write_all(&[n]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(read(&mut line.server, 20).await, (0..20).collect::<Vec<u8>>());
    assert!(began.elapsed() >= Duration::from_millis(60));
    line.server.write_all(b"x").await.unwrap();
    read(&mut line.client, 1).await;
}

#[tokio::test]
async fn a_narrow_pipe_is_narrow_and_can_be_widened() {
    let narrow = Lane { bytes_per_second: Some(10_000), ..Lane::default() };
    let mut line = line(Weather { down: narrow, ..Weather::default() }).await;
    line.server.write_all(&[7; 4_000]).await.unwrap();
    let began = Instant::now();
    read(&mut line.client, 3_000).await;
    assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
    line.proxy.set(Weather::default());
    line.server.write_all(&vec![7; 1_000_000]).await.unwrap();
    assert_eq!(read(&mut line.client, 1_001_000).await.len(), 1_001_000);
}

#[tokio::test]
async fn a_black_hole_swallows_one_direction_and_its_end_until_it_is_lifted() {
    let hole = Lane { black_hole: true, ..Lane::default() };
    let mut line = line(Weather::default()).await;
    line.client.write_all(b"a").await.unwrap();
    read(&mut line.server, 1).await;
    line.proxy.set(Weather { up: hole, ..Weather::default() });
    line.client.write_all(b"b").await.unwrap();
    assert!(is_quiet(&mut line.server).await);
    line.server.write_all(b"down").await.unwrap();
    assert_eq!(read(&mut line.client, 4).await, b"down");
    drop(line.client);
    assert!(is_quiet(&mut line.server).await, "the end is swallowed, too");
    line.proxy.set(Weather::default());
    assert_eq!(end(&mut line.server).await.0, 1, "what was held back comes, and then the end");
}

#[tokio::test]
async fn a_cut_comes_after_so_many_bytes_and_is_a_reset() {
    let mut line = line(Weather { cut_after: Some(1_000), ..Weather::default() }).await;
    line.server.write_all(&[1; 400]).await.unwrap();
    read(&mut line.client, 400).await;
    line.client.write_all(&[2; 900]).await.unwrap();
    let (count, ended) = end(&mut line.server).await;
    assert!(count <= 600, "{count}");
    assert_eq!(ended, Err(ErrorKind::ConnectionReset));
    assert_eq!(end(&mut line.client).await, (0, Err(ErrorKind::ConnectionReset)));
}

#[tokio::test]
async fn all_connections_of_a_moment_can_be_reset_or_closed_and_later_ones_live() {
    let mut line = line(Weather::default()).await;
    line.proxy.reset_all();
    assert_eq!(end(&mut line.client).await, (0, Err(ErrorKind::ConnectionReset)));
    let mut client = TcpStream::connect(line.proxy.address).await.unwrap();
    let (mut server, _) = line.listener.accept().await.unwrap();
    client.write_all(b"hello").await.unwrap();
    assert_eq!(read(&mut server, 5).await, b"hello");
    line.proxy.close_all();
    assert_eq!(end(&mut client).await, (0, Ok(())));
    assert_eq!(end(&mut server).await, (0, Ok(())));
}

#[tokio::test]
async fn who_is_refused_is_reset_until_nobody_is_refused_any_more() {
    let line = line(Weather::default()).await;
    line.proxy.set(Weather { refusing: true, ..Weather::default() });
    let mut refused = TcpStream::connect(line.proxy.address).await.unwrap();
    assert_eq!(end(&mut refused).await, (0, Err(ErrorKind::ConnectionReset)));
    line.proxy.set(Weather::default());
    let mut client = TcpStream::connect(line.proxy.address).await.unwrap();
    let (mut server, _) = line.listener.accept().await.unwrap();
    client.write_all(b"hello").await.unwrap();
    assert_eq!(read(&mut server, 5).await, b"hello");
}
