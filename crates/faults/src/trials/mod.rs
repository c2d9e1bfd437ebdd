//! The trials, one file each.

pub(crate) mod histories;
pub(crate) mod joins;
pub(crate) mod kill;
pub(crate) mod points;
pub(crate) mod races;
pub(crate) mod start;
pub(crate) mod workers;
