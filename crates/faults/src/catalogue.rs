//! What is thrown at Deskbell: one row a trial, by the ids that `docs/reliability.md` names.

use std::path::PathBuf;
use std::pin::Pin;

use crate::trials;

/// One kind of fault.
pub(crate) struct Trial {
    /// Its name for ever.
    pub(crate) id: &'static str,
    /// What is done, and what must hold.
    pub(crate) says: &'static str,
    /// What is counted.
    pub(crate) unit: &'static str,
    /// How often within the test command.
    pub(crate) short: u64,
    /// How often before a release.
    pub(crate) long: u64,
    /// Does it. An error is what did not hold, with all that is needed to see it again.
    pub(crate) run: fn(Attempt) -> Running,
}

/// A trial that runs: its number and what it has seen.
pub(crate) type Running = Pin<Box<dyn Future<Output = anyhow::Result<Outcome>> + Send>>;

/// What a trial is given.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// The server's program.
    pub(crate) binary: PathBuf,
    /// Where its random choices begin.
    pub(crate) seed: u64,
    /// How often.
    pub(crate) count: u64,
}

/// What a trial that held has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How often it was done.
    pub(crate) did: u64,
    /// Figures, for people: `9,412 acknowledged, 0 lost, 0 doubled`.
    pub(crate) saw: String,
}

/// Those that mostly wait, for a time that the server has promised or for a process to start: they run beside the others.
pub(crate) const BESIDE: &[&str] = &["R02", "R09", "R14", "R15", "R20", "R24", "R26", "R30"];

/// All of them, in the order in which they run.
pub(crate) const CATALOGUE: &[Trial] = &[
    Trial {
        id: "R01",
        says: "kill -9 at a random moment under mixed load: nothing acknowledged is lost or doubled",
        unit: "cycles",
        short: 1_000,
        long: 10_000,
        run: |attempt| Box::pin(trials::kill::run(attempt)),
    },
    Trial {
        id: "R02",
        says: "killed at each named point, in each command: nothing acknowledged is lost, nothing is half done",
        unit: "rounds",
        short: 1,
        long: 50,
        run: |attempt| Box::pin(trials::points::run(attempt)),
    },
    Trial {
        id: "R03",
        says: "the power fails at any moment: nothing acknowledged is lost, no file is corrupt",
        unit: "images",
        short: 1_000,
        long: 20_000,
        run: |attempt| Box::pin(trials::power_cut::run(attempt)),
    },
    Trial {
        id: "R04",
        says: "killed while the database is made: the old schema or the new one, and the next start works",
        unit: "starts",
        short: 60,
        long: 1_000,
        run: |attempt| Box::pin(trials::start::run(attempt)),
    },
    Trial {
        id: "R05",
        says: "killed between the mail server's yes and the record of it: one copy more, with the same Message-ID",
        unit: "kills",
        short: 4,
        long: 50,
        run: |attempt| Box::pin(trials::mails::taken_and_killed(attempt)),
    },
    Trial {
        id: "R06",
        says: "no room from the n-th write on: told within 1 s, readable, goes on by itself, no acknowledgement is a lie",
        unit: "moments",
        short: 50,
        long: 500,
        run: |attempt| Box::pin(trials::bad_disk::full(attempt)),
    },
    Trial {
        id: "R07",
        says: "the n-th sync, write or truncation fails: no acknowledgement is a lie, then or later",
        unit: "moments",
        short: 50,
        long: 500,
        run: |attempt| Box::pin(trials::bad_disk::failing(attempt)),
    },
    Trial {
        id: "R09",
        says: "another process locks the database for 1 s and for 30 s: people wait, or are told when to come again",
        unit: "locks",
        short: 2,
        long: 20,
        run: |attempt| Box::pin(trials::locked::run(attempt)),
    },
    Trial {
        id: "R12",
        says: "the mail server is away for an hour, or for a day: every call is told when it is back",
        unit: "hours",
        short: 1,
        long: 24,
        run: |attempt| Box::pin(trials::mails::away(attempt)),
    },
    Trial {
        id: "R13",
        says: "the mail server stalls, or drips, at any step: calls are taken, and the other mails leave meanwhile",
        unit: "rounds",
        short: 1,
        long: 20,
        run: |attempt| Box::pin(trials::mail_server::stalls(attempt)),
    },
    Trial {
        id: "R14",
        says: "a mail server refuses for now or for ever, one of two admins: retried or given up, and the other has the mail",
        unit: "rounds",
        short: 1,
        long: 20,
        run: |attempt| Box::pin(trials::mail_server::refuses(attempt)),
    },
    Trial {
        id: "R15",
        says: "the line dies after the final dot: sent again, at most one copy more, with the same Message-ID",
        unit: "rounds",
        short: 4,
        long: 50,
        run: |attempt| Box::pin(trials::mail_server::hangs_up(attempt)),
    },
    Trial {
        id: "R16",
        says: "a mail server that cannot prove who it is, or offers no TLS: nothing is said to it",
        unit: "rounds",
        short: 1,
        long: 10,
        run: |attempt| Box::pin(trials::mail_server::is_a_stranger(attempt)),
    },
    Trial {
        id: "R17",
        says: "a mail server that talks nonsense to one admin's mails: the other's leave, and the mailer lives",
        unit: "rounds",
        short: 1,
        long: 20,
        run: |attempt| Box::pin(trials::mail_server::talks_nonsense(attempt)),
    },
    Trial {
        id: "R18",
        says: "the clock is set by hours and years, back again and again, the process stopped: no deadline is early",
        unit: "jolts",
        short: 1,
        long: 20,
        run: |attempt| Box::pin(trials::clocks::run(attempt)),
    },
    Trial {
        id: "R19",
        says: "2, 4 and 8 worker processes race for the same due calls: each is decided once, and told once",
        unit: "calls",
        short: 600,
        long: 10_000,
        run: |attempt| Box::pin(trials::workers::run(attempt)),
    },
    Trial {
        id: "R20",
        says: "a worker that was stopped in the middle wakes when others have done its work: nothing is done twice",
        unit: "pauses",
        short: 12,
        long: 1_000,
        run: |attempt| Box::pin(trials::paused::run(attempt)),
    },
    Trial {
        id: "R21",
        says: "2 to 16 admins join at once: all are in, each once, and all see each other",
        unit: "rounds",
        short: 60,
        long: 1_000,
        run: |attempt| Box::pin(trials::joins::run(attempt)),
    },
    Trial {
        id: "R22",
        says: "join, move, cancel, post and message at the same moment: one decision, and who came late is told",
        unit: "races",
        short: 1_000,
        long: 100_000,
        run: |attempt| Box::pin(trials::races::run(attempt)),
    },
    Trial {
        id: "R24",
        says: "the network breaks in every way while people talk: nothing missing, nothing twice, all in order",
        unit: "cuts",
        short: 100,
        long: 1_000,
        run: |attempt| Box::pin(trials::cuts::run(attempt)),
    },
    Trial {
        id: "R26",
        says: "half-open connections in each direction: noticed within 45 s, seen to be away within 60 s",
        unit: "connections",
        short: 60,
        long: 600,
        run: |attempt| Box::pin(trials::half_open::run(attempt)),
    },
    Trial {
        id: "R28",
        says: "the server is started anew while everybody is connected: all are back within 15 s, nothing is lost",
        unit: "connected",
        short: 500,
        long: 5_000,
        run: |attempt| Box::pin(trials::restart::run(attempt)),
    },
    Trial {
        id: "R29",
        says: "SIGTERM while everybody is busy: what was begun is answered, everybody is told to come back",
        unit: "drains",
        short: 10,
        long: 200,
        run: |attempt| Box::pin(trials::drain::run(attempt)),
    },
    Trial {
        id: "R30",
        says: "clients that never read 10,000 events: 256 KiB each, cut off, resumed; nobody else is slower",
        unit: "connections",
        short: 200,
        long: 1_000,
        run: |attempt| Box::pin(trials::never_reads::run(attempt)),
    },
    Trial {
        id: "R41",
        says: "the same random history leaves the same log whatever carries it, and the log leads to the state (R46)",
        unit: "histories",
        short: 200,
        long: 10_000,
        run: |attempt| Box::pin(trials::histories::run(attempt)),
    },
    Trial {
        id: "R49",
        says: "very many calls are due at the same moment: all are decided within 5 s",
        unit: "callers",
        short: 500,
        long: 10_000,
        run: |attempt| Box::pin(trials::crowd::run(attempt)),
    },
    Trial {
        id: "S15",
        says: "sign-in and a new password, for an admin and for nobody: the same answer after the same time",
        unit: "samples",
        short: 60,
        long: 2_000,
        run: |attempt| Box::pin(trials::alike::run(attempt)),
    },
    Trial {
        id: "S35",
        says: "JSON against every rule, over REST and WebSocket: answered, nothing stored by mistake, nobody disturbed",
        unit: "texts",
        short: 1_000,
        long: 100_000,
        run: |attempt| Box::pin(trials::hostile::json(attempt)),
    },
    Trial {
        id: "S36",
        says: "frames against every rule: 256 KiB a socket at the most, ended without harm to anybody else",
        unit: "frames",
        short: 1_000,
        long: 100_000,
        run: |attempt| Box::pin(trials::hostile::frames(attempt)),
    },
    Trial {
        id: "S39",
        says: "slow attackers of five kinds from many addresses: each closed in time, people chat on within 500 ms",
        unit: "attackers",
        short: 300,
        long: 5_000,
        run: |attempt| Box::pin(trials::slow::run(attempt)),
    },
    Trial {
        id: "S41",
        says: "packets of Engine.IO and Socket.IO against every rule: answered, no session taken over, nobody disturbed",
        unit: "packets",
        short: 1_000,
        long: 100_000,
        run: |attempt| Box::pin(trials::hostile::engine_io::packets(attempt)),
    },
    Trial {
        id: "S42",
        says: "thousands of connections from one address: so many as it may have, an honest no to the rest, people chat on",
        unit: "connections",
        short: 10_000,
        long: 25_000,
        run: |attempt| Box::pin(trials::one_address::run(attempt)),
    },
];
