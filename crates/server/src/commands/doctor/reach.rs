//! Whether the public address leads here, for pages and for WebSockets, through whatever stands in front.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::Timestamp;
use futures_util::{SinkExt, StreamExt};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use web::socket::close;

use super::Finding;
use super::data::story;
use crate::outward::Target;
use crate::settings::Settings;

const ABOUT: &str = "public URL";
/// How long any of it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The public address, as a browser asks there.
struct Public(Target);

impl Public {
    async fn get(&self, path: &str) -> Result<(StatusCode, HeaderMap), String> {
        let request = Request::get(path).header(header::HOST, &self.0.authority).body(Body::empty());
        let request = request.map_err(|error| error.to_string())?;
        let answer = in_time(self.0.send(request)).await?.map_err(|error| format!("{error:#}"))?;
        Ok((answer.status(), answer.headers().clone()))
    }

    /// Opens a WebSocket, says something before `hello`, and hears whether the answer to that comes back.
    async fn socket(&self) -> Result<(), String> {
        let scheme = if self.0.protected { "wss" } else { "ws" };
        let address = format!("{scheme}://{}/api/v1/widget/socket", self.0.authority);
        let line = in_time(self.0.connect()).await?.map_err(|error| format!("{error:#}"))?;
        let (mut socket, _) = in_time(client_async(address, line)).await?.map_err(|error| story(&error))?;
        let talk = async {
            socket.send(Message::text(r#"{"type":"ping"}"#)).await.map_err(|error| story(&error))?;
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == close::NO_HELLO => Ok(()),
                Some(Ok(other)) => Err(format!("it answered {other:?}")),
                Some(Err(error)) => Err(story(&error)),
                None => Err("it hung up".to_owned()),
            }
        };
        in_time(talk).await?
    }
}

async fn in_time<T>(doing: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(PATIENCE, doing)
        .await
        .map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))
}

/// Asks at the public address, as a visitor's browser would. Returns the time that it is there, too.
pub(super) async fn public_url(settings: &Settings) -> (Vec<Finding>, Option<Timestamp>) {
    let Some(url) = &settings.server.public_url else {
        let what = "is not set: links in mails lead to this machine, and only its own browsers find it";
        let advice = "set server.public_url to the address that visitors and admins use";
        let mails = settings.mail.url.is_some();
        let finding = if mails { Finding::doubtful(ABOUT, what, advice) } else { Finding::fine(ABOUT, what) };
        return (vec![finding], None);
    };
    let Some(target) = Target::of(url).map(Public) else {
        return (vec![Finding::broken(ABOUT, format!("{url} is no address"), "see server.public_url")], None);
    };
    let mut findings = Vec::new();
    if target.0.is_open_to_others() {
        let advice = "put a web server with TLS in front (deploy/), and https:// into server.public_url";
        findings.push(Finding::doubtful(
            ABOUT,
            format!("{url} is not protected: words and cookies can be read"),
            advice,
        ));
    }
    let theirs = match target.get("/readyz").await {
        Ok((status, headers)) => {
            findings.push(answered(url, status, &headers));
            time_of(&headers)
        }
        Err(why) => {
            let advice = if why.starts_with("TLS") && settings.server.tls.is_some() {
                "check server.tls_certificate: it has to be for this name, from an authority that browsers know, with its whole chain"
            } else if why.starts_with("TLS") {
                "check the certificate of the web server in front, and that it speaks TLS at this port"
            } else {
                "start it (deskbell serve); check the name's address, the firewall, and the web server in front"
            };
            findings.push(Finding::broken(ABOUT, format!("{url}: {why}"), advice));
            return (findings, None);
        }
    };
    findings.push(match target.socket().await {
        Ok(()) => Finding::fine("WebSocket", "opens, and what is said goes both ways"),
        Err(why) => {
            let advice = "let the web server in front pass Upgrade on (deploy/nginx.conf, deploy/Caddyfile); until then \
                          visitors go by server-sent events, and admins' pages ask again and again";
            Finding::broken("WebSocket", why, advice)
        }
    });
    (findings, theirs)
}

fn answered(url: &str, status: StatusCode, headers: &HeaderMap) -> Finding {
    // Every answer of ours has one.
    let ours = headers.contains_key("x-request-id");
    match status {
        StatusCode::OK if ours => Finding::fine(ABOUT, format!("{url} leads here, and is ready")),
        StatusCode::MISDIRECTED_REQUEST if ours => {
            let advice = "hand the Host on as it came (nginx: proxy_set_header Host $host), or correct server.public_url";
            Finding::broken(ABOUT, format!("{url}: asked for under another name (421)"), advice)
        }
        StatusCode::SERVICE_UNAVAILABLE if ours => Finding::broken(
            ABOUT,
            format!("{url} is not ready (503)"),
            "its log says why; ask again in a moment",
        ),
        _ => {
            let advice =
                "it is not Deskbell that answers there: check where the web server in front leads to";
            Finding::broken(ABOUT, format!("{url} answers {status}"), advice)
        }
    }
}

fn time_of(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let date = OffsetDateTime::parse(date, &Rfc2822).ok()?;
    Some(Timestamp(date.unix_timestamp() * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_an_answer_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(header::DATE, "Sat, 21 Nov 2026 05:00:24 GMT".parse().unwrap());
        assert_eq!(time_of(&headers).unwrap().to_string(), "2026-11-21T05:00:24.000Z");
    }
}
