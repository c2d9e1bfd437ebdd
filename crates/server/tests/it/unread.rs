//! What the process says and nobody reads: it goes on all the same, and ends when it is asked to.

use std::io::{BufRead, BufReader, PipeReader};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::http::Request;
use testkit::ports::free;

use crate::process::{House, PATIENCE, Server, soon, until};

/// A drain has ten seconds, and the last words one.
const IN_TIME: Duration = Duration::from_secs(12);

/// A server whose log, with all there is to say, goes into a pipe.
async fn talkative(operators: SocketAddr) -> (House, Server, PipeReader) {
    let house = House::new()
        .with("DESKBELL_SERVER__OPERATOR_LISTEN", &operators.to_string())
        .with("DESKBELL_LOG__FORMAT", "json")
        .with("RUST_LOG", "trace");
    let (read, write) = std::io::pipe().unwrap();
    let server = house.start_logging_to(write, &["serve", "--listen", "127.0.0.1:0"]).await;
    (house, server, read)
}

async fn dropped(operators: SocketAddr) -> u64 {
    let text = Request::new("GET", "/metrics").send(operators).await.text();
    let line = text.lines().find_map(|line| line.strip_prefix("deskbell_log_lines_dropped_total "));
    line.expect("the figure").parse().unwrap()
}

/// Has it say more than pipe and memory hold.
async fn until_lines_are_dropped(server: &Server, operators: SocketAddr) {
    until("a line that is dropped", async || {
        for _ in 0..20 {
            assert_eq!(server.get("/demo", "").await.status, 200);
        }
        (dropped(operators).await > 0).then_some(())
    })
    .await;
}

/// The lines of a log to its end; each is whole.
fn objects(log: PipeReader) -> Vec<Value> {
    BufReader::new(log)
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).expect("a whole line"))
        .collect()
}

#[tokio::test]
async fn a_log_that_nobody_reads_holds_nobody_up() {
    let operators = free();
    let (_house, server, log) = talkative(operators).await;
    until_lines_are_dropped(&server, operators).await;
    let (mut visitor, _) = server.visitor(json!({})).await;
    visitor.send(&json!({ "type": "call", "id": "c1" })).await;
    visitor.next("ack").await;
    drop(visitor);
    let asked = Instant::now();
    let (ended, _) = server.stop().await;
    assert_eq!(ended.code(), Some(0));
    assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
    let left = objects(log);
    assert!(left.len() > 100 && left[0]["level"].is_string(), "{}", left.len());
}

#[tokio::test]
async fn who_reads_again_is_told_how_many_lines_are_missing_and_hears_the_end() {
    let operators = free();
    let (_house, server, log) = talkative(operators).await;
    until_lines_are_dropped(&server, operators).await;
    let reader = std::thread::spawn(move || objects(log));
    // Nothing is dropped while somebody reads: that figure stands.
    let mut last = 0;
    let total = until("the end of the dropping", async || {
        let now = dropped(operators).await;
        (std::mem::replace(&mut last, now) == now).then_some(now)
    });
    let total = total.await;
    let (ended, _) = server.stop().await;
    assert_eq!(ended.code(), Some(0));
    let log = reader.join().unwrap();
    let gaps =
        log.iter().filter(|line| line["message"] == "lines of the log were dropped, for nobody read them");
    assert_eq!(gaps.map(|gap| gap["lines"].as_u64().unwrap()).sum::<u64>(), total);
    let last = log.iter().rev().find(|line| line["level"] == "INFO").unwrap();
    assert_eq!(last["message"], "stopped");
}

#[tokio::test]
async fn words_that_nobody_reads_hold_nobody_up() {
    let house = House::new();
    for gone in [false, true] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        fill(&theirs);
        let ours = (!gone).then_some(ours);
        let address = free();
        let arguments = ["serve", "--listen", &address.to_string()];
        let mut command = house.command(env!("CARGO_BIN_EXE_deskbell"), &arguments);
        let mut child = command.stdout(OwnedFd::from(theirs)).stderr(Stdio::null()).spawn().unwrap();
        until("an answer", async || {
            let connected = tokio::net::TcpStream::connect(address).await.is_ok();
            (connected && Request::new("GET", "/readyz").send(address).await.status == 200).then_some(())
        })
        .await;
        let asked = Instant::now();
        let ask = format!("kill -TERM {}", child.id().unwrap());
        assert!(tokio::process::Command::new("sh").args(["-c", &ask]).status().await.unwrap().success());
        assert_eq!(soon("its end", child.wait()).await.unwrap().code(), Some(0), "gone: {gone}");
        assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
        drop(ours);
    }
}

/// Leaves no room in it.
fn fill(stream: &UnixStream) {
    use std::io::Write;
    stream.set_nonblocking(true).unwrap();
    let mut writer = stream;
    while writer.write(&[b'.'; 512]).is_ok() {}
    stream.set_nonblocking(false).unwrap();
}

#[tokio::test]
async fn what_was_logged_before_an_error_comes_before_it_and_nobody_has_to_read_either() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let house = House::new().with("RUST_LOG", "debug").with("DESKBELL_WAIT__STEPS", STEPS);
    let arguments = ["serve", "--listen", &taken.local_addr().unwrap().to_string()];
    let said = house.run(&arguments).await;
    let lines: Vec<&str> = said.err.lines().collect();
    assert!(lines[0].contains("never reached"), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("deskbell: ") && lines.last().unwrap().contains("in use"));
    let (_ours, theirs) = UnixStream::pair().unwrap();
    fill(&theirs);
    let mut command = house.command(env!("CARGO_BIN_EXE_deskbell"), &arguments);
    let mut child = command.stdout(Stdio::null()).stderr(OwnedFd::from(theirs)).spawn().unwrap();
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends");
    assert_eq!(ended.unwrap().code(), Some(1));
}

/// The second is never reached, which is worth a warning.
const STEPS: &str = r#"[{"after":"0s","notify":"everyone"},{"after":"8m","notify":"on-duty"}]"#;

/// `deskbell admin list | head -0`.
#[tokio::test]
async fn a_command_whose_words_nobody_reads_does_what_it_was_asked_for() {
    let house = House::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut add = house
        .command(env!("CARGO_BIN_EXE_deskbell"), &["admin", "add", "kim@desk.example", "--role", "owner"]);
    let ended = soon("the command", add.stdin(Stdio::null()).stdout(writer).output()).await.unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stderr.is_empty(), "{ended:?}");
    assert!(house.run(&["admin", "list"]).await.ok().contains("kim@desk.example"));
}
