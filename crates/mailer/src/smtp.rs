//! Hands mails to a mail server, step by step, so that each step has its own limit and its own verdict.
//!
//! lettre's own pool is not used: it bounds idle connections only, its asynchronous side puts a time limit on
//! connecting alone, and a connection that was given up in the middle of a dialogue goes back into it.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use crate::addresses::Addresses;
use crate::letter::one_line;
use crate::settings::SettingsFault;
use crate::smtp_url::{SmtpUrl, Tls};

/// A connection is given back to the server after so many mails.
const MAILS_PER_CONNECTION: u32 = 100;
/// A connection that was idle for longer is not used again: servers hang up on those.
const IDLE: Duration = Duration::from_secs(20);
/// A server that has nothing to decide answers at once or not at all.
const GOOD_BYE: Duration = Duration::from_millis(400);
/// One address of several must not use up the time that connecting has.
const PER_ADDRESS: Duration = Duration::from_secs(10);

/// Why a mail did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Whether trying again is pointless.
    pub(crate) permanent: bool,
    /// Whether the server said so, and will hear the next mail.
    pub(crate) answered: bool,
    /// At which step, and what the server said.
    pub(crate) reply: String,
}

/// The mail server, with the connections to it that are idle.
pub(crate) struct Smtp {
    url: SmtpUrl,
    tls: Option<TlsParameters>,
    hello: ClientId,
    patience: Duration,
    addresses: Addresses,
    idle: Mutex<Vec<Line>>,
}

/// One connection.
struct Line {
    connection: AsyncSmtpConnection,
    mails: u32,
    used_at: Instant,
}

impl Smtp {
    pub(crate) fn new(url: SmtpUrl, patience: Duration) -> Result<Self, SettingsFault> {
        let tls = match url.tls {
            Tls::None => None,
            Tls::Implicit | Tls::Required => Some(parameters(&url).map_err(|error| SettingsFault {
                key: "mail.url",
                detail: format!("cannot be used with TLS: {error}"),
            })?),
        };
        Ok(Self {
            url,
            tls,
            hello: ClientId::default(),
            patience,
            addresses: Addresses::default(),
            idle: Mutex::default(),
        })
    }

    /// Hands one mail over and returns the server's words. A line on which the server did not answer is dropped,
    /// never used again: its answer could still come, and would be taken for that to the next command.
    pub(crate) async fn send(&self, from: &Address, to: &Address, mail: &[u8]) -> Result<String, Failure> {
        let mut line = match self.idle_line().await {
            Some(line) => line,
            None => self.connect().await?,
        };
        let outcome = line.hand_over(from, to, mail, self.patience).await;
        let usable = match &outcome {
            Ok(_) => true,
            Err(failure) => failure.answered && line.start_over().await,
        };
        line.mails += 1;
        line.used_at = Instant::now();
        if usable && line.mails < MAILS_PER_CONNECTION {
            self.lines().push(line);
        } else if usable {
            line.hang_up().await;
        }
        outcome
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        // The list stays whole whatever panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn idle_line(&self) -> Option<Line> {
        loop {
            let mut line = self.lines().pop()?;
            if !line.is_fresh() {
                continue;
            }
            match timeout(GOOD_BYE, line.connection.test_connected()).await {
                Ok(true) => return Some(line),
                Ok(false) => {}
                // The server is silent: to ask it on every line would take a moment for each.
                Err(_) => self.lines().clear(),
            }
        }
    }

    /// Connects, protects the line, signs in. What fails here is the server's or the operator's fault, not the
    /// recipient's: it is worth another try even when the server calls it permanent.
    async fn connect(&self) -> Result<Line, Failure> {
        let (host, port) = (self.url.host.as_str(), self.url.port);
        let lookup = async { Ok(tokio::net::lookup_host((host, port)).await?.collect()) };
        let found = self.addresses.of(lookup).await.map_err(|fault| {
            let reply = one_line(&format!("connecting: {fault}"), 300);
            Failure { permanent: false, answered: false, reply }
        })?;
        let implicit = self.tls.clone().filter(|_| self.url.tls == Tls::Implicit);
        let limit = Some(PER_ADDRESS);
        let opening = AsyncSmtpConnection::connect_tokio1(&found[..], limit, &self.hello, implicit, None);
        let mut connection = step("connecting", self.patience, opening).await.map_err(passing)?;
        if let (Tls::Required, Some(tls)) = (self.url.tls, &self.tls) {
            let upgrade = connection.starttls(tls.clone(), &self.hello);
            step("STARTTLS", self.patience, upgrade).await.map_err(passing)?;
        }
        if let Some((user, password)) = &self.url.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            let sign_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
            step("signing in", self.patience, sign_in).await.map_err(passing)?;
        }
        Ok(Line { connection, mails: 0, used_at: Instant::now() })
    }

    /// Hangs up on the lines that were idle for long.
    pub(crate) async fn hang_up_idle(&self) {
        let stale: Vec<Line> = self.lines().extract_if(.., |line| !line.is_fresh()).collect();
        for line in stale {
            line.hang_up().await;
        }
    }

    /// Hangs up on all lines that are not in use.
    pub(crate) async fn hang_up(&self) {
        let lines = std::mem::take(&mut *self.lines());
        for line in lines {
            line.hang_up().await;
        }
    }
}

impl Line {
    async fn hand_over(
        &mut self,
        from: &Address,
        to: &Address,
        mail: &[u8],
        limit: Duration,
    ) -> Result<String, Failure> {
        let connection = &mut self.connection;
        let envelope = Mail::new(Some(from.clone()), Vec::new());
        step("MAIL FROM", limit, connection.command(envelope)).await?;
        step("RCPT TO", limit, connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        step("DATA", limit, connection.command(Data)).await?;
        // A server may scan the mail before it answers the final dot: twice the time.
        let reply = step("the mail", limit * 2, connection.message(mail)).await?;
        Ok(words_of(&reply))
    }

    fn is_fresh(&self) -> bool {
        self.used_at.elapsed() < IDLE
    }

    /// Makes the server forget a mail that it refused, so that one bad recipient costs no new connection.
    async fn start_over(&mut self) -> bool {
        matches!(timeout(GOOD_BYE, self.connection.command(Rset)).await, Ok(Ok(_)))
    }

    /// Says good-bye; whether the server hears it does not matter.
    async fn hang_up(mut self) {
        let _gone = timeout(GOOD_BYE, self.connection.abort()).await;
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("url", &self.url).finish_non_exhaustive()
    }
}

fn parameters(url: &SmtpUrl) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(url.host.clone());
    for authority in &url.authorities {
        builder = builder.add_root_certificate(Certificate::from_pem(authority.as_bytes())?);
    }
    builder.build()
}

/// Tries whether the server can be reached, protected and signed in to; sends nothing. For `deskbell doctor`.
pub async fn probe(url: &SmtpUrl) -> Result<(), String> {
    let smtp = Smtp::new(url.clone(), Duration::from_secs(10)).map_err(|fault| fault.to_string())?;
    let line = smtp.connect().await.map_err(|failure| failure.reply)?;
    smtp.lines().push(line);
    smtp.hang_up().await;
    Ok(())
}

fn passing(failure: Failure) -> Failure {
    Failure { permanent: false, ..failure }
}

async fn step<T>(
    name: &str,
    limit: Duration,
    doing: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failure> {
    match timeout(limit, doing).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure {
            permanent: error.is_permanent(),
            // 421 announces that the server hangs up.
            answered: error.status().is_some_and(|code| u16::from(code) != 421),
            reply: format!("{name}: {}", reason(&error)),
        }),
        Err(_) => {
            let reply = format!("{name}: no answer within {} s", limit.as_secs());
            Err(Failure { permanent: false, answered: false, reply })
        }
    }
}

/// The server's words where it answered, the cause where it did not.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        let text = found.to_string();
        // Wrappers repeat what they wrap.
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        cause = found.source();
    }
    let causes = if causes.is_empty() { error.to_string() } else { causes.join(": ") };
    let text = error.status().map_or_else(|| causes.clone(), |code| format!("{code} {causes}"));
    one_line(&text, 300)
}

fn words_of(reply: &Response) -> String {
    let words: Vec<&str> = reply.message().collect();
    one_line(&format!("{} {}", reply.code(), words.join(" ")), 300)
}
