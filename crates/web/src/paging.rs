//! Cursors of lists as text.

use crate::problem::Problem;

/// The key behind a cursor that we gave out; anything else is a wrong field.
pub fn cursor(text: Option<&str>) -> Result<Option<u64>, Problem> {
    text.map(|text| {
        text.parse().map_err(|_| Problem::field("cursor", "unknown_value", "is not a cursor of this list"))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S33.
    #[test]
    fn only_a_cursor_of_ours_is_one() {
        assert_eq!((cursor(None), cursor(Some("17"))), (Ok(None), Ok(Some(17))));
        for bad in ["", " 1", "1 ", "-1", "1.0", "0x1", "1e3", "١", "18446744073709551616"] {
            let problem = cursor(Some(bad)).unwrap_err();
            assert_eq!((problem.status.as_u16(), problem.errors[0].field.as_str()), (422, "cursor"), "{bad}");
        }
    }
}
