//! The data folder, its disk, the database, and the clock that its times come from.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use domain::Timestamp;
use domain::clock::{Clock, SystemClock};
use rustix::fs::{statfs, statvfs};
use storage::{Admins, Meta};
use storage_sqlite::{Schema, SqliteStorage};

use super::Finding;
use crate::cli::Place;
use crate::settings::Settings;

const DATABASE: &str = "database";
/// What helps against a damaged one.
const RESTORE: &str = "restore a backup with `deskbell restore`, and keep the damaged files";

const MIB: u64 = 1024 * 1024;
/// With less than this, writing ends soon.
const NO_ROOM: u64 = 50 * MIB;
/// With less than this, somebody should look.
const LITTLE_ROOM: u64 = 1024 * MIB;
/// A log as long as this was not moved into the database for very long.
const LONG_LOG: u64 = 256 * MIB;
/// Clocks that differ by less agree.
const AGREE: Duration = Duration::from_secs(30);

/// File systems of other machines, by their magic numbers (statfs(2)): locks and syncs are not to be relied on there.
const REMOTE: [(i64, &str); 5] =
    [(0x6969, "NFS"), (0x517B, "SMB"), (0xFF53_4D42, "CIFS"), (0xFE53_4D42, "SMB"), (0x0102_1997, "9P")];

/// Whose the folder is, and how much room it has.
pub(super) fn folder(place: &Place, settings: &Settings) -> Vec<Finding> {
    const ABOUT: &str = "data folder";
    let folder = settings.database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(&place.data);
    let shown = folder.display();
    let Ok(found) = folder.metadata() else {
        return vec![Finding::fine(ABOUT, format!("{shown} is not there yet; `deskbell serve` makes it"))];
    };
    let mut findings = Vec::new();
    if found.permissions().mode().trailing_zeros() >= 6 {
        findings.push(Finding::fine(ABOUT, format!("{shown} is its owner's alone")));
    } else {
        let what = format!("{shown} can be read by others on this machine");
        findings.push(Finding::doubtful(ABOUT, what, format!("chmod 700 {shown}")));
    }
    findings.extend(room(folder));
    findings
}

fn room(folder: &Path) -> Vec<Finding> {
    const ABOUT: &str = "disk";
    let mut findings = Vec::new();
    if let Ok(disk) = statfs(folder)
        && let Some((_, name)) = REMOTE.iter().find(|(magic, _)| disk.f_type & 0xFFFF_FFFF == *magic)
    {
        let what = format!("the data folder is on a share of another machine ({name})");
        let advice =
            "move it to a disk of this machine: SQLite's locks and syncs are not to be relied on there";
        findings.push(Finding::broken(ABOUT, what, advice));
    }
    let Ok(disk) = statvfs(folder) else { return findings };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let what = format!("{} free", size(free));
    findings.push(if free < NO_ROOM {
        Finding::broken(ABOUT, what, "make room: nothing can be stored soon")
    } else if free < LITTLE_ROOM {
        Finding::doubtful(ABOUT, what, "make room, or move the data folder")
    } else {
        Finding::fine(ABOUT, what)
    });
    findings
}

fn size(bytes: u64) -> String {
    let mib = bytes / MIB;
    if mib >= 1024 { format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024) } else { format!("{mib} MiB") }
}

/// Whether the database is sound and of this version, who is there to be told, and when the last thing happened.
pub(super) async fn database(settings: &Settings) -> (Vec<Finding>, Option<Timestamp>) {
    let path = &settings.database;
    if !path.exists() {
        let what = format!("{} is not there yet; `deskbell serve` makes it", path.display());
        return (vec![Finding::fine(DATABASE, what)], None);
    }
    let store = match SqliteStorage::open_to_read(path).await {
        Ok(store) => store,
        Err(error) => {
            let what = format!("{} cannot be read: {}", path.display(), story(&error));
            return (vec![Finding::broken(DATABASE, what, RESTORE)], None);
        }
    };
    let mut findings = vec![schema(&store).await, soundness(&store).await];
    findings.extend(log(path));
    let newest = match (store.contents().await, store.admins().await) {
        (Ok(contents), Ok(admins)) => {
            findings.push(team(&admins));
            contents.newest
        }
        _ => None,
    };
    store.close().await;
    (findings, newest)
}

async fn schema(store: &SqliteStorage) -> Finding {
    match store.schema().await {
        Ok(Schema { found, known }) if found > known => {
            let what = format!("written by a newer version (schema {found}, this one knows {known})");
            Finding::broken(DATABASE, what, "install that version, or restore a backup")
        }
        Ok(Schema { found, known }) if found < known => {
            let advice = "`deskbell serve` brings it up to date; make a backup before";
            Finding::doubtful(DATABASE, format!("schema {found}, and {known} is the newest"), advice)
        }
        Ok(schema) => Finding::fine(DATABASE, format!("schema {}, the newest", schema.found)),
        Err(error) => Finding::broken(DATABASE, format!("is none of Deskbell's: {}", story(&error)), RESTORE),
    }
}

async fn soundness(store: &SqliteStorage) -> Finding {
    match store.faults().await {
        Ok(faults) if faults.is_empty() => Finding::fine(DATABASE, "sound, looked through whole"),
        Ok(faults) => {
            let what = format!("damaged in {} places; the first: {}", faults.len(), faults[0]);
            Finding::broken(DATABASE, what, RESTORE)
        }
        Err(error) => {
            Finding::broken(DATABASE, format!("cannot be looked through: {}", story(&error)), RESTORE)
        }
    }
}

fn log(path: &Path) -> Option<Finding> {
    let mut log = path.to_owned().into_os_string();
    log.push("-wal");
    let length = std::fs::metadata(log).ok()?.len();
    (length > LONG_LOG).then(|| {
        let advice =
            "something reads for very long (a backup by another program?), or there was no room; see the log";
        Finding::doubtful(DATABASE, format!("its log (-wal) is {} long", size(length)), advice)
    })
}

fn team(admins: &[domain::admin::Admin]) -> Finding {
    const ABOUT: &str = "team";
    let enabled = admins.iter().filter(|admin| admin.enabled()).count();
    let on_duty = admins.iter().filter(|admin| admin.enabled() && admin.on_duty).count();
    match (enabled, on_duty) {
        (0, _) => {
            Finding::doubtful(ABOUT, "nobody would be told of a call", "deskbell admin add you@desk.example")
        }
        (some, 0) => {
            let what =
                format!("{some} admins, none of them on duty: everybody is told of every call at once");
            Finding::doubtful(ABOUT, what, "somebody says in the portal that they are on duty")
        }
        (some, on_duty) => Finding::fine(ABOUT, format!("{some} admins, {on_duty} of them on duty")),
    }
}

/// Whether this machine's clock agrees with what was stored, and with the other end of the public address.
pub(super) fn clock(newest: Option<Timestamp>, theirs: Option<Timestamp>) -> Vec<Finding> {
    const ABOUT: &str = "clock";
    let now = SystemClock.now();
    let apart = |other: Timestamp| now.since(other).max(other.since(now));
    let advice = "let the machine's clock follow the network's (timedatectl set-ntp true)";
    if let Some(newest) = newest.filter(|newest| newest.since(now) > AGREE) {
        let what = format!("it is {now}, and something stored happened at {newest}");
        return vec![Finding::broken(ABOUT, what, advice)];
    }
    match theirs {
        Some(theirs) if apart(theirs) > AGREE => {
            let what = format!("it is {now} here and {theirs} at the public address");
            vec![Finding::doubtful(ABOUT, what, advice)]
        }
        Some(_) => vec![Finding::fine(ABOUT, format!("{now}, as at the public address"))],
        None => vec![Finding::fine(ABOUT, format!("{now}, later than all that is stored"))],
    }
}

/// An error with its causes.
pub(super) fn story(error: &dyn std::error::Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Wrappers repeat what they wrap.
        if !story.ends_with(&text) {
            story = format!("{story}: {text}");
        }
        cause = error.source();
    }
    story
}
