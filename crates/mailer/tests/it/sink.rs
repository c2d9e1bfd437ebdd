//! A mail server that answers as it is told, step by step, and remembers what it was given.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::tls::Identity;

/// A step of the dialogue, in the words of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
}

/// What the server does at a step.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// What it should.
    Fine,
    /// It says this line instead.
    Say(&'static str),
    /// It hangs up.
    HangUp,
    /// It says nothing more, and keeps the line.
    Stall,
}

/// Decides by the step, the line that led to it (the recipient's address is in it), and how often this step was
/// reached before.
pub(crate) type Script = dyn Fn(Step, &str, usize) -> Answer + Send + Sync;

/// A mail that the server has taken, or was about to.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
}

impl Received {
    pub(crate) fn message_id(&self) -> String {
        let line = self.data.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        line.expect("every mail has a Message-ID").to_owned()
    }
}

struct Shared {
    script: Box<Script>,
    mails: watch::Sender<Vec<Received>>,
    lines: Mutex<Vec<String>>,
    reached: Mutex<Vec<Step>>,
    open: AtomicUsize,
    most: AtomicUsize,
    opened: AtomicUsize,
}

/// How the server protects its lines.
#[derive(Clone)]
pub(crate) enum Protection {
    /// Not at all.
    Plain,
    /// From the first byte.
    Implicit(Identity),
    /// When the client asks by STARTTLS.
    StartTls(Identity),
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A running server; it ends with its handle.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Sink {
    /// One that takes everything.
    pub(crate) async fn friendly() -> Self {
        Self::scripted(|_, _, _| Answer::Fine).await
    }

    pub(crate) async fn scripted(
        script: impl Fn(Step, &str, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener, Protection::Plain, script)
    }

    /// One that takes everything over a protected line.
    pub(crate) async fn protected(protection: Protection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener, protection, |_, _, _| Answer::Fine)
    }

    pub(crate) fn on(
        listener: TcpListener,
        protection: Protection,
        script: impl Fn(Step, &str, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            script: Box::new(script),
            mails: watch::Sender::default(),
            lines: Mutex::default(),
            reached: Mutex::default(),
            open: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
        });
        let stop = CancellationToken::new();
        let (serving, token) = (Arc::clone(&shared), stop.clone());
        let tasks = TaskTracker::new();
        let lines = tasks.clone();
        tasks.spawn(async move {
            while let Some(Ok((stream, _))) = token.run_until_cancelled(listener.accept()).await {
                let (shared, token, protection) = (Arc::clone(&serving), token.clone(), protection.clone());
                lines.spawn(async move {
                    let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
                    shared.most.fetch_max(open, Ordering::SeqCst);
                    shared.opened.fetch_add(1, Ordering::SeqCst);
                    let _ended =
                        token.run_until_cancelled(serve(Box::new(stream), &shared, protection)).await;
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, shared, stop }
    }

    /// Waits until `enough` of what it has taken.
    pub(crate) async fn mails_until(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let mut mails = self.shared.mails.subscribe();
        let found = tokio::time::timeout(super::world::PATIENCE, mails.wait_for(|mails| enough(mails))).await;
        found.expect("the mails come in time").expect("the server is up").clone()
    }

    pub(crate) fn mails(&self) -> Vec<Received> {
        self.shared.mails.borrow().clone()
    }

    /// Every command line it was sent.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.shared.lines.lock().expect("not poisoned").clone()
    }

    /// The most connections that were open at once, and how many there were in all.
    pub(crate) fn connections(&self) -> (usize, usize) {
        (self.shared.most.load(Ordering::SeqCst), self.shared.opened.load(Ordering::SeqCst))
    }
}

struct Dialogue<'a> {
    stream: BufReader<Box<dyn Wire>>,
    shared: &'a Shared,
    /// With whom to protect the line when the client asks.
    offers: Option<Identity>,
}

/// The line ends here.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

async fn serve(stream: Box<dyn Wire>, shared: &Shared, protection: Protection) {
    let (stream, offers) = match protection {
        Protection::Plain => (stream, None),
        Protection::StartTls(identity) => (stream, Some(identity)),
        Protection::Implicit(identity) => match identity.accept(stream).await {
            Ok(stream) => (Box::new(stream) as Box<dyn Wire>, None),
            // The client does not trust us.
            Err(_) => return,
        },
    };
    let mut dialogue = Dialogue { stream: BufReader::new(stream), shared, offers };
    // Whoever hangs up, the dialogue is over, and what was taken is on record.
    let Err(Over) = dialogue.run().await else { return };
}

impl Dialogue<'_> {
    async fn say(&mut self, line: &str) -> Result<(), Over> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
        Ok(())
    }

    async fn hear(&mut self) -> Result<String, Over> {
        let mut bytes = Vec::new();
        if self.stream.read_until(b'\n', &mut bytes).await? == 0 {
            return Err(Over);
        }
        let line = String::from_utf8(bytes).expect("a mailer sends ASCII");
        let line = line.strip_suffix("\r\n").expect("every line ends with CRLF");
        assert!(!line.contains(['\r', '\n', '\0']), "a bare CR or a NUL: {line:?}");
        assert!(line.len() <= 998, "a line too long");
        Ok(line.to_owned())
    }

    /// Answers a step; true when it was answered as it should be.
    async fn answer(&mut self, step: Step, line: &str, fine: &str) -> Result<bool, Over> {
        let before = {
            let mut reached = self.shared.reached.lock().expect("not poisoned");
            reached.push(step);
            reached.iter().filter(|other| **other == step).count() - 1
        };
        match (self.shared.script)(step, line, before) {
            Answer::Fine => {
                self.say(fine).await?;
                Ok(true)
            }
            Answer::Say(words) => {
                self.say(words).await?;
                Ok(words.starts_with('2') || words.starts_with('3'))
            }
            Answer::HangUp => Err(Over),
            Answer::Stall => std::future::pending().await,
        }
    }

    async fn run(&mut self) -> Result<(), Over> {
        self.answer(Step::Greeting, "", "220 sink.example ESMTP").await?;
        let (mut from, mut to) = (String::new(), Vec::new());
        loop {
            let line = self.hear().await?;
            self.shared.lines.lock().expect("not poisoned").push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let more = if self.offers.is_some() { "250 STARTTLS" } else { "250 AUTH PLAIN LOGIN" };
                    self.answer(Step::Ehlo, &line, &format!("250-sink.example\r\n250-8BITMIME\r\n{more}"))
                        .await?;
                }
                "STARTTLS" => self.protect().await?,
                "AUTH" => {
                    self.answer(Step::Auth, &line, "235 2.7.0 welcome").await?;
                }
                "MAIL" => {
                    if self.answer(Step::Mail, &line, "250 2.1.0 Ok").await? {
                        from = within_brackets(&line);
                        to.clear();
                    }
                }
                "RCPT" => {
                    if self.answer(Step::Rcpt, &line, "250 2.1.5 Ok").await? {
                        to.push(within_brackets(&line));
                    }
                }
                "DATA" => {
                    if self.answer(Step::Data, &line, "354 go ahead").await? {
                        self.take(&from, &to).await?;
                    }
                }
                "NOOP" | "RSET" => self.say("250 Ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(());
                }
                _ => self.say("500 what?").await?,
            }
        }
    }

    async fn protect(&mut self) -> Result<(), Over> {
        let identity = self.offers.take().ok_or(Over)?;
        self.say("220 2.0.0 ready").await?;
        let (plain, _) = tokio::io::duplex(1);
        let stream = std::mem::replace(&mut self.stream, BufReader::new(Box::new(plain)));
        self.stream = BufReader::new(Box::new(identity.accept(stream.into_inner()).await?));
        Ok(())
    }

    /// Takes a mail to its lone dot, and keeps it whether or not that is answered well: a server that dies then
    /// may have delivered it.
    async fn take(&mut self, from: &str, to: &[String]) -> Result<(), Over> {
        let mut data = String::new();
        loop {
            let line = self.hear().await?;
            if line == "." {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push('\n');
        }
        let mail = Received { from: from.to_owned(), to: to.to_vec(), data };
        self.shared.mails.send_modify(|mails| mails.push(mail));
        self.answer(Step::Dot, "", "250 2.0.0 Ok: queued as 4T2").await?;
        Ok(())
    }
}

fn within_brackets(line: &str) -> String {
    let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    address.expect("an address in brackets").0.to_owned()
}
