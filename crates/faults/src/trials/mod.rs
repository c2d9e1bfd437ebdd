//! The trials, one file each.

pub(crate) mod alike;
pub(crate) mod bad_disk;
pub(crate) mod clocks;
pub(crate) mod crowd;
pub(crate) mod cuts;
pub(crate) mod drain;
pub(crate) mod half_open;
pub(crate) mod histories;
pub(crate) mod hostile;
pub(crate) mod joins;
pub(crate) mod kill;
pub(crate) mod locked;
pub(crate) mod mail_server;
pub(crate) mod mails;
pub(crate) mod never_reads;
pub(crate) mod one_address;
pub(crate) mod paused;
pub(crate) mod points;
pub(crate) mod power_cut;
pub(crate) mod races;
pub(crate) mod restart;
pub(crate) mod slow;
pub(crate) mod small_disk;
pub(crate) mod start;
pub(crate) mod workers;
