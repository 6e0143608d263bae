//! The keyring against a real Secret Service, whose entries the real `secret-tool` stores.
//!
//! These tests need `dbus-run-session`, `gnome-keyring-daemon` and `secret-tool` (on Debian the packages dbus,
//! gnome-keyring and libsecret-tools). Without them they fail; they are compiled only when they are named.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod secret_service;
mod session;
