//! What was told to whom, how that ended, and the mails that are kept here.

pub(crate) mod kept;
pub(crate) mod notices;
