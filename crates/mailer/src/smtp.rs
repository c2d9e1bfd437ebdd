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
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use crate::letter::one_line;
use crate::settings::SettingsFault;
use crate::smtp_url::{SmtpUrl, Tls};

/// A connection is given back to the server after so many mails.
const MAILS_PER_CONNECTION: u32 = 100;
/// A connection that was idle for longer is not used again: servers hang up on those.
const IDLE: Duration = Duration::from_secs(20);

/// Why a mail did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Whether trying again is pointless.
    pub(crate) permanent: bool,
    /// At which step, and what the server said.
    pub(crate) reply: String,
}

/// The mail server, with the connections to it that are idle.
pub(crate) struct Smtp {
    url: SmtpUrl,
    tls: Option<TlsParameters>,
    hello: ClientId,
    patience: Duration,
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
            Tls::Implicit | Tls::Required => Some(TlsParameters::new(url.host.clone()).map_err(|error| {
                SettingsFault { key: "mail.url", detail: format!("cannot be used with TLS: {error}") }
            })?),
        };
        Ok(Self { url, tls, hello: ClientId::default(), patience, idle: Mutex::default() })
    }

    /// Hands one mail over and returns the server's words. A connection on which anything went wrong is
    /// dropped, never used again.
    pub(crate) async fn send(&self, from: &Address, to: &Address, mail: &[u8]) -> Result<String, Failure> {
        let mut line = match self.idle_line().await {
            Some(line) => line,
            None => self.connect().await?,
        };
        let connection = &mut line.connection;
        let limit = self.patience;
        let envelope = Mail::new(Some(from.clone()), Vec::new());
        step("MAIL FROM", limit, connection.command(envelope)).await?;
        step("RCPT TO", limit, connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        step("DATA", limit, connection.command(Data)).await?;
        // A server may scan the mail before it answers the final dot: twice the time.
        let reply = step("the mail", limit * 2, connection.message(mail)).await?;
        line.mails += 1;
        line.used_at = Instant::now();
        if line.mails < MAILS_PER_CONNECTION {
            self.lines().push(line);
        }
        Ok(words_of(&reply))
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        // The list stays whole whatever panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn idle_line(&self) -> Option<Line> {
        loop {
            let mut line = self.lines().pop()?;
            let fresh = line.used_at.elapsed() < IDLE;
            if fresh && timeout(Duration::from_secs(2), line.connection.test_connected()).await == Ok(true) {
                return Some(line);
            }
        }
    }

    /// Connects, protects the line, signs in. What fails here is the server's or the operator's fault, not the
    /// recipient's: it is worth another try even when the server calls it permanent.
    async fn connect(&self) -> Result<Line, Failure> {
        let server = (self.url.host.as_str(), self.url.port);
        let implicit = self.tls.clone().filter(|_| self.url.tls == Tls::Implicit);
        let opening = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, implicit, None);
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

    /// Says good-bye on the connections that are idle.
    pub(crate) async fn hang_up(&self) {
        let lines = std::mem::take(&mut *self.lines());
        for mut line in lines {
            // The server may be gone; it does not hold up the shutdown.
            let _gone = timeout(Duration::from_secs(1), line.connection.quit()).await;
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("url", &self.url).finish_non_exhaustive()
    }
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
        Ok(Err(error)) => {
            Err(Failure { permanent: error.is_permanent(), reply: format!("{name}: {}", reason(&error)) })
        }
        Err(_) => Err(Failure {
            permanent: false,
            reply: format!("{name}: no answer within {} s", limit.as_secs()),
        }),
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
