//! The `deskbell` binary.
fn main() {}
