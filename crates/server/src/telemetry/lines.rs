//! Lines on their way out: whoever has one puts it down and goes on, and a thread of its own writes.
//!
//! A pipe that nobody reads takes 64 KiB and then holds up whoever writes into it. Here that is this thread alone, and
//! what comes when there is no more room is counted instead of kept.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// So many bytes may wait to be written.
const ROOM: usize = 1 << 20;
/// A pipe takes so much as a whole or not at all (`PIPE_BUF`, pipe(7)). Whole lines go in one piece of it, so that a process
/// which ends while nobody reads leaves no half of one.
const PIECE: usize = 4096;
/// Whoever shares the pipe may have made it one that says "not now" instead of waiting.
const NOT_NOW: Duration = Duration::from_millis(10);

/// What is to be written, and what could not be.
#[derive(Debug)]
pub(crate) struct Lines {
    state: Mutex<State>,
    /// Something is to be written.
    more: Condvar,
    /// Everything is written.
    done: Condvar,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct State {
    waiting: Vec<u8>,
    /// What waits, and what the thread has in its hands.
    held: usize,
    /// There was no room. Until half of it is free again nothing is taken, so that the gap is one.
    full: bool,
    /// How many were dropped that nobody was told of.
    missing: u64,
}

impl Lines {
    pub(crate) const fn new() -> Self {
        let state = State { waiting: Vec::new(), held: 0, full: false, missing: 0 };
        Self {
            state: Mutex::new(state),
            more: Condvar::new(),
            done: Condvar::new(),
            dropped: AtomicU64::new(0),
        }
    }

    /// Starts the thread. It calls `gap` with their number when some were dropped and there is room again.
    pub(crate) fn start(&'static self, name: &str, out: File, gap: fn(u64)) -> io::Result<()> {
        let write = move || {
            loop {
                self.write_all(&out, gap);
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(write).map(drop)
    }

    /// Puts lines down, where there is room.
    pub(crate) fn offer(&self, lines: &[u8]) {
        let mut state = self.lock();
        if state.full || state.held + lines.len() > ROOM {
            state.full = true;
            self.drop_of(&mut state, lines);
            return;
        }
        self.put(state, lines);
    }

    /// Puts lines down in any case. For the few that are no log.
    pub(crate) fn insist(&self, lines: &[u8]) {
        self.put(self.lock(), lines);
    }

    fn put(&self, mut state: MutexGuard<'_, State>, lines: &[u8]) {
        state.waiting.extend_from_slice(lines);
        state.held += lines.len();
        drop(state);
        self.more.notify_one();
    }

    /// How many were dropped since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until everything is written, but no longer than `limit`.
    pub(crate) fn flush(&self, limit: Duration) {
        let _state = self.done.wait_timeout_while(self.lock(), limit, |state| state.held > 0);
    }

    /// Writes what there is, as soon as there is something.
    fn write_all(&self, out: &File, gap: fn(u64)) {
        let state = self.more.wait_while(self.lock(), |state| state.waiting.is_empty());
        let lines = std::mem::take(&mut state.unwrap_or_else(PoisonError::into_inner).waiting);
        for piece in pieces(&lines) {
            let written = write(out, piece).is_ok();
            if let Some(missing) = self.wrote(piece, written) {
                gap(missing);
            }
        }
    }

    /// Makes room; how many were dropped, when that is to be said now.
    fn wrote(&self, piece: &[u8], written: bool) -> Option<u64> {
        let mut state = self.lock();
        state.held -= piece.len();
        if !written {
            self.drop_of(&mut state, piece);
        }
        if state.held == 0 {
            self.done.notify_all();
        }
        if state.held > ROOM / 2 {
            return None;
        }
        state.full = false;
        (written && state.missing > 0).then(|| std::mem::take(&mut state.missing))
    }

    fn drop_of(&self, state: &mut State, lines: &[u8]) {
        let count = count(lines);
        state.missing += count;
        self.dropped.fetch_add(count, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Bytes and numbers stay right whatever panics while they are held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(lines: &[u8]) -> u64 {
    lines.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// As many whole lines at a time as a pipe takes at once; a longer one is a piece by itself.
fn pieces(mut lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let fitting = &lines[..lines.len().min(PIECE)];
        let end = fitting.iter().rposition(|byte| *byte == b'\n');
        let end = end.or_else(|| lines.iter().position(|byte| *byte == b'\n'));
        let (piece, rest) = lines.split_at(end.map_or(lines.len(), |end| end + 1));
        lines = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

fn write(mut out: &File, mut piece: &[u8]) -> io::Result<()> {
    while !piece.is_empty() {
        match out.write(piece) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => piece = &piece[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(NOT_NOW),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    #[test]
    fn a_piece_is_as_many_whole_lines_as_a_pipe_takes_at_once() {
        let line = |length: usize| format!("{}\n", "x".repeat(length - 1));
        let text =
            [line(4000), line(96), line(1), line(5000), line(4095), line(2), "end".to_owned()].concat();
        let lengths: Vec<usize> = pieces(text.as_bytes()).map(<[u8]>::len).collect();
        assert_eq!(lengths, [4096, 1, 5000, 4095, 2, 3]);
        assert_eq!(pieces(text.as_bytes()).collect::<Vec<_>>().concat(), text.as_bytes());
        assert_eq!(pieces(b"").count(), 0);
    }

    #[test]
    fn what_finds_no_room_is_counted_and_the_gap_is_told_where_it_is() {
        static LINES: Lines = Lines::new();
        let (read, write) = io::pipe().unwrap();
        let out = File::from(std::os::fd::OwnedFd::from(write));
        LINES.start("lines", out, |missing| LINES.offer(format!("gap {missing}\n").as_bytes())).unwrap();
        let offered = 3 * ROOM / 64;
        for n in 0..offered {
            LINES.offer(format!("{n:063}\n").as_bytes());
        }
        LINES.flush(Duration::from_millis(1));
        let dropped = LINES.dropped();
        assert!(dropped > 0, "nobody reads");
        let mut read = BufReader::new(read).lines().map(Result::unwrap);
        let kept = u64::try_from(offered).unwrap() - dropped;
        for n in 0..kept {
            assert_eq!(read.next().unwrap(), format!("{n:063}"));
        }
        assert_eq!(read.next().unwrap(), format!("gap {dropped}"));
        LINES.offer(b"after\n");
        assert_eq!(read.next().unwrap(), "after");
        assert_eq!(LINES.dropped(), dropped);
        // Who has gone takes nothing any more, and that holds nobody up either.
        drop(read);
        LINES.insist(b"to nobody\n");
        LINES.flush(Duration::from_mins(1));
        assert_eq!(LINES.dropped(), dropped + 1);
    }
}
