//! Runs the binary: a command to its end, or a server until it is told to stop.

use std::ffi::OsStr;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::http::{Answer, Request};
use testkit::socket::Socket;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long anything may take before a test gives up: debug builds on a busy machine are slow.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The pause between two looks at something that nobody rings for.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, future).await;
    done.unwrap_or_else(|_| panic!("it takes too long: {what}"))
}

/// Looks again and again until there is something.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    soon(what, found).await
}

/// A data folder, and the settings with which everything in it runs.
pub(crate) struct House {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a command has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// What it has said, if all went well.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Its one line about what went wrong.
    pub(crate) fn failure(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let mut lines = self.err.lines();
        let line = lines.next().unwrap().strip_prefix("deskbell: ").expect("says who speaks").to_owned();
        assert_eq!(lines.next(), None, "one line says it");
        line
    }
}

impl House {
    pub(crate) fn new() -> Self {
        // Tests run side by side: the operator's listener would take a port from one of them.
        let environment = vec![("DESKBELL_SERVER__OPERATOR_LISTEN".to_owned(), String::new())];
        Self { folder: tempfile::tempdir().unwrap(), environment }
    }

    /// With a setting more, by environment.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.environment.push((key.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path());
        command.env_clear().env("DESKBELL_DATA", self.data()).env("RUST_LOG", "info");
        command.envs(self.environment.iter().map(|(key, value)| (key, value))).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "").await
    }

    /// The same, with something to read.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(env!("CARGO_BIN_EXE_deskbell"), arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read may be gone before it was written.
        let _unread = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = soon("a command", child.wait_with_output()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts a server with all roles on a free port.
    pub(crate) async fn serve(&self) -> Server {
        self.start(&["serve", "--listen", "127.0.0.1:0"]).await
    }

    /// Where the log of a server that was started with these arguments goes.
    fn log_file(&self, arguments: &str) -> PathBuf {
        self.path(&format!("{}.log", arguments.replace('/', "-")))
    }

    /// What a server that was started with these arguments has logged.
    pub(crate) fn log(&self, arguments: &str) -> String {
        std::fs::read_to_string(self.log_file(arguments)).unwrap()
    }

    /// Waits until a server that was started with these arguments has logged this: it writes down at its leisure.
    pub(crate) async fn logged(&self, arguments: &str, what: &str) {
        until(what, async || self.log(arguments).contains(what).then_some(())).await;
    }

    /// Starts a server, and does not wait for anything.
    pub(crate) fn launch(&self, arguments: &[&str]) -> Server {
        self.launched(self.command(env!("CARGO_BIN_EXE_deskbell"), arguments), arguments)
    }

    /// Starts a server that logs elsewhere, and waits until it says that it is ready.
    pub(crate) async fn start_logging_to(&self, log: impl Into<Stdio>, arguments: &[&str]) -> Server {
        let command = self.command(env!("CARGO_BIN_EXE_deskbell"), arguments);
        let mut server = Self::launched_logging_to(log.into(), command, arguments);
        server.ready().await;
        server
    }

    /// Has another program start one, with something to read.
    pub(crate) fn launch_by(&self, program: &str, arguments: &[&str], input: Stdio) -> Server {
        let mut command = self.command(program, arguments);
        command.stdin(input);
        self.launched(command, &["by", program])
    }

    fn launched(&self, command: Command, named: &[&str]) -> Server {
        let log = self.log_file(&named.join(" "));
        let log = std::fs::File::options().append(true).create(true).open(log).unwrap();
        Self::launched_logging_to(log.into(), command, named)
    }

    /// Starts a server whose standard error is what is given.
    pub(crate) fn launched_logging_to(log: Stdio, mut command: Command, named: &[&str]) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Server { child, stdout, address: nowhere, operators: nowhere, started: named.join(" ") }
    }

    /// Starts a server, and waits until it says that it is ready.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Server {
        let mut server = self.launch(arguments);
        server.ready().await;
        server
    }

    /// Reads or changes what is stored, as no command would.
    pub(crate) async fn sql(&self, statement: &str) -> String {
        let mut command = Command::new("sqlite3");
        let database = self.data().join("deskbell.db");
        let done = command.arg("-cmd").arg(".timeout 20000").arg(database).arg(statement).output();
        let done = soon("sqlite3", done).await.expect("the program sqlite3");
        assert!(done.status.success(), "{statement}");
        String::from_utf8(done.stdout).expect("text")
    }

    /// Adds an owner with an API token, whose text is returned.
    pub(crate) async fn owner(&self, address: &str) -> String {
        self.run_with(&["admin", "add", address, "--password-stdin"], "a quiet bell rings twice\n")
            .await
            .ok();
        let made = self.run(&["token", "create", "--admin", address]).await.ok();
        made.lines().last().unwrap().to_owned()
    }
}

/// A running server; it is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    operators: SocketAddr,
    /// The arguments.
    started: String,
}

impl Server {
    /// Where its operator's listener is, once that was learnt.
    pub(crate) fn operators(&self) -> SocketAddr {
        self.operators
    }

    /// Reads from its log where the operator's listener is.
    pub(crate) async fn learn_operators(&mut self, house: &House) {
        let told = until("the operator's listener", async || {
            let log = house.log(&self.started);
            let line = log.lines().find(|line| line.contains("operators may ask here"))?;
            line.rsplit_once("127.0.0.1:")?.1.trim().parse().ok()
        });
        self.operators.set_port(told.await);
    }

    async fn ready(&mut self) {
        let ready = self.line("Deskbell is ready: ").await;
        let port = ready.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        self.address.set_port(port.unwrap_or_else(|| panic!("no port in {ready:?}")));
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// What follows `start` in the next line that contains it.
    pub(crate) async fn line(&mut self, start: &str) -> String {
        loop {
            let line = soon(start, self.stdout.next_line()).await.unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended before it said {start:?}"));
            if let Some((_, rest)) = line.split_once(start) {
                return rest.to_owned();
            }
        }
    }

    /// Sends it a signal: `HUP`.
    pub(crate) async fn signal(&self, name: &str) {
        // The shell's own `kill`: the program of this name is not on every machine.
        let ask = format!("kill -{name} {}", self.pid());
        let asked = Command::new("sh").args(["-c", &ask]).status().await.unwrap();
        assert!(asked.success());
    }

    /// Asks it to stop; returns how it ended, and what it had said besides.
    pub(crate) async fn stop(mut self) -> (ExitStatus, Vec<String>) {
        self.signal("TERM").await;
        let mut said = Vec::new();
        while let Some(line) = soon("its last words", self.stdout.next_line()).await.unwrap() {
            said.push(line);
        }
        (soon("its end", self.child.wait()).await.unwrap(), said)
    }

    /// Kills it as the operating system does: at once, wherever it is.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Kills it, and goes on without waiting for its end.
    pub(crate) fn begin_kill(&mut self) {
        self.child.start_kill().unwrap();
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        Request::new("GET", path).bearer(token).send(self.address).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        Request::new("POST", path).bearer(token).json(body).send(self.address).await
    }

    /// A visitor's socket after its welcome, which is returned, too.
    pub(crate) async fn visitor(&self, hello: Value) -> (Socket, Value) {
        let mut socket = Socket::open(self.address, "/api/v1/widget/socket", &[]).await.unwrap();
        let mut frame = hello;
        frame["type"] = json!("hello");
        socket.send(&frame).await;
        let welcome = socket.next("welcome").await;
        (socket, welcome)
    }
}

/// Whether only its owner can do anything with it.
pub(crate) fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode().trailing_zeros() >= 6
}
