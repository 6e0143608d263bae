//! A separate session for a test: a bus, a Secret Service with an empty unlocked keyring, and a home folder.

use std::process::Command;

/// Set in the session.
const MARK: &str = "LAMPLIGHT_TEST_SESSION";

/// Unlocks a new keyring by the password on stdin, then becomes the test. The daemon returns when it is ready, and
/// ends with the session's bus.
const SCRIPT: &str = r#"printf hunter2 | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null &&
    exec "$@""#;

/// Runs the test `name` again in a separate session, in which `body` runs.
pub(crate) fn in_session(name: &str, body: impl Future<Output = ()>) {
    if variable(MARK).is_some() {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap().block_on(body);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", SCRIPT, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env_clear()
        .env(MARK, "1")
        .env("PATH", variable("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .output()
        .unwrap_or_else(|error| panic!("dbus-run-session is needed, of the package dbus: {error}"));
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[expect(clippy::disallowed_methods, reason = "a test looks whether it is in its session")]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
