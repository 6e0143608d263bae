//! Tests of the ports crate through its public API.

mod records;
