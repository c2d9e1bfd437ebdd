//! The line to a client, which keeps the bytes that came over it.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use super::record::Record;

/// What bytes go over: TCP, or TLS on it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// No line has to be longer (RFC 5321 section 4.5.3.1.6), its CRLF not counted.
const LONGEST: usize = 998;
/// A client that sends more than this without a line break is hung up on.
const TOO_MUCH: u64 = 1 << 20;

/// One line to a client.
pub(super) struct Wire<'a> {
    stream: BufReader<Box<dyn Stream>>,
    record: &'a Record,
    connection: usize,
}

impl<'a> Wire<'a> {
    pub(super) fn new(stream: Box<dyn Stream>, record: &'a Record, connection: usize) -> Self {
        Self { stream: BufReader::new(stream), record, connection }
    }

    /// The stream, for a handshake; what was read ahead is dropped, as RFC 3207 wants it.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.stream.into_inner()
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes).await?;
        self.stream.get_mut().flush().await
    }

    /// The next line without its line break; `None` when the client has hung up.
    pub(super) async fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        let mut limited = tokio::io::AsyncReadExt::take(&mut self.stream, TOO_MUCH);
        if limited.read_until(b'\n', &mut bytes).await? == 0 {
            return Ok(None);
        }
        self.record.bytes(self.connection, &bytes);
        let whole = bytes.strip_suffix(b"\n");
        let Some(line) = whole else { return Ok(None) };
        let (line, ended) = line.strip_suffix(b"\r").map_or((line, false), |line| (line, true));
        if !ended {
            self.record.violated(format!("a bare LF after {:?}", shown(line)));
        }
        if line.contains(&b'\r') {
            self.record.violated(format!("a bare CR in {:?}", shown(line)));
        }
        if line.contains(&0) {
            self.record.violated(format!("a NUL in {:?}", shown(line)));
        }
        if line.len() > LONGEST {
            self.record.violated(format!("{} bytes in {:?}", line.len(), shown(line)));
        }
        if !line.is_ascii() {
            self.record.violated(format!("not ASCII: {:?}", shown(line)));
        }
        Ok(Some(String::from_utf8_lossy(line).into_owned()))
    }
}

fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned()
}
