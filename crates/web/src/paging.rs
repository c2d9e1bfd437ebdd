//! Cursors of lists as text.

use crate::problem::Problem;

/// The key behind a cursor that we gave out; anything else is a wrong field.
pub fn cursor(text: Option<&str>) -> Result<Option<u64>, Problem> {
    text.map(|text| {
        text.parse().map_err(|_| Problem::field("cursor", "unknown_value", "is not a cursor of this list"))
    })
    .transpose()
}
