//! The trials, one file each.

pub(crate) mod bad_disk;
pub(crate) mod cuts;
pub(crate) mod drain;
pub(crate) mod half_open;
pub(crate) mod hostile;
pub(crate) mod joins;
pub(crate) mod kill;
pub(crate) mod locked;
pub(crate) mod never_reads;
pub(crate) mod power_cut;
pub(crate) mod races;
pub(crate) mod restart;
pub(crate) mod small_disk;
pub(crate) mod workers;
