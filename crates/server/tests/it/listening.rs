//! Where the binary listens, how it says so, and what it tells those who started it.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::json;
use testkit::http::{Answer, Request, answer, exchange};
use testkit::ports::free;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixDatagram, UnixStream};
use tokio::process::{Child, ChildStdin, Command};
use tokio_util::task::TaskTracker;

use crate::process::{House, soon, until};

async fn alive(at: SocketAddr) -> u16 {
    Request::new("GET", "/healthz").send(at).await.status
}

/// Asks over a Unix socket.
async fn ask(path: &std::path::Path, head: &str) -> Answer {
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut got = Vec::new();
    soon("the answer", stream.read_to_end(&mut got)).await.unwrap();
    answer(&got)
}

/// Another program that has the database to itself: opening it takes until that lets go.
pub(crate) struct Holder {
    _program: Child,
    says: ChildStdin,
}

impl Holder {
    pub(crate) async fn of(house: &House) -> Self {
        std::fs::create_dir(house.data()).unwrap();
        let mut command = Command::new("sqlite3");
        command.arg(house.data().join("deskbell.db")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command.kill_on_drop(true).spawn().expect("the program sqlite3");
        let mut says = program.stdin.take().unwrap();
        says.write_all(b"BEGIN EXCLUSIVE; SELECT 'locked';\n").await.unwrap();
        let mut said = BufReader::new(program.stdout.take().unwrap()).lines();
        assert_eq!(soon("the lock", said.next_line()).await.unwrap().unwrap(), "locked");
        Self { _program: program, says }
    }

    pub(crate) async fn lets_go(&mut self) {
        self.says.write_all(b"COMMIT;\n.quit\n").await.unwrap();
    }
}

#[tokio::test]
async fn ipv6_is_shown_as_a_browser_takes_it_and_answers_there() {
    let house = House::new();
    let mut server = house.launch(&["serve", "--listen", "[::1]:0"]);
    let url = server.line("Deskbell is ready: ").await;
    let at: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
    assert!(at.is_ipv6() && url == format!("http://[::1]:{}", at.port()), "{url}");
    assert_eq!(server.line("  Demo page    ").await, format!("{url}/demo"));
    let request = format!("GET /demo HTTP/1.1\r\nHost: [::1]:{}\r\nConnection: close\r\n\r\n", at.port());
    assert_eq!(exchange(at, request.as_bytes()).await.status, 200);
}

#[tokio::test]
async fn the_any_address_of_ipv6_answers_ipv4_unless_it_was_told_not_to() {
    for (only, reached, name) in [("false", true, "localhost"), ("true", false, "[::1]")] {
        let house = House::new().with("DESKBELL_SERVER__IPV6_ONLY", only);
        let mut server = house.launch(&["serve", "--listen", "[::]:0"]);
        let url = server.line("Deskbell is ready: ").await;
        let port = url.strip_prefix(&format!("http://{name}:")).expect(&url).parse().unwrap();
        assert_eq!(alive(SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port))).await, 200);
        let by_ipv4 = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
        assert_eq!(by_ipv4.is_ok(), reached, "ipv6_only = {only}: {by_ipv4:?}");
        let hint = server.line("  For others   ").await;
        assert!(hint.contains("server.public_url"), "{hint}");
    }
}

#[tokio::test]
async fn a_default_port_that_is_taken_is_left_and_the_true_address_is_told() {
    // Whoever has it already holds it as well as we would.
    let _holder = TcpListener::bind("127.0.0.1:4000");
    let house = House::new();
    let mut server = house.launch(&["serve"]);
    let port: u16 = server.line("Deskbell is ready: http://localhost:").await.parse().unwrap();
    assert!((4001..=4009).contains(&port), "{port}");
    assert_eq!(alive(SocketAddr::from(([127, 0, 0, 1], port))).await, 200);
    house.logged("serve", "Port 4000 is in use, trying 4001 instead.\n").await;
}

#[tokio::test]
async fn a_chosen_port_that_is_taken_names_who_has_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let said =
        House::new().run(&["serve", "--listen", &taken.local_addr().unwrap().to_string()]).await.failure();
    assert!(
        said.contains(&format!("(process {}); stop it, or choose another", std::process::id())),
        "{said}"
    );
}

#[tokio::test]
async fn a_unix_socket_serves_all_and_believes_the_proxy_behind_it_when_it_is_trusted() {
    let mut house = House::new().with("DESKBELL_SERVER__UNIX_MODE", "0600");
    let path = house.path("desk.sock");
    let address = format!("unix:{}", path.display());
    let said = house.run(&["serve", "--listen", &address]).await.failure();
    assert!(said.contains("server.public_url must be set"), "{said}");
    house.set("DESKBELL_SERVER__PUBLIC_URL", "https://desk.example");
    house.set("DESKBELL_SERVER__TRUSTED_PROXIES", "unix");
    let mut server = house.launch(&["serve", "--listen", &address, "--listen", "127.0.0.1:0"]);
    assert_eq!(server.line("Deskbell is ready: ").await, "https://desk.example");
    assert_eq!(server.line("  Also at      ").await, address);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let page = ask(&path, "GET /demo HTTP/1.1\r\nHost: desk.example\r\nX-Forwarded-For: 203.0.113.9").await;
    assert_eq!(page.status, 200);
    house.logged(&format!("serve --listen {address} --listen 127.0.0.1:0"), "203.0.113.9").await;
    // A second one is told, and a killed one leaves nothing that stands in the way.
    let other = House::new().with("DESKBELL_SERVER__PUBLIC_URL", "https://desk.example");
    let said = other.run(&["serve", "--listen", &address]).await.failure();
    assert!(said.contains("in use by another program"), "{said}");
    server.kill().await;
    assert!(path.exists());
    let mut server = house.launch(&["serve", "--listen", &address]);
    server.line("Deskbell is ready: ").await;
    assert!(server.stop().await.0.success());
    assert!(!path.exists(), "it takes its socket away with it");
}

#[tokio::test]
async fn sockets_that_were_handed_over_are_served() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = held.local_addr().unwrap();
    let house = House::new();
    // The shell's number 3 is what systemd would hand over; LISTEN_PID has to be the server's own.
    let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve --listen fd:";
    let mut server = house.launch_by(
        "sh",
        &["-c", script, env!("CARGO_BIN_EXE_deskbell")],
        std::os::fd::OwnedFd::from(held).into(),
    );
    assert_eq!(server.line("Deskbell is ready: ").await, format!("http://localhost:{}", at.port()));
    assert_eq!(alive(at).await, 200);
    assert!(server.stop().await.0.success());
    let said = house.run(&["serve", "--listen", "fd:"]).await.failure();
    assert!(said.contains("no socket was handed over"), "{said}");
}

#[tokio::test]
async fn systemd_is_told_that_it_is_ready_that_it_lives_and_that_it_stops() {
    let mut house = House::new();
    let path = house.path("notify.sock");
    let ear = UnixDatagram::bind(&path).unwrap();
    house.set("NOTIFY_SOCKET", path.to_str().unwrap());
    house.set("WATCHDOG_USEC", "200000");
    let server = house.serve().await;
    let mut told = String::new();
    let mut buffer = [0; 512];
    while told.matches("WATCHDOG=1").count() < 3 || !told.contains("READY=1") {
        let length = soon("a word to systemd", ear.recv(&mut buffer)).await.unwrap();
        told.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    let stopping = async {
        loop {
            let length = ear.recv(&mut buffer).await.unwrap();
            if buffer[..length].starts_with(b"STOPPING=1") {
                return;
            }
        }
    };
    let (ended, ()) = tokio::join!(server.stop(), soon("that it stops", stopping));
    assert!(ended.0.success());
}

#[tokio::test]
async fn who_comes_while_it_starts_waits_and_is_answered() {
    let house = House::new();
    let mut holder = Holder::of(&house).await;
    let at = free();
    let mut server = house.launch(&["serve", "--listen", &at.to_string()]);
    let listens = until("that it listens", async || tokio::net::TcpStream::connect(at).await.ok());
    drop(listens.await);
    assert_eq!(alive(at).await, 200, "it is alive");
    let ready = Request::new("GET", "/readyz").send(at).await;
    assert_eq!((ready.status, ready.json()), (503, json!({ "ready": false, "failed": ["starting"] })));
    let early = TaskTracker::new().spawn(Request::new("GET", "/demo").send(at));
    // It is on its way, and nobody is there to answer it.
    assert_eq!(Request::new("GET", "/readyz").send(at).await.status, 503);
    assert!(!early.is_finished());
    holder.lets_go().await;
    assert_eq!(soon("the page", early).await.unwrap().status, 200);
    server.line("Deskbell is ready: ").await;
    assert_eq!(Request::new("GET", "/readyz").send(at).await.status, 200);
}

#[tokio::test]
async fn asked_to_stop_while_it_starts_it_does() {
    let house = House::new();
    let _holder = Holder::of(&house).await;
    let at = free();
    let server = house.launch(&["serve", "--listen", &at.to_string()]);
    drop(until("that it listens", async || tokio::net::TcpStream::connect(at).await.ok()).await);
    // Had it waited for the database, it would have ended for want of it.
    assert!(server.stop().await.0.success());
}
