//! A data folder, the settings with which everything in it runs, and the servers that are started on it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use domain::clock::{Clock, SystemClock};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use storage::{Admins, Conversations, Meta, NoticeFilter, NoticeState, Outbox, Page, Spared};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// How long anything may take before it counts as hung: debug builds on a busy machine are slow.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The longest that anything waits here without a promise.
const SHORTLY: Duration = Duration::from_secs(3);

/// The pause between two looks at something that nobody rings for.
const LOOK: Duration = Duration::from_millis(20);

/// A data folder of its own, gone with its last owner.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
    binary: PathBuf,
    environment: Vec<(String, String)>,
    /// What the server's command is run by: `strace …`, `faketime …`.
    wrapper: Vec<String>,
}

impl House {
    /// A house for this program, with every limit off that a load would meet.
    pub(crate) fn new(binary: &Path) -> anyhow::Result<Self> {
        let binary = binary.canonicalize().with_context(|| {
            format!("{} is not there: build it with `cargo build -p server`", binary.display())
        })?;
        let folder = tempfile::tempdir().context("no temporary folder can be made")?;
        let house = Self { folder, binary, environment: Vec::new(), wrapper: Vec::new() };
        let off = [
            "MESSAGES_PER_VISITOR",
            "CALLS_PER_VISITOR",
            "CALLS_PER_IP",
            "SESSIONS_PER_IP",
            "MAILS_PER_ADMIN",
            "SIGN_INS_PER_ACCOUNT",
            "SIGN_INS_PER_IP",
        ];
        let house = off.iter().fold(house, |house, key| house.with(&format!("LIMITS__{key}"), "off"));
        Ok(house.with("LIMITS__CONNECTIONS_PER_IP", "20000").with("SERVER__OPERATOR_LISTEN", ""))
    }

    /// Where time moves nothing: calls wait for a day.
    pub(crate) fn patient(self) -> Self {
        self.with("WAIT__OFFER_AFTER", "23h")
            .with("WAIT__MOVE_AFTER", "24h")
            .with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#)
    }

    /// With a setting, by its environment's name without the prefix: `WAIT__MOVE_AFTER`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.environment.push((format!("DESKBELL_{key}"), value.to_owned()));
        self
    }

    /// With a variable of the environment that is no setting.
    pub(crate) fn with_variable(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().display().to_string()));
        self
    }

    /// With every command run by another program.
    pub(crate) fn run_by(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// With a ladder of two steps, an offer after 1 s and a move after 2 s: as short as waits can be set.
    pub(crate) fn with_short_waits(self) -> Self {
        let steps = r#"[{"after":"0s","notify":"on-duty"},{"after":"1s","notify":"everyone"}]"#;
        self.with("WAIT__STEPS", steps).with("WAIT__OFFER_AFTER", "1s").with("WAIT__MOVE_AFTER", "2s")
    }

    /// A file or folder in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path("data").join("deskbell.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str);
        let mut command = match words.next() {
            Some(wrapper) => {
                let mut command = Command::new(wrapper);
                command.args(words).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        command.args(arguments).current_dir(self.folder.path()).kill_on_drop(true);
        command.env("DESKBELL_DATA", self.path("data")).env("RUST_LOG", "warn");
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        command
    }

    /// Runs a command of the program to its end, and returns what it printed.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        use tokio::io::AsyncWriteExt;
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take().context("its input is a pipe")?;
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let output = timeout(PATIENCE, child.wait_with_output()).await??;
        ensure!(output.status.success(), "{arguments:?} said {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Adds an owner, who is on duty, with an API token.
    pub(crate) async fn owner(&self, address: &str) -> anyhow::Result<Owner> {
        self.run(&["admin", "add", address, "--role", "owner"], "").await?;
        let made = self.run(&["token", "create", "--admin", address], "").await?;
        let token = made.lines().last().context("no token was printed")?.to_owned();
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let found = store.admin_by_email(address).await;
        store.close().await;
        let (admin, _) = found?.context("the admin was not added")?;
        Ok(Owner { id: admin.id.to_string(), token })
    }

    /// Starts a server with all roles on a free port.
    pub(crate) async fn serve(&self) -> anyhow::Result<Server> {
        self.start(&["serve", "--listen", "127.0.0.1:0"]).await
    }

    /// Starts a server, and waits until it says that it is ready.
    pub(crate) async fn start(&self, arguments: &[&str]) -> anyhow::Result<Server> {
        let mut server = self.launch(arguments)?;
        let ready = timeout(PATIENCE, server.ready()).await;
        ready.context("the server did not become ready")?.with_context(|| self.last_words())?;
        Ok(server)
    }

    /// Starts a server, and does not wait for it.
    pub(crate) fn launch(&self, arguments: &[&str]) -> anyhow::Result<Server> {
        let log = std::fs::File::options().append(true).create(true).open(self.path("server.log"))?;
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(log).spawn()?;
        let stdout = child.stdout.take().context("its output is a pipe")?;
        Ok(Server { child, stdout: BufReader::new(stdout).lines(), address: ([127, 0, 0, 1], 0).into() })
    }

    /// Waits until no mail is due and no call waits but those to which somebody has promised to come: what time does
    /// by itself is done, where `wait.move_after` is at most [`SHORTLY`].
    pub(crate) async fn quiet(&self) -> anyhow::Result<()> {
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let quiet = timeout(PATIENCE, async {
            loop {
                let mail = store.next_notice_at(&Spared::default()).await?;
                let deadline = store.next_deadline().await?;
                let now = SystemClock.now();
                if mail.is_none_or(|at| at > now) && deadline.is_none_or(|at| at > now.plus(SHORTLY)) {
                    return anyhow::Ok(());
                }
                sleep(LOOK).await;
            }
        });
        let quiet = quiet.await.context("calls wait or mails are due for longer than anything may take");
        store.close().await;
        quiet?
    }

    /// Waits until no call waits any more.
    pub(crate) async fn decided(&self) -> anyhow::Result<()> {
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let decided = timeout(PATIENCE, async {
            while store.next_deadline().await?.is_some() {
                sleep(LOOK).await;
            }
            anyhow::Ok(())
        });
        let decided = decided.await.context("calls wait for longer than anything may take");
        store.close().await;
        decided?
    }

    /// Waits until every notice was taken or given up.
    pub(crate) async fn posted(&self) -> anyhow::Result<()> {
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let posted = timeout(PATIENCE, async {
            while store.next_notice_at(&Spared::default()).await?.is_some() {
                sleep(LOOK).await;
            }
            anyhow::Ok(())
        });
        let posted = posted.await;
        let waiting = waiting(&store).await;
        store.close().await;
        posted.with_context(|| {
            format!("mails are on their way for longer than anything may take: {waiting:?}")
        })?
    }

    /// Waits until no mail is due, and nothing was committed since the last look.
    pub(crate) async fn calm(&self) -> anyhow::Result<()> {
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let calm = timeout(PATIENCE, async {
            let mut known = None;
            loop {
                let mail = store.next_notice_at(&Spared::default()).await?;
                let version = store.data_version().await?;
                if mail.is_none_or(|at| at > SystemClock.now()) && known == Some(version) {
                    return anyhow::Ok(());
                }
                known = Some(version);
                sleep(LOOK).await;
            }
        });
        let calm = calm.await.context("mails are due for longer than anything may take");
        store.close().await;
        calm?
    }

    /// Waits until so many calls are due at once, with nobody to look after them.
    pub(crate) async fn overdue(&self, calls: usize) -> anyhow::Result<()> {
        let store = SqliteStorage::open_to_read(&self.database()).await?;
        let limit = u32::try_from(calls)?;
        let due = timeout(PATIENCE, async {
            while store.due(SystemClock.now(), limit).await?.len() < calls {
                sleep(LOOK).await;
            }
            anyhow::Ok(())
        });
        let due = due.await.context("the calls were not due for longer than anything may take");
        store.close().await;
        due?
    }

    /// The end of the servers' log.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(12).collect();
        format!("the log ends with: {}", lines.into_iter().rev().collect::<Vec<_>>().join(" | "))
    }
}

/// The notices that still wait, and what was said about them.
async fn waiting(store: &SqliteStorage) -> Vec<String> {
    let mut waiting = Vec::new();
    for state in [NoticeState::Queued, NoticeState::Retrying] {
        let filter = NoticeFilter { state: Some(state), ..NoticeFilter::default() };
        let found = store.notices(&filter, Page::first(5)).await.map(|page| page.items).unwrap_or_default();
        waiting.extend(found.into_iter().map(|notice| {
            let (attempts, due, reply) = (notice.attempts, notice.due_at, notice.last_reply);
            format!("{} {}, {attempts} tries, due {due}: {reply:?}", notice.kind.as_str(), state.as_str())
        }));
    }
    waiting
}

/// Somebody who answers.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// The id that logs know them by.
    pub(crate) id: String,
    /// An API token.
    pub(crate) token: String,
}

/// A running server; it is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Its process id; 0 once it has ended.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Waits until it says that it is ready, and where.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<()> {
        let ready = self.line("Deskbell is ready: ").await?;
        // Workers have no address of their own, and say that of the settings.
        let port = ready.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        self.address.set_port(port.with_context(|| format!("no port in {ready:?}"))?);
        Ok(())
    }

    /// How many sockets it has open.
    pub(crate) fn sockets(&self) -> anyhow::Result<usize> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.pid()))?;
        let open = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        Ok(open.filter(|to| to.to_string_lossy().starts_with("socket:")).count())
    }

    /// The memory that it really has, in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }

    /// What follows `start` in the next line that contains it.
    async fn line(&mut self, start: &str) -> anyhow::Result<String> {
        while let Some(line) = self.stdout.next_line().await? {
            if let Some((_, rest)) = line.split_once(start) {
                return Ok(rest.to_owned());
            }
        }
        bail!("the server ended before it said {start:?}")
    }

    /// Waits for its end without asking for it.
    pub(crate) async fn died(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// Kills it as the operating system does: at once, wherever it is.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Sends it a signal, by its name: `TERM`, `STOP`, `CONT`.
    pub(crate) async fn signal(&self, name: &str) -> anyhow::Result<()> {
        // The shell's own `kill`: the program of this name is not on every machine.
        let ask = format!("kill -{name} {}", self.pid());
        let asked = Command::new("sh").args(["-c", &ask]).status().await?;
        ensure!(asked.success(), "the server could not be sent {name}");
        Ok(())
    }

    /// Waits until it has been stopped, by a signal.
    pub(crate) async fn is_stopped(&self) -> anyhow::Result<()> {
        let path = format!("/proc/{}/stat", self.pid());
        let stopped = timeout(PATIENCE, async {
            // The state stands behind the name, which is in brackets (proc_pid_stat(5)).
            while !std::fs::read_to_string(&path)?
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('T'))
            {
                sleep(LOOK).await;
            }
            anyhow::Ok(())
        });
        stopped.await.context("the server did not stop")?
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> anyhow::Result<ExitStatus> {
        Ok(timeout(PATIENCE, self.child.wait()).await.context("the server did not end")??)
    }
}

/// Lets us have as many files as we may: a connection is one, and a shell's usual 1,024 are few.
pub(crate) fn allow_files() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}
