//! S15: whether somebody is an admin cannot be told from what the doors answer to strangers, nor from how long it takes.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::Instant;

use crate::catalogue::{Attempt, Outcome};
use crate::check::ranks;
use crate::clients::http::Http;
use crate::house::{House, Owner, Server};

/// So many mails for a new password may be asked for by one address (`portal::auth::forgot`).
const MAILS: u64 = 3;
/// How far apart the medians may be, unless so few samples cannot tell.
const APART: Duration = Duration::from_millis(1);
/// Two kinds of samples differ when chance alone would show as much less than once in a hundred times, ...
const Z: f64 = 2.576;
/// ... and so often in a row, with fresh ones, in the same direction: once in some hundred thousand times.
const TRIES: u64 = 3;

/// Who is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// An admin.
    Admin,
    /// Somebody who was one.
    Disabled,
    /// Nobody.
    Nobody,
}

/// A door that strangers knock at with an address.
struct Door {
    name: &'static str,
    path: &'static str,
    /// Beside the address and the token.
    fields: &'static str,
    /// Who is held against [`Who::Nobody`].
    known: Who,
}

const DOORS: [Door; 3] = [
    Door {
        name: "sign-in",
        path: "/admin/sign-in",
        fields: "&password=not+the+right+one",
        known: Who::Admin,
    },
    Door {
        name: "sign-in, disabled",
        path: "/admin/sign-in",
        fields: "&password=not+the+right+one",
        known: Who::Disabled,
    },
    Door { name: "forgotten password", path: "/admin/forgot", fields: "", known: Who::Admin },
];

/// Asks each door so often for somebody and for nobody, in random order.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.patient();
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let admins = attempt.count * TRIES / MAILS + 1;
    let addresses = invite(&server, &owner, admins).await?;
    house.run(&["admin", "add", "gone@desk.example", "--password-stdin"], "a long and good one\n").await?;
    house.run(&["admin", "disable", "gone@desk.example"], "").await?;
    house.posted().await?;
    house.calm().await?;

    let mut stranger = Stranger::come(&server, attempt.seed, addresses).await?;
    let mut saw = Vec::new();
    for door in &DOORS {
        let (mut told, mut before) = (String::new(), None);
        for _ in 0..TRIES {
            let (known, nobody) = stranger.knock(door, attempt.count).await?;
            let found = ranks::compare(&known, &nobody);
            let (one, other) = found.medians;
            told = format!("{}: medians {one:?} and {other:?}, z = {:.2}", door.name, found.z);
            let differ = found.z.abs() > Z || one.abs_diff(other) > APART.max(found.unsure.mul_f64(Z));
            let way = found.z.is_sign_positive();
            if !differ || before.is_some_and(|before: bool| before != way) {
                before = None;
                break;
            }
            before = Some(way);
        }
        ensure!(before.is_none(), "it can be told from the time, {TRIES} times in a row: {told}");
        saw.push(told);
    }
    server.kill().await?;
    Ok(Outcome { did: attempt.count, saw: saw.join("; ") })
}

/// Adds so many admins, and returns their addresses.
async fn invite(server: &Server, owner: &Owner, count: u64) -> anyhow::Result<Vec<String>> {
    let mut http = Http::new(server.address, Some(owner.token.clone()));
    let mut addresses = Vec::new();
    for nth in 0..count {
        let address = format!("admin-{nth:06}@desk.example");
        let reply = http
            .ask("POST", "/api/v1/admin/admins", Some(&json!({ "email": address, "name": address })))
            .await?;
        ensure!(reply.is_ok(), "no admin was added: {reply:?}");
        addresses.push(address);
    }
    Ok(addresses)
}

/// Who knocks.
struct Stranger {
    http: Http,
    /// The cookie of the forms, and the token in it.
    cookie: String,
    chance: StdRng,
    /// Admins who may be asked for, each [`MAILS`] times.
    admins: Vec<String>,
    /// How often somebody was asked for at the door for a new password.
    asked: u64,
    /// Status and lines of the answer to the first who asked at a door; no later one differs.
    answer: Option<(u16, Vec<String>)>,
}

impl Stranger {
    async fn come(server: &Server, seed: u64, admins: Vec<String>) -> anyhow::Result<Self> {
        let mut http = Http::new(server.address, None);
        let page = http.page("/admin/sign-in").await?;
        let cookie = page.headers().get("Set-Cookie").context("the form has no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let chance = StdRng::seed_from_u64(seed);
        Ok(Self { http, cookie, chance, admins, asked: 0, answer: None })
    }

    /// How long so many answers took, for those who are known and for nobody.
    async fn knock(&mut self, door: &Door, count: u64) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
        let (mut known, mut nobody) = (Vec::new(), Vec::new());
        let count = usize::try_from(count)?;
        self.answer = None;
        while known.len() < count || nobody.len() < count {
            let left = [count - known.len(), count - nobody.len()];
            let who = if self.chance.random_range(0..left[0] + left[1]) < left[0] {
                door.known
            } else {
                Who::Nobody
            };
            let took = self.ask(door, who).await?;
            if who == Who::Nobody { nobody.push(took) } else { known.push(took) }
        }
        Ok((known, nobody))
    }

    async fn ask(&mut self, door: &Door, who: Who) -> anyhow::Result<Duration> {
        let address = self.address(door, who)?;
        let token = self.cookie.split_once('=').map(|(_, token)| token).unwrap_or_default();
        let fields = format!("csrf={token}&email={}{}", address.replace('@', "%40"), door.fields);
        let begun = Instant::now();
        let answer = self.http.post_form(door.path, &self.cookie, fields).await?;
        let took = begun.elapsed();
        let page = String::from_utf8_lossy(answer.body()).replace(&address, "…");
        // All but the time at which it was asked for.
        let lines = page.lines().filter(|line| !line.contains("\"deskbell-now\""));
        let answer = (answer.status().as_u16(), lines.map(str::to_owned).collect());
        let first = self.answer.get_or_insert_with(|| answer.clone());
        let differs = answer.1.iter().zip(&first.1).find(|(one, other)| one != other);
        ensure!(*first == answer, "{}: {who:?} is answered {} and {differs:?}", door.name, answer.0);
        ensure!(!matches!(answer.0, 403 | 429 | 500..), "{}: {}", door.name, answer.0);
        Ok(took)
    }

    fn address(&mut self, door: &Door, who: Who) -> anyhow::Result<String> {
        Ok(match who {
            Who::Nobody => format!("admin-{:06}@else.example", self.chance.random_range(0..1_000_000)),
            Who::Disabled => "gone@desk.example".to_owned(),
            Who::Admin if door.fields.is_empty() => {
                let nth = usize::try_from(self.asked / MAILS)?;
                self.asked += 1;
                self.admins.get(nth).context("all admins have been asked for")?.clone()
            }
            Who::Admin => self.admins[self.chance.random_range(0..self.admins.len())].clone(),
        })
    }
}
