//! An echo for the suite of Autobahn: what it is sent goes back, by the accept loop and the WebSocket settings of the program
//! itself. `cargo xtask test autobahn` runs it.
//!
//! The program's own sockets speak JSON and close what is no frame of theirs, so no suite of the protocol can talk with them.
//! `/wire` is as near to them as an echo can be: the same reading of frames, the same limits, the same words at the end. It takes
//! text only, and no more than they take. `/all` takes what the protocol allows, up to 16 MiB: there nothing but settings is
//! between the suite and the library.

use std::process::ExitCode;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::client_ip::TrustedProxies;
use web::listener::{Caps, Ear, serve};
use web::socket::{Ended, Wire, configure};

/// `limits.frame_bytes` as it is where nobody sets it.
const AS_SHIPPED: usize = 64 * 1024;
/// The largest message of the suite.
const LIFTED: usize = 16 * 1024 * 1024;

// One thread and the system's allocator: what a socket costs is measured here, and not what is kept for the next one on each thread.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let listener = match TcpListener::bind("127.0.0.1:0").await {
        Ok(listener) => listener,
        Err(error) => return failed(&error),
    };
    match listener.local_addr() {
        Ok(address) => println!("an echo listens at {address}"),
        Err(error) => return failed(&error),
    }
    let router = Router::new().route("/wire", get(by_wire)).route("/all", get(by_settings));
    let caps = Caps::new(64, 64, &TrustedProxies::default());
    serve(Ear::Tcp(listener), router, caps, CancellationToken::new(), TaskTracker::new()).await;
    ExitCode::SUCCESS
}

fn failed(error: &std::io::Error) -> ExitCode {
    eprintln!("the echo cannot listen: {error}");
    ExitCode::FAILURE
}

/// What the program's sockets are made of.
async fn by_wire(upgrade: WebSocketUpgrade) -> Response {
    configure(upgrade, AS_SHIPPED).on_upgrade(async |socket| {
        let mut wire = Wire::new(socket, CancellationToken::new());
        let ended = loop {
            let answered = match wire.recv().await {
                Ok(text) => wire.send_text(text).await,
                Err(ended) => Err(ended),
            };
            if let Err(ended) = answered {
                break ended;
            }
        };
        if let Ended::Close(close) = ended {
            wire.close(close).await;
        }
    })
}

/// The same settings with room for everything, and nothing else of ours.
async fn by_settings(upgrade: WebSocketUpgrade) -> Response {
    configure(upgrade, LIFTED).on_upgrade(everything)
}

async fn everything(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        // Pings are answered further down.
        let is_word = matches!(message, Message::Text(_) | Message::Binary(_));
        if is_word && socket.send(message).await.is_err() {
            return;
        }
    }
}
