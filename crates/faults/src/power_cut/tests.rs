//! The disk forgets what was not synced, and keeps what was.

use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Disk, Image, Kept};
use crate::strace::Call;

const FILE: &str = "/r/data/db";

fn disk(calls: &[Call]) -> Disk {
    let mut disk = Disk::new(Path::new("/r"));
    for call in calls {
        disk.follow(call);
    }
    disk
}

fn made() -> Vec<Call> {
    vec![Call::Folder { file: "/r/data".into() }, Call::Open { file: FILE.into() }, write(0, b"one")]
}

fn write(at: u64, bytes: &[u8]) -> Call {
    Call::Write { file: FILE.into(), at, bytes: bytes.to_vec() }
}

fn sync(file: &str) -> Call {
    Call::Sync { file: file.into() }
}

fn cut(disk: &Disk, kept: Kept, seed: u64) -> Image {
    disk.after_a_cut(kept, &mut StdRng::seed_from_u64(seed))
}

fn image(bytes: &[u8]) -> Image {
    Image::from([(FILE.to_owned(), bytes.to_vec())])
}

#[test]
fn a_file_is_there_when_it_and_every_folder_above_it_were_synced() {
    let mut calls = made();
    for next in [sync(FILE), sync("/r/data"), sync("/r")] {
        assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), Image::new());
        calls.push(next);
    }
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), image(b"one"));
    calls.push(write(1, b"TWO"));
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), image(b"one"));
    calls.push(sync(FILE));
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), image(b"oTWO"));
    calls.push(Call::Remove { file: FILE.into() });
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), image(b"oTWO"));
    calls.push(sync("/r/data"));
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), Image::new());
}

#[test]
fn of_what_was_not_synced_each_write_may_be_there_or_not_or_in_part() {
    let mut calls = made();
    calls.extend([sync(FILE), sync("/r/data"), sync("/r")]);
    calls.extend([write(0, &[1; 1024]), write(1024, &[2; 1024])]);
    let disk = disk(&calls);
    let seen = |kept| {
        let images = (0..200).map(|seed| cut(&disk, kept, seed).remove(FILE).unwrap());
        images.collect::<std::collections::BTreeSet<_>>()
    };
    let whole = seen(Kept::Some);
    assert_eq!(whole.len(), 4, "neither, the first, the second, both");
    assert!(whole.iter().all(|bytes| matches!(bytes.len(), 3 | 1024 | 2048)));
    let torn = seen(Kept::Torn);
    assert!(torn.len() > 8 && torn.iter().any(|bytes| bytes.len() == 512), "{}", torn.len());
    assert_eq!(cut(&disk, Kept::Torn, 7), cut(&disk, Kept::Torn, 7), "the same seed is the same cut");
}

#[test]
fn what_could_not_be_synced_is_not_there_after_the_next_sync_either() {
    let mut calls = made();
    calls.extend([
        sync("/r/data"),
        sync("/r"),
        Call::NoSync { file: FILE.into() },
        write(1, b"TWO"),
        sync(FILE),
    ]);
    assert_eq!(cut(&disk(&calls), Kept::Nothing, 1), image(b"\0TWO"));
}
