//! R26: the cable is pulled, and neither side is told.

use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::catalogue::{Attempt, Outcome};
use crate::clients::http::Http;
use crate::clients::{Cut, Person, Transport};
use crate::house::{House, Owner, Server};
use crate::proxy::{Lane, Proxy, Weather};

/// By then a dead connection is noticed and its place is free: two pings unanswered (45 s), and a moment for a machine that
/// has other things to do.
const NOTICED_WITHIN: Duration = Duration::from_secs(48);
/// Whoever asks later than that is told that the visitor is not there any more: a minute after the last that was heard of
/// them, and such a moment.
const SEEN_WITHIN: Duration = Duration::from_secs(63);
/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// The transports whose server asks now and then whether anybody is there, and waits for an answer.
const ASKED: [Transport; 1] = [Transport::WebSocket];

/// Pulls the cable of so many connections: a third of them towards the server, a third from it, a third both.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.patient();
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let hole = Lane { black_hole: true, ..Lane::default() };
    let holes = [
        Weather { up: hole, ..Weather::default() },
        Weather { down: hole, ..Weather::default() },
        Weather::dead(),
    ];
    let before = server.sockets()?;
    let (mut networks, mut people) = (Vec::new(), Vec::new());
    for (weather, n) in holes.into_iter().zip(0..) {
        let network = Proxy::open(server.address, attempt.seed ^ n).await?;
        people.extend(arrive(&network, attempt.count.div_ceil(3), n).await?);
        networks.push((network, weather));
    }
    let admins = watch(&networks, &owner).await?;
    for (network, weather) in &networks {
        network.set(*weather);
    }
    let pulled = Instant::now();
    let noticed = noticed(&server, before, pulled).await?;
    let mut desk = Http::new(server.address, Some(owner.token.clone()));
    let calls: Vec<String> =
        people.iter().filter_map(|person| person.conversation().map(str::to_owned)).collect();
    for conversation in &calls {
        seen_away(&mut desk, conversation, pulled).await?;
    }
    let seen = pulled.elapsed();
    // The cable is back: everybody comes again, and has everything.
    for (network, _) in &networks {
        network.set(Weather::default());
    }
    let did = people.len() as u64;
    for mut person in people.into_iter().chain(admins) {
        person.connect(server.address).await?;
        person.all_answered().await?;
    }
    server.kill().await?;
    let saw = format!(
        "all noticed after {:.1} s, seen to be away after {:.1} s",
        noticed.as_secs_f64(),
        seen.as_secs_f64()
    );
    Ok(Outcome { did, saw })
}

/// Waits until every dead connection's place is free.
async fn noticed(server: &Server, before: usize, pulled: Instant) -> anyhow::Result<Duration> {
    loop {
        let looked = pulled.elapsed();
        if server.sockets()? <= before {
            return Ok(pulled.elapsed());
        }
        ensure!(looked <= NOTICED_WITHIN, "after {looked:?} dead connections still have a place");
        sleep(LOOK).await;
    }
}

/// Waits until an admin who asks is told that the caller is not there.
async fn seen_away(desk: &mut Http, conversation: &str, pulled: Instant) -> anyhow::Result<()> {
    loop {
        let asked = pulled.elapsed();
        if !is_online(desk, conversation).await? {
            return Ok(());
        }
        ensure!(asked <= SEEN_WITHIN, "after {asked:?} the visitor of {conversation} still counts as there");
        sleep(LOOK).await;
    }
}

/// So many visitors call through this network, and are silent from then on.
async fn arrive(network: &Proxy, count: u64, lane: u64) -> anyhow::Result<Vec<Person>> {
    let mut arriving = JoinSet::new();
    for (n, transport) in (0..count).zip(ASKED.into_iter().cycle()) {
        let (mut person, to) = (Person::visitor(&format!("v{lane}-{n}"), transport), network.address);
        arriving.spawn(async move {
            person.connect(to).await?;
            let call = person.call(None).await?;
            person.answered(&call).await?;
            while person.conversation().is_none() {
                person.hear().await?;
            }
            Ok::<_, Cut>(person)
        });
    }
    let mut people = Vec::new();
    while let Some(arrived) = arriving.join_next().await {
        people.push(arrived??);
    }
    Ok(people)
}

/// An admin's socket through each of the networks.
async fn watch(networks: &[(Proxy, Weather)], owner: &Owner) -> anyhow::Result<Vec<Person>> {
    let mut admins = Vec::new();
    for ((network, _), n) in networks.iter().zip(0..) {
        let mut admin = Person::admin(&format!("a{n}"), Transport::WebSocket, owner);
        admin.connect(network.address).await?;
        admins.push(admin);
    }
    Ok(admins)
}

async fn is_online(desk: &mut Http, conversation: &str) -> anyhow::Result<bool> {
    let shown = desk.ask("GET", &format!("/api/v1/admin/conversations/{conversation}"), None).await?;
    let online = shown.body["conversation"]["visitor_online"].as_bool();
    online.with_context(|| format!("{conversation} is not shown: {}", shown.status))
}
