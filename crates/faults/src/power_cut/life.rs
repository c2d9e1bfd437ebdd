//! A server's life, call by call, and what is left of it after a power cut at any moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use domain::Seq;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use storage::{EventLog, Meta};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::chat::{self, Chat};
pub(crate) use super::chat::{CHATS, Refused};
use super::{Disk, Image, Kept};
use crate::house::{House, PATIENCE, Server};
use crate::strace::{self, Call};

/// How long calls go on failing after somebody was told: a few tries.
const HINDERED: Duration = Duration::from_millis(200);
/// How many images are looked at side by side.
const AT_ONCE: usize = 4;

/// What one server did from its first start to its end, and what it promised meanwhile.
pub(crate) struct Life {
    root: PathBuf,
    /// The disk at its beginning.
    disk: Disk,
    calls: Vec<Call>,
    chats: Vec<Chat>,
    /// With which call each client id was first sent to anybody.
    pub(crate) promises: Vec<(usize, String)>,
    /// How often somebody was told that nothing can be stored, and the longest that they waited for it.
    pub(crate) refused: Refused,
    /// Whether an image that does not hold is kept for people to look at.
    keeps: bool,
}

impl Life {
    /// Starts a server, has people talk, and kills it: without faults on nothing, with faults on a database that is
    /// there. `None`: with these faults it could not start; it has said so and ended, and starts without them.
    pub(crate) async fn live(
        binary: &Path,
        seed: u64,
        faults: &[String],
        messages: usize,
    ) -> anyhow::Result<Option<Self>> {
        let house = House::new(binary)?.patient();
        let (trace, data) = (house.path("trace"), house.path("data"));
        let root = data.parent().context("the data folder is in another")?.to_owned();
        let mut disk = Disk::new(&root);
        if !faults.is_empty() {
            house.serve().await?.kill().await?;
            disk = disk.with_all_that_is_there()?;
        }
        let words = strace::tracing(&trace, faults);
        let house = house.run_by(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let server = match house.serve().await {
            Ok(server) => server,
            Err(error) if faults.is_empty() => return Err(error),
            Err(_) => {
                house
                    .run_by(&[])
                    .serve()
                    .await
                    .context("it does not start on what a failed start has left")?;
                return Ok(None);
            }
        };
        let talked = chat::all(server.address, seed, messages, &CancellationToken::new()).await;
        let talked = talked.with_context(|| format!("{faults:?}; {}", house.last_words()));
        server.kill().await?;
        let (chats, refused) = talked?;
        let whole = timeout(PATIENCE, async {
            while !strace::is_whole(&trace) {
                sleep(Duration::from_millis(20)).await;
            }
        });
        whole.await.context("strace did not write the server's end")?;
        let calls = strace::read(&trace)?;
        let promises = promises(&calls, &chats);
        let acknowledged: usize = chats.iter().map(|chat| chat.acks.len()).sum();
        ensure!(
            promises.len() == acknowledged,
            "strace saw {} of {acknowledged} acknowledged",
            promises.len()
        );
        Ok(Some(Self { root, disk, calls, chats, promises, refused, keeps: true }))
    }

    /// A life in which calls fail (`pwrite64:error=ENOSPC:when=7+`) until a while after somebody was told so.
    /// Returns how much was acknowledged; all of it is there after a kill.
    pub(crate) async fn hindered(
        binary: &Path,
        seed: u64,
        fault: &str,
        messages: usize,
    ) -> anyhow::Result<Option<(usize, Refused)>> {
        let house = House::new(binary)?.patient();
        house.serve().await?.kill().await?;
        let words = strace::hindering(&house.path("trace"), fault);
        let house = house.run_by(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let Ok(server) = house.serve().await else {
            house.run_by(&[]).serve().await.context("it does not start when nothing hinders it")?;
            return Ok(None);
        };
        let (pid, told) = (server.pid(), CancellationToken::new());
        let relief = async {
            told.cancelled().await;
            sleep(HINDERED).await;
            strace::relieve(pid).await
        };
        talk_through(&house, server, (seed, messages), &told, relief).await.map(Some)
    }

    /// How many calls have failed, of those that bring something to the disk.
    pub(crate) fn failed_syncs(&self) -> usize {
        self.calls.iter().filter(|call| matches!(call, Call::NoSync { .. })).count()
    }

    /// How often the log was moved into the database file: the first sync of that file made it.
    pub(crate) fn moves(&self) -> usize {
        let syncs = self.calls.iter().filter(|call| matches!(call, Call::Sync { file } if is_database(file)));
        syncs.count().saturating_sub(1)
    }

    /// The same life with `synchronous=NORMAL`: the log is synced before it is moved into the database, and not when
    /// something is committed.
    pub(crate) fn without_the_syncs_of_commits(mut self) -> Self {
        let mut moves = false;
        let mut kept: Vec<bool> = self
            .calls
            .iter()
            .rev()
            .map(|call| match call {
                Call::Write { file, .. } => {
                    moves = is_database(file);
                    true
                }
                Call::Sync { file } => moves || !file.ends_with("-wal"),
                _ => true,
            })
            .collect();
        kept.reverse();
        let mut places = kept.iter().scan(0, |place, kept| {
            *place += usize::from(*kept);
            Some(*place)
        });
        let places: Vec<usize> = places.by_ref().collect();
        for (call, _) in &mut self.promises {
            *call = places[*call] - 1;
        }
        let mut kept = kept.into_iter();
        self.keeps = false;
        self.calls.retain(|_| kept.next().unwrap_or(true));
        self
    }

    /// Cuts the power so often; returns what did not hold.
    pub(crate) async fn cut(&self, images: u64, seed: u64) -> anyhow::Result<Vec<anyhow::Error>> {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut moments: Vec<usize> = (0..images).map(|n| self.moment(n, &mut chance)).collect();
        moments.sort_unstable();
        let mut disk = self.disk.clone();
        let (mut followed, mut looks, mut faults) = (0, JoinSet::new(), Vec::new());
        for (moment, kept) in
            moments.into_iter().zip([Kept::Nothing, Kept::Some, Kept::Torn].into_iter().cycle())
        {
            self.calls[followed..moment].iter().for_each(|call| disk.follow(call));
            followed = moment;
            let image = disk.after_a_cut(kept, &mut chance);
            if looks.len() == AT_ONCE {
                faults.extend(looks.join_next().await.transpose()?.and_then(Result::err));
            }
            let (root, owed, keeps) = (self.root.clone(), self.owed(moment), self.keeps);
            looks.spawn(async move {
                let looked = look(&root, image, owed, keeps).await;
                looked.with_context(|| format!("after call {moment}, keeping {kept:?}"))
            });
        }
        while let Some(looked) = looks.join_next().await {
            faults.extend(looked?.err());
        }
        Ok(faults)
    }

    /// Anywhere, or just when something was promised: then most is at stake.
    fn moment(&self, n: u64, chance: &mut StdRng) -> usize {
        if n.is_multiple_of(2) {
            return chance.random_range(0..=self.calls.len());
        }
        self.promises[chance.random_range(0..self.promises.len())].0 + 1
    }

    /// What had been promised after so many calls.
    fn owed(&self, calls: usize) -> Owed {
        let sent = self.promises.partition_point(|(call, _)| *call < calls);
        let mut owed = Owed::new();
        for (_, id) in &self.promises[..sent] {
            for chat in &self.chats {
                if let Some(seq) = chat.acks.get(id) {
                    owed.entry(chat.conversation.clone()).or_default().insert(id.clone(), *seq);
                }
            }
        }
        owed
    }
}

/// Has people talk while there is trouble, kills the server, and looks for all that was acknowledged: how much it was,
/// and how often nothing could be stored. `told` is cancelled when somebody was told that, and at the end of the talk.
pub(crate) async fn talk_through(
    house: &House,
    server: Server,
    (seed, messages): (u64, usize),
    told: &CancellationToken,
    trouble: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<(usize, Refused)> {
    let talk = async {
        let talked = chat::all(server.address, seed, messages, told).await;
        told.cancel();
        talked
    };
    let (talked, trouble) = tokio::join!(talk, async { timeout(PATIENCE, trouble).await? });
    server.kill().await?;
    let (chats, refused) = talked.with_context(|| house.last_words())?;
    trouble?;
    let owed = chats.iter().map(|chat| (chat.conversation.clone(), chat.acks.clone())).collect();
    holds(&house.database(), owed).await?;
    Ok((chats.iter().map(|chat| chat.acks.len()).sum(), refused))
}

/// With which call each client id was sent first: in an acknowledgement, or to whoever follows the conversation.
fn promises(calls: &[Call], chats: &[Chat]) -> Vec<(usize, String)> {
    let mut unseen: BTreeSet<String> = chats.iter().flat_map(|chat| chat.acks.keys().cloned()).collect();
    let mut promises = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        let Call::Send { bytes } = call else { continue };
        let text = String::from_utf8_lossy(bytes);
        // Every string in it: a client id stands between quotation marks.
        let strings: Vec<&str> = text.split('"').collect();
        for (at, id) in strings.iter().enumerate() {
            // An error answers to an id as well, and promises nothing: `{"code":"…","id":"…"`.
            let is_error = at >= 6 && strings[at - 2] == "id" && strings[at - 6] == "code";
            if !is_error && let Some(id) = unseen.take(*id) {
                promises.push((number, id));
            }
        }
    }
    promises
}

/// What is owed: the places of the client ids in their conversations.
type Owed = BTreeMap<String, BTreeMap<String, u64>>;

/// Opens what the cut has left, as a server does that is started again, and looks for what is owed.
async fn look(root: &Path, image: Image, owed: Owed, keeps: bool) -> anyhow::Result<()> {
    let folder = scratch()?;
    lay(root, folder.path(), &image)?;
    match holds(&folder.path().join("data").join("deskbell.db"), owed).await {
        Err(fault) if keeps => {
            Err(fault.context(format!("what was found is in {}", TempDir::keep(folder).display())))
        }
        held => held,
    }
}

/// In memory where there is such a place: an image is looked at once, and no disk has to keep it.
fn scratch() -> std::io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

fn lay(root: &Path, folder: &Path, image: &Image) -> anyhow::Result<()> {
    for (name, bytes) in image {
        let path = folder.join(Path::new(name).strip_prefix(root)?);
        std::fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

async fn holds(database: &Path, owed: Owed) -> anyhow::Result<()> {
    let store = SqliteStorage::open(database).await?;
    let faults = store.faults().await?;
    ensure!(faults.is_empty(), "the file is corrupt: {faults:?}");
    for (conversation, owed) in owed {
        let log = store.read_after(conversation.parse()?, Seq::START, 100_000).await?;
        let places: Vec<u64> = log.iter().map(|event| event.seq.0).collect();
        ensure!(places == (1..=log.len() as u64).collect::<Vec<_>>(), "the log has gaps: {places:?}");
        for (id, seq) in owed {
            let with_id: Vec<u64> = log
                .iter()
                .filter(|event| event.client_id.as_ref().is_some_and(|client_id| client_id.as_str() == id))
                .map(|event| event.seq.0)
                .collect();
            ensure!(with_id == [seq], "{id} was acknowledged at {seq}, and is at {with_id:?}");
        }
    }
    store.close().await;
    Ok(())
}

/// Whether it is the database file itself, and not its log.
fn is_database(file: &str) -> bool {
    std::path::Path::new(file).extension().is_some_and(|ending| ending == "db")
}
