//! WebSocket by hand (RFC 6455): frames that no library would send.

use anyhow::ensure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The first byte of a whole text message in one frame.
pub(crate) const TEXT: u8 = 0x81;

/// The request that opens a WebSocket.
pub(crate) fn opening(path: &str) -> Vec<u8> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    request.into_bytes()
}

/// Opens a WebSocket on a connection.
pub(crate) async fn upgrade(stream: &mut TcpStream, path: &str) -> anyhow::Result<()> {
    stream.write_all(&opening(path)).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    ensure!(head.starts_with(b"HTTP/1.1 101 "), "no WebSocket: {}", String::from_utf8_lossy(&head));
    Ok(())
}

/// A client's frame (section 5.2) whose mask is 0: its payload stands as it is.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(0x80 | u8::try_from(short).unwrap_or_default()),
        middle if u16::try_from(middle).is_ok() => {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(middle).unwrap_or_default().to_be_bytes());
        }
        long => {
            frame.push(0x80 | 0x7f);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// A text message in one frame.
pub(crate) fn text(payload: &[u8]) -> Vec<u8> {
    frame(TEXT, payload)
}
