//! TLS by the program itself: who is let in and who is not, and certificates that change while it serves.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;

use serde_json::json;
use testkit::event_stream::EventStream;
use testkit::http::{Answer, Request};
use testkit::smtp::Identity;
use testkit::socket::Socket;
use testkit::tls::{TLS12, TLS13, connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::Instant;

use crate::process::{House, Server, soon, until};

/// A house with the files of a certificate in it.
pub(crate) fn protected(identity: &Identity) -> House {
    let house = House::new();
    put(&house, identity);
    let (certificate, key) = (house.path("chain.pem"), house.path("key.pem"));
    let house = house.with("DESKBELL_SERVER__TLS_CERTIFICATE", certificate.to_str().unwrap());
    house.with("DESKBELL_SERVER__TLS_KEY", key.to_str().unwrap())
}

/// Puts a certificate where the server looks for one.
fn put(house: &House, identity: &Identity) {
    std::fs::write(house.path("chain.pem"), &identity.authority).unwrap();
    std::fs::write(house.path("key.pem"), &identity.key).unwrap();
}

const SERVE: &str = "serve --listen 127.0.0.1:0";

async fn get(server: &Server, identity: &Identity, path: &str) -> Answer {
    let line = connect(server.address, &identity.authority, &TLS13).await.unwrap();
    Request::new("GET", path).send_over(line).await
}

/// Whether the server shows this certificate to whoever comes now.
async fn shows(server: &Server, identity: &Identity) -> bool {
    connect(server.address, &identity.authority, &TLS13).await.is_ok()
}

#[tokio::test]
async fn pages_and_the_api_are_served_by_tls_and_the_address_says_so() {
    let identity = Identity::of("localhost");
    let mut house = protected(&identity);
    let socket = house.path("desk.sock");
    house.set("DESKBELL_SERVER__OPERATOR_LISTEN", "127.0.0.1:0");
    let unix = format!("unix:{}", socket.display());
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--listen", &unix];
    let mut server = house.launch(&arguments);
    let url = server.line("Deskbell is ready: ").await;
    let port = url.strip_prefix("https://localhost:").unwrap().parse().unwrap();
    server.address.set_port(port);
    assert_eq!(server.line("  Portal       ").await, format!("{url}/admin"));
    for version in [&TLS12, &TLS13] {
        let line = connect(server.address, &identity.authority, version).await.unwrap();
        assert_eq!(line.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let page = Request::new("GET", "/demo").send_over(line).await;
        assert_eq!((page.status, page.text().contains("<html")), (200, true));
    }
    // Who asks for links gets them as they are to be: cookies of a protected line are for protected lines.
    let signing_in = get(&server, &identity, "/admin/sign-in").await;
    assert!(signing_in.header("set-cookie").contains("Secure"), "{signing_in:?}");
    // A Unix socket leads to a program of this machine, and the operator's listener is for this machine.
    let mut plain = UnixStream::connect(&socket).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut got = String::new();
    soon("the answer", plain.read_to_string(&mut got)).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 200 OK"), "{got}");
    server.learn_operators(&house).await;
    let figures = Request::new("GET", "/metrics").send(server.operators()).await.text();
    assert!(figures.contains("deskbell_certificate_end_timestamp_seconds"), "{figures}");
    house.logged(&arguments.join(" "), "TLS is spoken ends=4096-01-01T").await;
    assert!(server.stop().await.0.success());
}

#[tokio::test]
async fn a_socket_that_was_handed_over_speaks_tls_and_a_unix_socket_beside_it_does_not() {
    let identity = Identity::of("localhost");
    let house = protected(&identity).with("DESKBELL_SERVER__PUBLIC_URL", "https://localhost");
    let (tcp, path) = (TcpListener::bind("127.0.0.1:0").unwrap(), house.path("desk.sock"));
    let (at, unix) = (tcp.local_addr().unwrap(), UnixListener::bind(&path).unwrap());
    // What systemd does: numbers 3 and 4, of which the process is told by its own id.
    let script =
        "exec 3<&0 4<&2 </dev/null 2>/dev/null; LISTEN_PID=$$ LISTEN_FDS=2 exec \"$0\" serve --listen fd:";
    let mut command = house.command("sh", &["-c", script, env!("CARGO_BIN_EXE_deskbell")]);
    command.stdin(OwnedFd::from(tcp));
    let mut server = House::launched_logging_to(OwnedFd::from(unix).into(), command, &["by", "sh"]);
    server.line("Deskbell is ready: ").await;
    server.address = at;
    assert_eq!(get(&server, &identity, "/demo").await.status, 200);
    assert_eq!(server.get("/demo", "").await.status, 400, "what is plain is told to come by https://");
    let line = UnixStream::connect(&path).await.unwrap();
    assert_eq!(Request::new("GET", "/healthz").send_over(line).await.status, 200);
    // A renewed certificate is shown there, too, and nobody is turned away meanwhile.
    let renewed = Identity::of("localhost");
    put(&house, &renewed);
    server.signal("HUP").await;
    until("the new certificate", async || shows(&server, &renewed).await.then_some(())).await;
    assert!(server.stop().await.0.success());
}

/// S40.
#[tokio::test]
async fn every_transport_works_through_it() {
    let identity = Identity::of("localhost");
    let house = protected(&identity);
    let server = house.start(&["serve", "--listen", "127.0.0.1:0"]).await;
    let line = connect(server.address, &identity.authority, &TLS13).await.unwrap();
    let mut socket = Socket::over(line, "/api/v1/widget/socket", &[]).await.unwrap();
    socket.send(&json!({ "type": "hello" })).await;
    let welcome = socket.next("welcome").await;
    let call = json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "a".repeat(8000) } });
    socket.send(&call).await;
    let told = socket.find("what was said", |frame| frame["event"]["kind"] == "said").await;
    assert_eq!(told["event"]["body"].as_str().unwrap().len(), 8000);
    let polling = get(&server, &identity, "/socket.io/?EIO=4&transport=polling").await;
    assert!(polling.status == 200 && polling.text().contains("\"upgrades\":[\"websocket\"]"), "{polling:?}");
    let line = connect(server.address, &identity.authority, &TLS13).await.unwrap();
    let bearer = format!("Bearer {}", welcome["token"].as_str().unwrap());
    let mut stream =
        EventStream::over(line, "/api/v1/widget/events", &[("Authorization", &bearer)]).await.unwrap();
    stream.next("welcome").await;
    // A drain says goodbye to sockets on protected lines, too.
    let (ended, code) = tokio::join!(server.stop(), socket.closed());
    assert_eq!((ended.0.success(), code), (true, 1001));
}

/// The first words of a client that knows nothing newer than this version of TLS (RFC 4346, section 7.4.1.2).
fn old_hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]); // what should be random
    hello.push(0); // no session
    hello.extend([0, 6, 0x00, 0x2F, 0x00, 0x35, 0xC0, 0x13]); // AES with SHA-1, also by ECDHE
    hello.extend([1, 0]); // no compression
    // P-256, uncompressed, and ECDSA with SHA-1 and SHA-256.
    let extensions = [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 2, 3, 4, 3];
    hello.extend([0, 24]);
    hello.extend(extensions);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    record
}

#[tokio::test]
async fn nothing_older_than_tls_1_2_is_spoken() {
    let house = protected(&Identity::of("localhost"));
    let server = house.serve().await;
    for (minor, name) in [(0, "SSL 3.0"), (1, "TLS 1.0"), (2, "TLS 1.1")] {
        let mut old = TcpStream::connect(server.address).await.unwrap();
        old.write_all(&old_hello(minor)).await.unwrap();
        let mut got = Vec::new();
        soon("the refusal", old.read_to_end(&mut got)).await.unwrap();
        // One alert (21), fatal (2), that names the reason: protocol_version (70).
        assert!(got.len() == 7 && got[0] == 21 && got[5..] == [2, 70], "{name}: {got:?}");
    }
}

#[tokio::test]
async fn whoever_speaks_plain_http_is_told_what_to_do() {
    let house = protected(&Identity::of("localhost"));
    let server = house.serve().await;
    let told = server.get("/admin", "").await;
    assert_eq!((told.status, told.header("connection")), (400, "close"));
    assert!(told.text().contains("https://"), "{told:?}");
    assert_eq!(told.header("strict-transport-security"), "", "what comes in the open is not believed");
    // Neither does a long request get in, nor what is no HTTP an answer.
    let long = server.post("/api/v1/x", "", &json!({ "text": "x".repeat(30_000) })).await;
    assert_eq!(long.status, 400);
    let mut other = TcpStream::connect(server.address).await.unwrap();
    other.write_all(b"\x00\x01\x02").await.unwrap();
    let mut got = Vec::new();
    // Reset or closed: gone either way.
    let _gone = soon("the end", other.read_to_end(&mut got)).await;
    assert!(got.is_empty(), "{got:?}");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_whoever_comes_next_and_the_others_stay() {
    let (old, new) = (Identity::of("localhost"), Identity::of("localhost"));
    let house = protected(&old);
    let server = house.serve().await;
    let line = connect(server.address, &old.authority, &TLS13).await.unwrap();
    let mut socket = Socket::over(line, "/api/v1/widget/socket", &[]).await.unwrap();
    assert!(!shows(&server, &new).await);
    put(&house, &new);
    server.signal("HUP").await;
    until("the new certificate", async || shows(&server, &new).await.then_some(())).await;
    assert!(!shows(&server, &old).await);
    house.logged(SERVE, "the certificate was read again ends=4096-01-01T").await;
    socket.send(&json!({ "type": "hello" })).await;
    socket.next("welcome").await;
}

#[tokio::test]
async fn a_renewal_that_cannot_be_used_leaves_the_old_certificate_in_force() {
    let (old, new) = (Identity::of("localhost"), Identity::of("localhost"));
    let house = protected(&old);
    let server = house.serve().await;
    let told = async |what: &str| {
        server.signal("HUP").await;
        until(what, async || house.log(SERVE).contains(what).then_some(())).await;
        assert!(house.log(SERVE).contains("the new certificate cannot be used, the old one stays"));
        assert!(shows(&server, &old).await, "{what}");
    };
    std::fs::write(house.path("chain.pem"), &new.authority).unwrap();
    told("key.pem) does not belong to the certificate").await;
    std::fs::write(house.path("chain.pem"), "-----BEGIN CERTIFICATE-----\nMII").unwrap();
    told("chain.pem) has no certificate in PEM").await;
    std::fs::remove_file(house.path("key.pem")).unwrap();
    std::fs::remove_file(house.path("chain.pem")).unwrap();
    told("chain.pem) cannot be read: No such file").await;
    assert!(!house.log(SERVE).contains("PRIVATE KEY"), "{}", house.log(SERVE));
    put(&house, &new);
    server.signal("HUP").await;
    until("the new certificate", async || shows(&server, &new).await.then_some(())).await;
}

#[tokio::test]
async fn whoever_says_nothing_is_let_go_in_time_and_keeps_nobody_waiting() {
    let identity = Identity::of("localhost");
    let house = protected(&identity).with("DESKBELL_LIMITS__CONNECTIONS_PER_IP", "1000");
    let server = house.serve().await;
    let begun = Instant::now();
    let mut silent = Vec::new();
    for at in 0..100 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // Some begin a handshake and do not go on.
        stream.write_all(&old_hello(3)[..at % 20]).await.unwrap();
        silent.push(stream);
    }
    assert_eq!(get(&server, &identity, "/healthz").await.status, 200);
    assert!(begun.elapsed().as_secs() < 9, "nobody was in the way of this one: {:?}", begun.elapsed());
    for mut stream in silent {
        let mut got = Vec::new();
        // Reset or closed: gone either way.
        let _gone = soon("the end of a silent one", stream.read_to_end(&mut got)).await;
        assert!(got.is_empty(), "{got:?}");
    }
    assert!(begun.elapsed().as_secs() >= 9, "they had their time: {:?}", begun.elapsed());
}

#[tokio::test]
async fn whoever_is_one_too_many_is_turned_away_at_once() {
    let identity = Identity::of("localhost");
    let house = protected(&identity).with("DESKBELL_LIMITS__CONNECTIONS_PER_IP", "1");
    let server = house.serve().await;
    let line = connect(server.address, &identity.authority, &TLS13).await.unwrap();
    let mut socket = Socket::over(line, "/api/v1/widget/socket", &[]).await.unwrap();
    assert!(!shows(&server, &identity).await);
    socket.send(&json!({ "type": "hello" })).await;
    socket.next("welcome").await;
    drop(socket);
    until("the freed place", async || shows(&server, &identity).await.then_some(())).await;
}

#[tokio::test]
async fn every_fault_of_the_files_is_told_in_a_line_with_the_setting_to_change() {
    let (identity, other) = (Identity::of("localhost"), Identity::of("localhost"));
    let house = protected(&identity);
    let fault = async |start: &str, part: &str| {
        let checked = house.run(&["config", "check"]).await.failure();
        assert!(checked.starts_with(start) && checked.contains(part), "{checked}");
        let refused = house.run(&["serve", "--listen", "127.0.0.1:0"]).await.failure();
        assert!(refused.contains(&checked), "{refused}");
    };
    let put = |name: &str, text: &str| std::fs::write(house.path(name), text).unwrap();
    put("key.pem", &other.key);
    fault("server.tls_key (", "does not belong to the certificate; give the key that").await;
    put("key.pem", "s3cret");
    fault("server.tls_key (", "has no private key in PEM; give the file that").await;
    put("key.pem", &identity.key);
    put("chain.pem", "not PEM");
    fault("server.tls_certificate (", "has no certificate in PEM; give the file that").await;
    std::fs::remove_file(house.path("chain.pem")).unwrap();
    fault("server.tls_certificate (", "cannot be read: No such file or directory (os error 2); the user")
        .await;
    put("chain.pem", &identity.authority);
    let shown = house.run(&["config", "check"]).await.ok();
    assert!(shown.contains("key.pem") && !shown.contains("PRIVATE"), "{shown}");
}

#[tokio::test]
async fn one_file_without_the_other_is_a_fault() {
    let there = Path::new("there.pem").to_str().unwrap();
    let one = House::new().with("DESKBELL_SERVER__TLS_CERTIFICATE", there).run(&["config", "check"]).await;
    let said = one.failure();
    assert!(said.starts_with("server.tls_key must name the file of the private key"), "{said}");
    let one = House::new().with("DESKBELL_SERVER__TLS_KEY", there).run(&["config", "check"]).await.failure();
    assert!(one.starts_with("server.tls_certificate must name the file of the certificate"), "{one}");
}

#[tokio::test]
async fn links_that_would_not_open_are_warned_about() {
    let house = protected(&Identity::of("localhost"));
    let house = house.with("DESKBELL_SERVER__PUBLIC_URL", "http://desk.example");
    let ended = house.run(&["config", "check"]).await;
    assert!(ended.err.contains("server.public_url begins with http://, and TLS is spoken"), "{ended:?}");
    ended.ok();
}
