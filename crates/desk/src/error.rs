//! Why a verb was not carried out.

use domain::conversation::Refusal;
use domain::inquiry::InquiryRefusal;
use storage::StorageError;

/// What can go wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Not there, or not theirs: nobody learns which.
    #[error("there is no such thing, or it is not yours")]
    NotFound,
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The rules of the board say no.
    #[error(transparent)]
    InquiryRefused(#[from] InquiryRefusal),
    /// The store did not answer; nothing was acknowledged, and trying again is safe.
    #[error("the store did not answer")]
    Unavailable(#[source] StorageError),
}

impl From<StorageError> for DeskError {
    fn from(error: StorageError) -> Self {
        Self::Unavailable(error)
    }
}
