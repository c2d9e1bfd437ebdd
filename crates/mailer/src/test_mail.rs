//! A mail that an operator asks for, to see whether mails arrive.

use std::time::Duration;

use domain::Timestamp;
use lettre::Address;
use lettre::message::{Mailbox, Message};

use crate::letter::one_line;
use crate::message::system_time;
use crate::settings::Sender;
use crate::smtp::Smtp;
use crate::smtp_url::SmtpUrl;

/// How long the server may take for a step.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a mail to `to`, and returns the server's words; those that say no as an error. For `deskbell doctor`.
pub async fn send_test(
    url: &SmtpUrl,
    from: &Sender,
    to: &str,
    site: &str,
    now: Timestamp,
) -> Result<String, String> {
    let to: Address = to.parse().map_err(|_| format!("{to} is no e-mail address"))?;
    let body = "This mail was asked for with `deskbell doctor`: mails of your desk leave, and this one has arrived.\n\n\
                deskbell doctor 명령으로 보낸 메일입니다. 메일이 정상적으로 나가고 있어요.\n";
    let message = Message::builder()
        .date(system_time(now))
        .from(from.mailbox().clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&format!("{site}: test of Deskbell's mails"), 150))
        .body(body.to_owned())
        .map_err(|error| error.to_string())?;
    let smtp = Smtp::new(url.clone(), PATIENCE).map_err(|fault| fault.to_string())?;
    let sent = smtp.send(&from.mailbox().email, &to, &message.formatted()).await;
    smtp.hang_up().await;
    sent.map_err(|failure| failure.reply)
}
