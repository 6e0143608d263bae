//! Tests of the keyring with a real Secret Service, whose entries the real `secret-tool` stores.
//!
//! These tests need `dbus-run-session`, `gnome-keyring-daemon` and `secret-tool` (on Debian the packages dbus,
//! gnome-keyring and libsecret-tools). Without them the tests fail; they are only compiled if they are requested by name.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod secret_service;
mod session;
