//! The message as it goes over the wire.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use crate::letter::{Rendered, one_line, subject_line};
use crate::look::Needed;
use crate::settings::Sender;

/// The message cannot be made: the address is none, or a header is refused.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be made: {0}")]
pub(crate) struct Unmakeable(String);

/// A message and where it goes.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

/// Puts a rendered letter into a message. Header values are on one line before they come near lettre, which
/// panics on a line break in a name. `id` is what the `Message-ID` has before the host: the same at every try, so
/// that a mail that was sent twice is one mail to a mail program.
pub(crate) fn build(
    id: &str,
    needed: &Needed,
    rendered: &Rendered,
    from: &Sender,
    now: Timestamp,
) -> Result<Outgoing, Unmakeable> {
    let host = from.domain();
    let to = address(&needed.address)?;
    let name = needed.name.as_deref().map(|name| header_text(name, 80)).filter(|name| !name.is_empty());
    let thread: Vec<String> = needed.thread.iter().map(|root| format!("<{root}@{host}>")).collect();
    let mut builder = Message::builder()
        .message_id(Some(format!("<{id}@{host}>")))
        .date(system_time(now))
        .from(from.mailbox().clone())
        .to(Mailbox::new(name, to.clone()))
        .subject(subject_line(&without_encoded_words(&rendered.subject), 150))
        // Nobody's out-of-office reply is wanted (RFC 3834; the second is Exchange's own).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"));
    if let Some(innermost) = thread.last() {
        builder = builder.in_reply_to(innermost.clone()).references(thread.join(" "));
    }
    // An address that mail programs might read differently is worth no header.
    if let Some(reply_to) = needed.reply_to.as_deref().and_then(|text| domain::text::Email::new(text).ok()) {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to.as_str())?));
    }
    let parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text)?)
        .singlepart(part(ContentType::TEXT_HTML, &rendered.html)?);
    let message = builder.multipart(parts).map_err(|error| Unmakeable(error.to_string()))?;
    Ok(Outgoing { to, bytes: message.formatted() })
}

fn address(text: &str) -> Result<Address, Unmakeable> {
    text.parse().map_err(|_| Unmakeable("the recipient's address is none".to_owned()))
}

fn header_text(text: &str, limit: usize) -> String {
    one_line(&without_encoded_words(text), limit)
}

/// One line, in which nothing reads as an encoded word: lettre hands `=?utf-8?q?=0D=0A…?=` on as it is, and the
/// reader's mail program would decode it into a line break.
fn without_encoded_words(text: &str) -> String {
    subject_line(text, usize::MAX).replace("=?", "= ?")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Base64 whatever the text: no server on the way has a line to fold, a dot to stuff or a bare CR to trip over.
fn part(kind: ContentType, text: &str) -> Result<SinglePart, Unmakeable> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::Base64)
        .map_err(|_| Unmakeable("base64 refused a text".to_owned()))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0))
}
