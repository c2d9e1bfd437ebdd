//! The trials, one file each.

pub(crate) mod kill;
