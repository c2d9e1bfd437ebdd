//! R03: the power fails at any moment, and with it goes what was not brought to the disk.

mod chat;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use domain::Seq;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use storage::{EventLog, Meta};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::catalogue::{Attempt, Outcome};
use crate::house::{House, PATIENCE};
use crate::power_cut::{Disk, Image, Kept};
use crate::strace::{self, Call};
use chat::Chat;

/// How many images are made of one server's life.
const IMAGES_OF_ONE_LIFE: u64 = 2_000;
/// How many images are looked at side by side.
const AT_ONCE: usize = 4;
/// How many images show that this finds what is lost.
const WITHOUT: u64 = 60;

/// Cuts the power so often; and then again in the same life without the syncs that `synchronous=NORMAL` leaves out:
/// a harness that finds nothing missing there proves nothing.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut promised, mut moves, mut found_out) = (0, 0, 0);
    let lives = attempt.count.div_ceil(IMAGES_OF_ONE_LIFE);
    for life in 0..lives {
        let seed = attempt.seed.wrapping_add(life << 32);
        let lived = Life::live(&attempt.binary, seed).await?;
        let images = (attempt.count / lives).max(1);
        let faults = lived.cut(images, seed).await?;
        if let Some(fault) = faults.first() {
            bail!("{} of {images} images, life {life}: {fault:#}", faults.len());
        }
        promised += lived.promises.len();
        moves += lived.moves();
        if life == 0 {
            found_out = lived.without_the_syncs_of_commits().cut(WITHOUT, seed).await?.len();
            ensure!(found_out > 0, "without the syncs of commits nothing was lost");
        }
    }
    ensure!(moves > 0, "the log was never moved into the database");
    let saw = format!(
        "{promised} acknowledged in {lives} lives with {moves} checkpoints, 0 lost, 0 files corrupt; with synchronous=NORMAL {found_out} of {WITHOUT} would lose some"
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// What one server did from its first start to its end, and what it promised meanwhile.
struct Life {
    root: PathBuf,
    calls: Vec<Call>,
    chats: Vec<Chat>,
    /// With which call each client id was first sent to anybody.
    promises: Vec<(usize, String)>,
    /// Whether an image that does not hold is kept for people to look at.
    keeps: bool,
}

impl Life {
    /// Starts a server on nothing, has people talk, and kills it.
    async fn live(binary: &Path, seed: u64) -> anyhow::Result<Self> {
        let house = House::new(binary)?;
        let (trace, data) = (house.path("trace"), house.path("data"));
        let root = data.parent().context("the data folder is in another")?.to_owned();
        let words = strace::tracing(&trace);
        let house = house.run_by(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let server = house.serve().await?;
        let chats = chat::all(server.address, seed).await?;
        server.kill().await?;
        let whole = timeout(PATIENCE, async {
            while !strace::is_whole(&trace) {
                sleep(std::time::Duration::from_millis(20)).await;
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
        Ok(Self { root, calls, chats, promises, keeps: true })
    }

    /// How often the log was moved into the database file: the first sync of that file made it.
    fn moves(&self) -> usize {
        let syncs =
            self.calls.iter().filter(|call| matches!(call, Call::Sync { file } if file.ends_with(".db")));
        syncs.count().saturating_sub(1)
    }

    /// The same life with `synchronous=NORMAL`: the log is synced before it is moved into the database, and not when
    /// something is committed.
    fn without_the_syncs_of_commits(mut self) -> Self {
        let mut moves = false;
        let mut kept: Vec<bool> = self
            .calls
            .iter()
            .rev()
            .map(|call| match call {
                Call::Write { file, .. } => {
                    moves = file.ends_with(".db");
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
    async fn cut(&self, images: u64, seed: u64) -> anyhow::Result<Vec<anyhow::Error>> {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut moments: Vec<usize> = (0..images).map(|n| self.moment(n, &mut chance)).collect();
        moments.sort_unstable();
        let mut disk = Disk::new(&self.root);
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

/// With which call each client id was sent first: in an acknowledgement, or to whoever follows the conversation.
fn promises(calls: &[Call], chats: &[Chat]) -> Vec<(usize, String)> {
    let mut unseen: BTreeSet<String> = chats.iter().flat_map(|chat| chat.acks.keys().cloned()).collect();
    let mut promises = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        let Call::Send { bytes } = call else { continue };
        let text = String::from_utf8_lossy(bytes);
        // Every string in it: a client id stands between quotation marks.
        promises.extend(text.split('"').filter_map(|id| Some((number, unseen.take(id)?))));
    }
    promises
}

/// What is owed: the places of the client ids in their conversations.
type Owed = BTreeMap<String, BTreeMap<String, u64>>;

/// Opens what the cut has left, as a server does that is started again, and looks for what is owed.
async fn look(root: &Path, image: Image, owed: Owed, keeps: bool) -> anyhow::Result<()> {
    let folder = scratch()?;
    lay(root, folder.path(), &image)?;
    match holds(folder.path(), owed).await {
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

async fn holds(folder: &Path, owed: Owed) -> anyhow::Result<()> {
    let store = SqliteStorage::open(&folder.join("data").join("deskbell.db")).await?;
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
