//! The dialogue with one client.

use std::convert::Infallible;
use std::time::Duration;

use super::identity::Identity;
use super::record::{Received, Record};
use super::script::{Answer, Reached, Step};
use super::server::Protection;
use super::wire::{Stream, Wire};

/// The line ends here, for whatever reason.
pub(super) struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// Speaks with one client until either side hangs up.
pub(super) async fn hold(stream: Box<dyn Stream>, record: &Record, protection: Protection) {
    let connection = record.opened();
    let _ended = greet(stream, record, connection, protection).await;
    record.closed();
}

async fn greet(
    stream: Box<dyn Stream>,
    record: &Record,
    connection: usize,
    protection: Protection,
) -> Result<Infallible, Over> {
    let (stream, offers) = match protection {
        Protection::Plain => (stream, None),
        Protection::StartTls(identity) => (stream, Some(identity)),
        Protection::Implicit(identity) => (handshake(stream, record, connection, &identity).await?, None),
    };
    let wire = Some(Wire::new(stream, record, connection));
    Dialogue { wire, record, connection, offers, from: String::new(), to: Vec::new() }.run().await
}

async fn handshake(
    stream: Box<dyn Stream>,
    record: &Record,
    connection: usize,
    identity: &Identity,
) -> Result<Box<dyn Stream>, Over> {
    match record.answer(reached(Step::Handshake, connection)) {
        Answer::Stall => never().await,
        Answer::HangUp => Err(Over),
        _ => Ok(Box::new(identity.accept(stream).await?)),
    }
}

const fn reached(step: Step, connection: usize) -> Reached<'static> {
    Reached { step, line: "", before: 0, connection, to: &[], data: "" }
}

async fn never() -> ! {
    std::future::pending::<Infallible>().await;
    unreachable!("it never comes")
}

struct Dialogue<'a> {
    /// Absent only while TLS is put over it.
    wire: Option<Wire<'a>>,
    record: &'a Record,
    connection: usize,
    /// With whom to protect the line when the client asks.
    offers: Option<Identity>,
    from: String,
    to: Vec<String>,
}

impl Dialogue<'_> {
    async fn say(&mut self, words: &str) -> Result<(), Over> {
        let wire = self.wire.as_mut().ok_or(Over)?;
        Ok(wire.write(format!("{words}\r\n").as_bytes()).await?)
    }

    async fn drip(&mut self, words: &str, pause: Duration) -> Result<(), Over> {
        for byte in format!("{words}\r\n").bytes() {
            tokio::time::sleep(pause).await;
            self.wire.as_mut().ok_or(Over)?.write(&[byte]).await?;
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<String, Over> {
        self.wire.as_mut().ok_or(Over)?.line().await?.ok_or(Over)
    }

    /// Answers a step; true when that was a 2xx or a 3xx.
    async fn answer(&mut self, step: Step, line: &str, data: &str, fine: &str) -> Result<bool, Over> {
        let at = Reached { line, data, to: &self.to, ..reached(step, self.connection) };
        match self.record.answer(at) {
            Answer::Fine => {
                self.say(fine).await?;
                Ok(true)
            }
            Answer::Say(words) => {
                self.say(&words).await?;
                Ok(words.starts_with(['2', '3']))
            }
            Answer::SayAndHangUp(words) => {
                self.say(&words).await?;
                Err(Over)
            }
            Answer::HangUp => Err(Over),
            Answer::Stall => never().await,
            Answer::Drip(pause) => {
                self.drip(fine, pause).await?;
                Ok(true)
            }
        }
    }

    async fn run(mut self) -> Result<Infallible, Over> {
        self.answer(Step::Greeting, "", "", "220 sink.example ESMTP").await?;
        loop {
            let line = self.hear().await?;
            self.record.heard(&line);
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            self.obey(&verb, &line).await?;
        }
    }

    async fn obey(&mut self, verb: &str, line: &str) -> Result<(), Over> {
        match verb {
            "EHLO" => {
                let more = if self.offers.is_some() { "250 STARTTLS" } else { "250 AUTH PLAIN LOGIN" };
                let fine = format!("250-sink.example\r\n250-8BITMIME\r\n{more}");
                self.answer(Step::Ehlo, line, "", &fine).await?;
            }
            "STARTTLS" => self.protect(line).await?,
            "AUTH" => {
                self.answer(Step::Auth, line, "", "235 2.7.0 welcome").await?;
            }
            "MAIL" => {
                if self.answer(Step::Mail, line, "", "250 2.1.0 Ok").await? {
                    self.from = within_brackets(line);
                    self.to.clear();
                }
            }
            "RCPT" => {
                if self.answer(Step::Rcpt, line, "", "250 2.1.5 Ok").await? {
                    self.to.push(within_brackets(line));
                }
            }
            "DATA" => {
                if self.answer(Step::Data, line, "", "354 go ahead").await? {
                    self.take().await?;
                }
            }
            "NOOP" => {
                self.answer(Step::Noop, line, "", "250 2.0.0 Ok").await?;
            }
            "RSET" => {
                self.answer(Step::Rset, line, "", "250 2.0.0 Ok").await?;
            }
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Err(Over);
            }
            _ => self.say("500 5.5.2 what?").await?,
        }
        Ok(())
    }

    async fn protect(&mut self, line: &str) -> Result<(), Over> {
        let Some(identity) = self.offers.clone() else {
            return self.say("502 5.5.1 not here").await;
        };
        if !self.answer(Step::StartTls, line, "", "220 2.0.0 ready").await? {
            return Ok(());
        }
        self.offers = None;
        let stream = self.wire.take().ok_or(Over)?.into_stream();
        let stream = handshake(stream, self.record, self.connection, &identity).await?;
        self.wire = Some(Wire::new(stream, self.record, self.connection));
        Ok(())
    }

    /// Takes a mail to its lone dot, and keeps it whether or not that is answered well: a server that dies then
    /// may have delivered it.
    async fn take(&mut self) -> Result<(), Over> {
        let mut data = String::new();
        loop {
            let line = self.hear().await?;
            if line == "." {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push('\n');
        }
        let (from, to) = (std::mem::take(&mut self.from), self.to.clone());
        let mut place = 0;
        self.record.mails.send_modify(|mails| {
            place = mails.len();
            mails.push(Received { from, to, data: data.clone(), taken: false });
        });
        let taken = self.answer(Step::Dot, "", &data, "250 2.0.0 Ok: queued as 4T2").await?;
        self.to.clear();
        // Somebody may have emptied the list meanwhile.
        self.record.mails.send_if_modified(|mails| match mails.get_mut(place) {
            Some(mail) if taken && mail.data == data => {
                mail.taken = true;
                true
            }
            _ => false,
        });
        Ok(())
    }
}

fn within_brackets(line: &str) -> String {
    let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    address.map_or_else(String::new, |(address, _)| address.to_owned())
}
