//! The trials, one file each.

pub(crate) mod kill;
pub(crate) mod power_cut;
