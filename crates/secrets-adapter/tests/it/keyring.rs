//! The keyring on systems without one, such as servers.

use crate::script::{reference, told};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortErrorKind, SecretResolver};
use lamplight_secrets_adapter::KeyringSecrets;
use std::process::Command;

/// Set in the child, which is on a machine without a session's bus.
const MARK: &str = "LAMPLIGHT_TEST_CHILD";

/// The bus is set in the environment of the process, so the test starts itself again in a separate process.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test looks whether it is its own child")]
fn without_a_keyring_an_alternative_is_named() {
    if std::env::var_os(MARK).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        // Read twice, because whether a keyring exists is checked only once.
        for _ in 0..2 {
            let answer = runtime.block_on(KeyringSecrets.resolve(&reference("keyring:lamplight/key")));
            let error = answer.unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable)
            );
            assert!(error.message.contains("this system has no keyring"), "{error:?}");
            let told = told(&error);
            assert!(
                ["keyring:lamplight/key", "file:", "0600", "env:"].iter().all(|word| told.contains(word))
            );
        }
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "keyring::without_a_keyring_an_alternative_is_named"])
        .env_clear()
        .env(MARK, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
