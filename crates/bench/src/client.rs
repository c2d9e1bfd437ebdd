//! A visitor's socket, as small as it can be: the load must not cost more than what is measured.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// One connected visitor.
pub(crate) struct Visitor(WebSocketStream<TcpStream>);

/// The frame of a press of the bell.
pub(crate) fn call(number: usize) -> String {
    format!(
        r#"{{"type":"call","id":"call-{number}","context":{{"url":"https://shop.example/pay","title":"Pay"}}}}"#
    )
}

/// The frame of a message of some 100 bytes.
pub(crate) fn say(number: usize) -> String {
    let body = "The payment page stays white after I press the button, and I have tried it twice by now. 결제가 안 돼요";
    format!(r#"{{"type":"say","id":"say-{number}","body":"{body}"}}"#)
}

impl Visitor {
    /// Connects, and says hello as somebody new.
    pub(crate) async fn connect(url: &str) -> anyhow::Result<Self> {
        let host = url.strip_prefix("ws://").context("--url must begin with ws://")?.trim_end_matches('/');
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let address = format!("ws://{host}/api/v1/widget/socket");
        let (socket, _) = client_async_with_config(address, stream, Some(config)).await?;
        let mut visitor = Self(socket);
        visitor.send(r#"{"type":"hello"}"#).await?;
        visitor.wait_for(r#""type":"welcome""#).await?;
        Ok(visitor)
    }

    /// Sends a command and waits for its acknowledgement.
    pub(crate) async fn command(&mut self, frame: &str) -> anyhow::Result<()> {
        self.send(frame).await?;
        self.wait_for(r#""type":"ack""#).await
    }

    /// Waits until every mail about the call has been taken; returns how many there are.
    pub(crate) async fn told(&mut self) -> anyhow::Result<u64> {
        while let Some(message) = self.0.next().await {
            let Message::Text(text) = message? else { continue };
            let frame: serde_json::Value = serde_json::from_str(&text)?;
            let told = &frame["conversation"]["told"];
            match (told["mails"].as_u64(), told["sent"].as_u64()) {
                (Some(mails @ 1..), Some(sent)) if sent >= mails => return Ok(mails),
                _ => {}
            }
        }
        bail!("the server has closed the connection before the mails were taken")
    }

    async fn send(&mut self, frame: &str) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(frame)).await?)
    }

    async fn wait_for(&mut self, mark: &str) -> anyhow::Result<()> {
        while let Some(message) = self.0.next().await {
            let Message::Text(text) = message? else { continue };
            if text.contains(mark) {
                return Ok(());
            }
            if text.contains(r#""type":"error""#) {
                bail!("the server said {text}");
            }
        }
        bail!("the server has closed the connection; are its limits off?")
    }
}
