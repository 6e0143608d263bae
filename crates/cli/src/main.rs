//! The `lamplight` binary.
fn main() {}
