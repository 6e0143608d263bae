//! Keys for one call alone, in place of the connection's own way to authenticate.

use crate::failure::Failure;
use clap::{Args, Subcommand};
use lamplight_domain::{ErrorCode, SecretRef};

/// An access key for one call, by reference: nothing of it is kept, and a key on the command line itself would
/// be seen by every user of the machine.
///
/// The texts are parsed after clap, whose messages repeat a value that is refused: it may be the secret itself.
#[derive(Debug, Clone, Default, Args)]
pub struct CallKeys {
    /// A reference to the access key ID: `env:NAME`, `file:PATH`, `keyring:SERVICE/ACCOUNT`,
    /// `vault:MOUNT/PATH#FIELD` or `aws-sm:NAME#FIELD`. The key overrides the connection's authentication for this call
    #[arg(
        long,
        global = true,
        value_name = "REF",
        requires = "secret_access_key",
        help_heading = "Access key for this call"
    )]
    pub access_key_id: Option<String>,
    /// A reference to the secret access key
    #[arg(
        long,
        global = true,
        value_name = "REF",
        requires = "access_key_id",
        help_heading = "Access key for this call"
    )]
    pub secret_access_key: Option<String>,
    /// A reference to the session token of a temporary key
    #[arg(
        long,
        global = true,
        value_name = "REF",
        requires = "access_key_id",
        help_heading = "Access key for this call"
    )]
    pub session_token: Option<String>,
}

/// Verbs that call the provider, and the key for one call, which can stand before or after the verb.
#[derive(Debug, Args)]
pub struct WithKeys<C: Subcommand> {
    /// The verb.
    #[command(subcommand)]
    pub command: C,
    /// Keys for this call only.
    #[command(flatten)]
    pub keys: CallKeys,
}

/// Where the parts of a key for one call can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallKeyRefs {
    /// The access key id.
    pub access_key_id: SecretRef,
    /// The secret access key.
    pub secret_access_key: SecretRef,
    /// The session token.
    pub session_token: Option<SecretRef>,
}

impl CallKeys {
    /// The references, where a key is given.
    pub fn references(&self) -> Result<Option<CallKeyRefs>, Failure> {
        let parse = |option: &str, text: &String| {
            text.parse().map_err(|error: lamplight_domain::SecretRefError| {
                Failure::usage(ErrorCode::InvalidSecretReference, format!("{option}: {error}"))
                    .with_hint("put the key into a variable or file and name that")
            })
        };
        let (Some(id), Some(secret)) = (&self.access_key_id, &self.secret_access_key) else {
            return Ok(None);
        };
        let token = self.session_token.as_ref();
        Ok(Some(CallKeyRefs {
            access_key_id: parse("--access-key-id", id)?,
            secret_access_key: parse("--secret-access-key", secret)?,
            session_token: token.map(|text| parse("--session-token", text)).transpose()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_given_by_reference_and_never_repeated() {
        let keys = |id: &str, secret: &str| CallKeys {
            access_key_id: Some(id.to_owned()),
            secret_access_key: Some(secret.to_owned()),
            session_token: None,
        };
        let references = keys("env:ID", "file:/run/key").references().unwrap().unwrap();
        assert_eq!(references.secret_access_key.to_string(), "file:/run/key");
        assert_eq!(CallKeys::default().references().unwrap(), None);
        let failure = keys("env:ID", "hunter2").references().unwrap_err();
        assert!(failure.message.starts_with("--secret-access-key: "), "{}", failure.message);
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}
