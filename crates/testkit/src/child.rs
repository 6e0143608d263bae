//! Runs a test in a separate process with its own environment.

use std::process::Command;

/// Set in the child process, in addition to the environment that the test gives it.
const MARK: &str = "LAMPLIGHT_TEST_CHILD";

/// Runs the test `name` again in a child process with exactly `environment`; `body` runs only there.
#[expect(clippy::disallowed_methods, reason = "a test looks whether it is its own child")]
pub fn in_child(name: &str, environment: &[(&str, &str)], body: impl Future<Output = ()>) {
    if std::env::var_os(MARK).is_some() {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(body);
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env_clear()
        .env(MARK, "1")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
