//! Whether mails can leave.

use domain::clock::{Clock, SystemClock};

use super::Finding;
use crate::settings::Settings;

/// Connects to the mail server, protects the line and signs in; with an address, sends a mail there.
pub(super) async fn server(settings: &Settings, mail_to: Option<&str>) -> Vec<Finding> {
    const ABOUT: &str = "mail";
    let (Some(url), Some(from)) = (&settings.mail.url, &settings.mail.from) else {
        let what = "mails are kept in the built-in mailbox: nobody is mailed of a call";
        return vec![Finding::doubtful(ABOUT, what, "set mail.url and mail.from")];
    };
    if let Err(reply) = mailer::probe(url).await {
        let advice = "check mail.url: host, port, user, password; whether this machine may reach it; smtps:// or smtp://";
        return vec![Finding::broken(ABOUT, format!("{url}: {reply}"), advice)];
    }
    let mut findings =
        vec![Finding::fine(ABOUT, format!("{url}: reached, and signed in where it asks for that"))];
    findings.push(match mail_to {
        None => Finding::fine(ABOUT, "nothing was sent; --mail-to you@desk.example sends one"),
        Some(to) => match mailer::send_test(url, from, to, &settings.site.name, SystemClock.now()).await {
            Ok(reply) => Finding::fine(ABOUT, format!("a mail to {to} was taken: {reply}")),
            Err(reply) => {
                let advice =
                    "the server's words say why; mail.from has to be an address that it lets you send from";
                Finding::broken(ABOUT, format!("a mail to {to} was not taken: {reply}"), advice)
            }
        },
    });
    findings
}
