//! R24: the network breaks in every way it can, again and again, while two people talk.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalogue::{Attempt, Outcome};
use crate::check;
use crate::clients::http::Http;
use crate::clients::{Cut, Person, Side, Transport};
use crate::house::{House, Owner, PATIENCE};
use crate::proxy::{Lane, Proxy, Weather};

/// How soon somebody is served again once the network is well: all but one in a hundred times.
const WITHIN: Duration = Duration::from_secs(2);
/// How long somebody waits before they try again to connect.
const AGAIN: Duration = Duration::from_millis(20);
/// The longest time for which the network is ill, in milliseconds.
const LONGEST: u64 = 250;

/// Breaks each transport's network so often; all transports at the same time.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.patient();
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let mut pairs = JoinSet::new();
    for (transport, n) in Transport::ALL.into_iter().zip(0..) {
        let dice = StdRng::seed_from_u64(attempt.seed.wrapping_add(n << 40));
        pairs.spawn(pair(server.address, transport, owner.clone(), attempt.count, dice));
    }
    let (mut people, mut waits) = (Vec::new(), Vec::new());
    while let Some(ended) = pairs.join_next().await {
        let (pair, took) = ended??;
        people.extend(pair);
        waits.extend(took);
    }
    let seen = check::end(&house, server, &mut people).await?;
    waits.sort_unstable();
    let late = waits[waits.len() * 99 / 100];
    ensure!(late <= WITHIN, "99 % were served again only after {late:?}");
    let saw = format!(
        "{} transports; {seen}; 99 % served again within {} ms",
        Transport::ALL.len(),
        late.as_millis()
    );
    Ok(Outcome { did: waits.len() as u64, saw })
}

/// A visitor over this transport and an admin over WebSocket talk, each through a network of their own.
async fn pair(
    to: SocketAddr,
    transport: Transport,
    owner: Owner,
    times: u64,
    mut dice: StdRng,
) -> anyhow::Result<(Vec<Person>, Vec<Duration>)> {
    let mut open = async || anyhow::Ok(Arc::new(Proxy::open(to, dice.random()).await?));
    let networks = [open().await?, open().await?];
    let word = transport.as_str();
    let mut visitor = Person::visitor(&format!("{word}-v"), transport);
    visitor.connect(networks[0].address).await?;
    let call = visitor.call(None).await?;
    visitor.answered(&call).await?;
    while visitor.conversation().is_none() {
        visitor.hear().await?;
    }
    let conversation = visitor.conversation().context("a call has a conversation")?.to_owned();
    let mut admin = Person::admin(&format!("{word}-a"), Transport::WebSocket, &owner);
    admin.connect(networks[1].address).await?;
    admin.follow(&conversation).await?;
    let join = admin.verb("join", Some(&conversation)).await?;
    admin.answered(&join).await?;
    let (stop, mut talking, mut served) = (CancellationToken::new(), JoinSet::new(), Vec::new());
    for (person, network) in [visitor, admin].into_iter().zip(&networks) {
        let (tell, told) = watch::channel(0_u64);
        served.push(told);
        let dice = StdRng::seed_from_u64(dice.random());
        let talk = Talk {
            server: to,
            network: Arc::clone(network),
            conversation: conversation.clone(),
            dice,
            tell,
            stop: stop.clone(),
        };
        talking.spawn(talk.go_on(person));
    }
    let mut waits = Vec::new();
    for cut in 0..times {
        let whose = usize::from(dice.random_bool(0.3));
        let well = break_it(&networks[whose], &mut dice).await;
        let before = *served[whose].borrow_and_update();
        // Whoever gives up says why at the end.
        let served = timeout(PATIENCE, served[whose].wait_for(|count| *count > before)).await;
        if served.with_context(|| format!("{word}: not served again after cut {cut}"))?.is_err() {
            break;
        }
        waits.push(well.elapsed());
    }
    stop.cancel();
    let mut people = Vec::new();
    while let Some(talked) = talking.join_next().await {
        let mut person = talked??;
        // What the judge waits for comes over a network that is well.
        person.connect(to).await?;
        people.push(person);
    }
    Ok((people, waits))
}

/// Breaks a network; returns when it is well again, with that moment.
async fn break_it(network: &Proxy, dice: &mut StdRng) -> Instant {
    let hole = Lane { black_hole: true, ..Lane::default() };
    let bad = Lane {
        delay: Duration::from_millis(dice.random_range(0..60)),
        jitter: Duration::from_millis(dice.random_range(0..60)),
        bytes_per_second: Some(dice.random_range(2_000..60_000)),
        black_hole: false,
    };
    let well = Weather::default();
    let ill = match dice.random_range(0..7) {
        0 => well,
        // In the middle of a frame, of a hello, of a handshake.
        1 => Weather { cut_after: Some(dice.random_range(1..3_000)), ..well },
        2 => Weather { refusing: true, ..well },
        3 => Weather { up: hole, ..well },
        4 => Weather { down: hole, ..well },
        5 => Weather::dead(),
        _ => Weather { up: bad, down: bad, ..well },
    };
    network.set(ill);
    if ill.refusing || (ill != well && ill.cut_after.is_none() && dice.random_bool(0.2)) {
        network.reset_all();
    }
    if ill != well {
        sleep(Duration::from_millis(dice.random_range(0..LONGEST))).await;
    }
    // What was held back does not come any more: it was lost with the connection.
    if dice.random_bool(0.5) {
        network.reset_all();
    } else {
        network.close_all();
    }
    network.set(well);
    Instant::now()
}

/// One of the two who talk.
struct Talk {
    /// Where the server is, and the network on the way to it.
    server: SocketAddr,
    network: Arc<Proxy>,
    conversation: String,
    dice: StdRng,
    /// Counts what was acknowledged.
    tell: watch::Sender<u64>,
    stop: CancellationToken,
}

impl Talk {
    /// Talks until the end, and comes back after every cut.
    async fn go_on(mut self, mut person: Person) -> anyhow::Result<Person> {
        while !self.stop.is_cancelled() || person.record.open().next().is_some() {
            let went = if person.is_connected() {
                self.burst(&mut person).await
            } else {
                person.connect(self.network.address).await
            };
            match went {
                Ok(()) => {}
                Err(Cut::Silent(what)) => {
                    let open: Vec<&str> = person.record.open().map(|sent| sent.id.as_str()).collect();
                    let beside =
                        self.answers_beside(person.token().map(str::to_owned), person.record.side).await;
                    bail!(
                        "{}: nothing came though the network is well: {what}; open are {open:?}; beside the network \
                         the server {beside}; {:?}",
                        person.record.name,
                        self.network
                    )
                }
                Err(_) => {
                    person.cut();
                    sleep(AGAIN).await;
                }
            }
        }
        Ok(person)
    }

    /// What the server itself has to say to somebody who is not served: whose fault is it?
    async fn answers_beside(&self, token: Option<String>, side: Side) -> String {
        let mut http = Http::new(self.server, token);
        let path = format!("{}/conversations/{}", side.api(), self.conversation);
        match timeout(Duration::from_secs(5), http.ask("GET", &path, None)).await {
            Ok(Ok(reply)) => format!("answers with {}", reply.status),
            Ok(Err(cut)) => format!("cuts: {cut}"),
            Err(_) => "says nothing either".to_owned(),
        }
    }

    async fn burst(&mut self, person: &mut Person) -> Result<(), Cut> {
        person.all_answered().await?;
        self.tell.send_modify(|count| *count += 1);
        if self.stop.is_cancelled() {
            return Ok(());
        }
        for _ in 0..self.dice.random_range(1..=2) {
            let words = person.words();
            person.say(Some(&self.conversation), words).await?;
        }
        // A person's page sends so many in a minute, not in a second.
        sleep(Duration::from_millis(self.dice.random_range(60..160))).await;
        person.all_answered().await
    }
}
