//! Rebuilds the crate when a migration changes: the compiler does not see that they are part of it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/sqlite");
}
