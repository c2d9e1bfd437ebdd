//! `deskbell health`: asks the server that runs by these settings how it is, for whatever starts and watches it: an image without a shell has
//! no other program that could.

mod door;

use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::http::StatusCode;
use serde_json::Value;

use crate::cli::{Health, Place};
use crate::telemetry;
use door::Door;

/// For how long an answer is waited for: `3s`, but not `0s`.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    let patience = web::rate_limit::duration(text).filter(|patience| !patience.is_zero());
    patience.ok_or_else(|| "must be a duration such as 3s".to_owned())
}

/// What the server says of itself.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// It does what it was asked for.
    Well(&'static str),
    /// It runs, and cannot serve for these reasons.
    NotReady(String),
    /// It is not Deskbell that answers, or not under this name.
    Strange(String),
}

/// Prints one line if it is well, and fails if it is not.
pub(crate) async fn run(place: &Place, health: &Health) -> anyhow::Result<()> {
    let mut settings = super::load(place)?;
    super::listen_at(&mut settings, &health.listen);
    let doors = door::all(&settings.server);
    if doors.is_empty() {
        bail!(
            "the settings name no address to ask at; set server.operator_listen, such as [\"127.0.0.1:4100\"]"
        );
    }
    let words = tokio::time::timeout(health.timeout, first_answer(&doors, health.alive)).await;
    let words = words.with_context(|| {
        let tried: Vec<String> = doors.iter().map(ToString::to_string).collect();
        format!("no answer within {} s ({})", health.timeout.as_secs(), tried.join(", "))
    })??;
    telemetry::tell(&words);
    Ok(())
}

/// Asks at one after the other until Deskbell answers: the operator's listener, which comes first, may be off, or its default port another
/// program's.
async fn first_answer(doors: &[Door], alive: bool) -> anyhow::Result<String> {
    let (path, judge): (_, fn(StatusCode, &Bytes) -> Answer) =
        if alive { ("/healthz", judge_alive) } else { ("/readyz", judge_ready) };
    let mut told = Vec::new();
    for door in doors {
        match door.ask(path).await.map(|(status, body)| judge(status, &body)) {
            Ok(Answer::Well(words)) => return Ok(format!("{words} ({door})")),
            Ok(Answer::NotReady(why)) => bail!("not ready: {why} ({door})"),
            Ok(Answer::Strange(why)) => told.push(format!("{door}: {why}")),
            Err(error) => told.push(format!("{door}: {error:#}")),
        }
    }
    bail!("it does not answer: {}", told.join("; "))
}

fn judge_alive(status: StatusCode, body: &Bytes) -> Answer {
    if status == StatusCode::OK && body.trim_ascii() == b"ok" {
        Answer::Well("alive")
    } else {
        strange(status)
    }
}

fn judge_ready(status: StatusCode, body: &Bytes) -> Answer {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let failed: Option<Vec<&str>> =
        said["failed"].as_array().map(|failed| failed.iter().filter_map(Value::as_str).collect());
    match (said["ready"].as_bool(), failed.as_deref()) {
        (Some(true), _) => Answer::Well("ready"),
        // Whoever is told that a server is not well starts it anew or takes it away, and neither brings a mail server back.
        (Some(false), Some(["mail"])) => {
            Answer::Well("ready, but a mail has waited for more than ten minutes: deskbell doctor")
        }
        (Some(false), Some(failed)) => Answer::NotReady(failed.join(", ")),
        _ => strange(status),
    }
}

fn strange(status: StatusCode) -> Answer {
    Answer::Strange(if status == StatusCode::MISDIRECTED_REQUEST {
        "it answers to another name (421); server.public_url here is not that of the running server"
            .to_owned()
    } else {
        format!("it is not Deskbell that answers there ({status})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_restart_may_help_counts_as_not_ready() {
        let judge = |status: u16, body: &'static str| {
            judge_ready(StatusCode::from_u16(status).unwrap(), &Bytes::from_static(body.as_bytes()))
        };
        assert_eq!(judge(200, r#"{"ready":true,"failed":[]}"#), Answer::Well("ready"));
        let mail = judge(503, r#"{"ready":false,"failed":["mail"]}"#);
        assert!(matches!(mail, Answer::Well(words) if words.contains("a mail has waited")), "{mail:?}");
        for (body, why) in [
            (r#"{"ready":false,"failed":["starting"]}"#, "starting"),
            (r#"{"ready":false,"failed":["database"]}"#, "database"),
            (r#"{"ready":false,"failed":["mail","database"]}"#, "mail, database"),
        ] {
            assert_eq!(judge(503, body), Answer::NotReady(why.to_owned()));
        }
        for (status, body) in [(200, "ok"), (404, "{}"), (503, ""), (421, r#"{"code":"misdirected"}"#)] {
            assert!(matches!(judge(status, body), Answer::Strange(_)), "{status} {body}");
        }
    }

    #[test]
    fn a_time_in_which_nobody_can_answer_is_none() {
        assert_eq!(patience("3s"), Ok(Duration::from_secs(3)));
        for wrong in ["0s", "3", "soon", ""] {
            assert!(patience(wrong).is_err(), "{wrong}");
        }
    }
}
