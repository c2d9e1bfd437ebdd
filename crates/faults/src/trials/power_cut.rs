//! R03: the power fails at any moment, and with it goes what was not brought to the disk.

use anyhow::{Context, bail, ensure};

use crate::catalogue::{Attempt, Outcome};
use crate::power_cut::life::Life;

/// How many images are made of one server's life.
const IMAGES_OF_ONE_LIFE: u64 = 2_000;
/// How much each of six people says: enough for the log to be moved into the database once.
const MESSAGES: usize = 110;
/// How many images show that this finds what is lost.
const WITHOUT: u64 = 60;

/// Cuts the power so often; and then again in the same life without the syncs that `synchronous=NORMAL` leaves out:
/// a harness that finds nothing missing there proves nothing.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut promised, mut moves, mut found_out) = (0, 0, 0);
    let lives = attempt.count.div_ceil(IMAGES_OF_ONE_LIFE);
    for life in 0..lives {
        let seed = attempt.seed.wrapping_add(life << 32);
        let ended =
            Life::live(&attempt.binary, seed, &[], MESSAGES).await?.context("nothing hinders the start")?;
        let images = (attempt.count / lives).max(1);
        let faults = ended.cut(images, seed).await?;
        if let Some(fault) = faults.first() {
            bail!("{} of {images} images, life {life}: {fault:#}", faults.len());
        }
        promised += ended.promises.len();
        moves += ended.moves();
        if life == 0 {
            found_out = ended.without_the_syncs_of_commits().cut(WITHOUT, seed).await?.len();
            ensure!(found_out > 0, "without the syncs of commits nothing was lost");
        }
    }
    ensure!(moves > 0, "the log was never moved into the database");
    let saw = format!(
        "{promised} acknowledged in {lives} lives with {moves} checkpoints, 0 lost, 0 files corrupt; with synchronous=NORMAL {found_out} of {WITHOUT} would lose some"
    );
    Ok(Outcome { did: attempt.count, saw })
}
