//! People who talk while a server's system calls are written down: some over WebSocket, some over REST.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::ensure;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use testkit::http::Request;
use testkit::socket::Socket;
use tokio::task::JoinSet;

/// With this every client id begins, so that it is found wherever it was sent.
pub(super) const MARK: &str = "r03-";
/// How many talk at the same time, over each of the two.
const PEOPLE: u64 = 3;
/// How much each of them says.
const MESSAGES: usize = 110;

/// What somebody said, and was acknowledged.
pub(super) struct Chat {
    /// With this all of its client ids begin.
    pub(super) prefix: String,
    pub(super) conversation: String,
    /// The client ids with their places.
    pub(super) acks: BTreeMap<String, u64>,
}

/// Has everybody talk, to the end.
pub(super) async fn all(to: SocketAddr, seed: u64) -> anyhow::Result<Vec<Chat>> {
    let mut talks = JoinSet::new();
    for n in 0..PEOPLE {
        talks.spawn(over_a_socket(to, format!("{MARK}w{n}-"), StdRng::seed_from_u64(seed ^ n)));
        talks.spawn(over_rest(to, format!("{MARK}r{n}-"), StdRng::seed_from_u64(!seed ^ n)));
    }
    let mut chats = Vec::new();
    while let Some(talked) = talks.join_next().await {
        chats.push(talked??);
    }
    Ok(chats)
}

/// Words of any length: a page of the database holds many short ones, and a long one takes several pages.
fn words(chance: &mut StdRng) -> String {
    let length =
        if chance.random_bool(0.2) { chance.random_range(2_000..8_000) } else { chance.random_range(1..300) };
    "도와주세요 help ".chars().cycle().take(length / 2).collect::<String>() + "!"
}

async fn over_a_socket(to: SocketAddr, prefix: String, mut chance: StdRng) -> anyhow::Result<Chat> {
    let opened = Socket::open(to, "/api/v1/widget/socket", &[]).await;
    let mut socket = opened.map_err(|status| anyhow::anyhow!("the socket was refused: {status}"))?;
    socket.send(&json!({ "type": "hello" })).await;
    socket.send(&json!({ "type": "call", "id": format!("{prefix}call") })).await;
    let shown = socket.find("the conversation", |frame| frame["conversation"]["id"].is_string()).await;
    let conversation = shown["conversation"]["id"].as_str().unwrap_or_default().to_owned();
    let mut said = 0;
    while said < MESSAGES {
        // Some say one thing after the other, and some several at once.
        let burst = chance.random_range(1..=4).min(MESSAGES - said);
        for n in said..said + burst {
            let body = words(&mut chance);
            socket.send(&json!({ "type": "say", "id": format!("{prefix}{n}"), "body": body })).await;
        }
        for _ in 0..burst {
            socket.next("ack").await;
        }
        said += burst;
    }
    let acks = socket.heard.iter().filter(|frame| frame["type"] == "ack");
    let acks = acks.filter_map(|ack| Some((ack["id"].as_str()?.to_owned(), ack["seq"].as_u64()?))).collect();
    Ok(Chat { prefix, conversation, acks })
}

async fn over_rest(to: SocketAddr, prefix: String, mut chance: StdRng) -> anyhow::Result<Chat> {
    let token = post(to, "", "/sessions", &json!({})).await?["token"].as_str().unwrap_or_default().to_owned();
    let first = json!({ "message": { "id": format!("{prefix}call"), "body": words(&mut chance) } });
    let called = post(to, &token, "/conversations", &first).await?;
    let conversation = called["conversation"]["id"].as_str().unwrap_or_default().to_owned();
    let mut acks = BTreeMap::new();
    for n in 0..MESSAGES {
        let id = format!("{prefix}{n}");
        let message = json!({ "id": id, "body": words(&mut chance) });
        let said = post(to, &token, &format!("/conversations/{conversation}/messages"), &message).await?;
        acks.insert(id, said["event"]["seq"].as_u64().unwrap_or_default());
    }
    Ok(Chat { prefix, conversation, acks })
}

async fn post(to: SocketAddr, token: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let request = Request::new("POST", &format!("/api/v1/widget{path}")).bearer(token).json(body);
    let answer = request.send(to).await;
    ensure!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    Ok(answer.json())
}
