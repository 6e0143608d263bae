//! Reads secrets from a real Secret Service, and checks its errors.

use crate::session::in_session;
use async_trait::async_trait;
use lamplight_conformance::secret_resolver::{self, SecretHarness, SecretShelf};
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{ExposeSecret, PortErrorKind, SecretResolver};
use lamplight_secrets_adapter::KeyringSecrets;
use std::{
    error::Error,
    io::Write,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Locks the keyring that secrets are stored in; `secret-tool lock` of libsecret 0.20.5 crashes.
const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/aliases/default";

/// Runs a command in a shell, as a user would, with `input` on its stdin.
fn shell(command: &str, input: &str) {
    let mut child = Command::new("sh").args(["-c", command]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let status = child.wait().unwrap();
    assert!(status.success(), "`{command}`: {status}; secret-tool is of the package libsecret-tools");
}

fn reference(text: &str) -> SecretRef {
    text.parse().unwrap()
}

/// Entries of the session's keyring, one each time.
#[derive(Debug, Default)]
struct Session(AtomicUsize);

struct Entry {
    account: String,
}

#[async_trait]
impl SecretHarness for Session {
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf> {
        let entry = Entry { account: format!("prod/{}", self.0.fetch_add(1, Ordering::SeqCst)) };
        entry.put(secret).await;
        Box::new(entry)
    }
}

#[async_trait]
impl SecretShelf for Entry {
    fn resolver(&self) -> Arc<dyn SecretResolver> {
        Arc::new(KeyringSecrets)
    }

    fn reference(&self) -> SecretRef {
        SecretRef::Keyring { service: "lamplight".to_owned(), account: self.account.clone() }
    }

    fn absent(&self) -> Vec<SecretRef> {
        ["keyring:lamplight/absent".to_owned(), format!("keyring:absent/{}", self.account)]
            .map(|text| reference(&text))
            .to_vec()
    }

    fn foreign(&self) -> Vec<SecretRef> {
        ["env:KEY", "file:/key", "vault:kv/app#key"].map(reference).to_vec()
    }

    async fn put(&self, secret: &str) {
        let account = &self.account;
        shell(&format!("secret-tool store --label=Test service lamplight username {account}"), secret);
    }
}

#[test]
fn a_real_keyring_holds_to_the_suite() {
    in_session("secret_service::a_real_keyring_holds_to_the_suite", async {
        let session = Session::default();
        secret_resolver::a_secret_is_read_as_stored(&session).await;
        secret_resolver::a_replaced_secret_is_read_immediately(&session).await;
        secret_resolver::an_absent_secret_is_named(&session).await;
        secret_resolver::a_foreign_reference_is_refused_and_named(&session).await;
        secret_resolver::secrets_are_never_printed(&session).await;
        secret_resolver::concurrent_reads_do_not_affect_each_other(&session).await;
    });
}

#[test]
fn the_command_in_the_hint_stores_what_is_then_found() {
    in_session("secret_service::the_command_in_the_hint_stores_what_is_then_found", async {
        for text in ["keyring:lamplight/prod/key@x.example", "keyring:my app/it's $HOME"] {
            let error = KeyringSecrets.resolve(&reference(text)).await.unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::NotFound, ErrorCode::SecretNotFound)
            );
            let hint = error.hint.unwrap().to_string();
            let command = hint.strip_prefix("store it: `").and_then(|rest| rest.strip_suffix('`'));
            shell(command.unwrap(), "hunter2");
            let secret = KeyringSecrets.resolve(&reference(text)).await.unwrap();
            assert_eq!(secret.expose_secret(), "hunter2", "{text}");
        }
    });
}

#[test]
fn an_ambiguous_entry_is_refused() {
    in_session("secret_service::an_ambiguous_entry_is_refused", async {
        for more in ["one", "two"] {
            let command = format!("secret-tool store --label=Test service s username a more {more}");
            shell(&command, "hunter2");
        }
        let error = KeyringSecrets.resolve(&reference("keyring:s/a")).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid)
        );
        assert!(error.message.contains("keyring:s/a") && !format!("{error:?}").contains("hunter2"));
    });
}

#[test]
fn a_locked_keyring_is_an_error_without_a_prompt() {
    in_session("secret_service::a_locked_keyring_is_an_error_without_a_prompt", async {
        shell("secret-tool store --label=Test service s username a", "hunter2");
        shell(LOCK, "");
        let own = reference("keyring:s/a");
        let reading = KeyringSecrets.resolve(&own);
        let limit = std::time::Duration::from_secs(8);
        let error = tokio::time::timeout(limit, reading).await.unwrap().unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable)
        );
        let told = format!("{error} {:?} {:?}", error.hint, error.source());
        assert!(told.contains("keyring:s/a") && told.contains("unlock") && told.contains("file:"), "{told}");
    });
}
