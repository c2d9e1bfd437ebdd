//! The trials, one file each.

pub(crate) mod drain;
pub(crate) mod kill;
pub(crate) mod power_cut;
pub(crate) mod restart;
