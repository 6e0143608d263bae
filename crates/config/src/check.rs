//! What must hold between the parts of the file.

use crate::{
    AMBIENT, Auth, Config, ConfigError, ConnectionConfig, DEMO, Provider, Token, VaultAuth,
    error::{nearest, scrubbed},
    mounts,
};
use lamplight_aws_model::{Region, RegionError, SessionDuration, SessionTag};
use lamplight_domain::{ConnectionName, Hint, SecretRef};
use std::collections::BTreeSet;

/// The first rule that the file breaks.
pub(crate) fn check(config: &Config) -> Result<(), ConfigError> {
    let at = |path: &[&str], message: String, hint: Option<Hint>| ConfigError {
        shown: config.shown.clone(),
        place: config.place_of(path),
        message,
        hint,
    };
    known(config, config.default_connection.as_ref(), &["default_connection"])?;
    for (name, connection) in &config.connections {
        let inside = Inside { config, path: vec!["connections", name.as_str()] };
        inside.connection(connection)?;
    }
    if let Some(vault) = &config.secrets.vault
        && let Some(scheme) = vault.references().into_iter().find_map(stored)
    {
        let method = match vault.auth {
            Some(VaultAuth::AppRole(_)) => "approle",
            Some(VaultAuth::Jwt(_)) => "jwt",
            _ => "token",
        };
        let message = format!("logging in to Vault cannot use a secret of a store ({scheme}:)");
        let hint = "use env:, file: or keyring: here".into();
        return Err(at(&["secrets", "vault", "auth", method], message, Some(hint)));
    }
    if let Some(vault) = &config.secrets.vault {
        mounts::check(config, vault)?;
    }
    if let Some(aws_sm) = &config.secrets.aws_sm
        && let Some(name) = &aws_sm.connection
    {
        known(config, Some(name), &["secrets", "aws-sm", "connection"])?;
        let own = config.connections.get(name);
        let is_simulated = own.map_or(name.as_str() == DEMO, |own| own.provider == Provider::Fake);
        if is_simulated {
            let message = format!("connection {name} is simulated and has no secrets");
            let hint = "name a connection to AWS, or leave it out for the ambient credentials".into();
            return Err(at(&["secrets", "aws-sm", "connection"], message, Some(hint)));
        }
        let reference = own.and_then(|own| own.auth.references().into_iter().find(|one| is_aws_sm(one)));
        if let Some(reference) = reference {
            let message = format!("connection {name} would need itself: its keys are at {reference}");
            let hint = "let a connection read the secrets whose own keys lie elsewhere".into();
            return Err(at(&["secrets", "aws-sm", "connection"], message, Some(hint)));
        }
    }
    Ok(())
}

/// The scheme of a reference to a store. Only that is shown: what follows it may be a secret in the form of a reference.
fn stored(reference: &SecretRef) -> Option<&str> {
    match reference {
        SecretRef::Store(store) => Some(store.scheme()),
        SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Keyring { .. } => None,
    }
}

fn is_aws_sm(reference: &SecretRef) -> bool {
    matches!(reference, SecretRef::Store(store) if store.scheme() == "aws-sm")
}

/// A connection that is named elsewhere in the file must be there.
fn known(config: &Config, name: Option<&ConnectionName>, path: &[&str]) -> Result<(), ConfigError> {
    let Some(name) = name else { return Ok(()) };
    if config.connections.contains_key(name) || [DEMO, AMBIENT].contains(&name.as_str()) {
        return Ok(());
    }
    let listed = config.choice(name.as_str());
    // Only a slip of a known name is repeated: anything else may be a secret in the wrong place.
    let (message, hint) = match nearest(name.as_str(), config.connection_names()) {
        Some(nearest) => {
            (format!("there is no connection {name}"), format!("did you mean {nearest:?}? {listed}"))
        }
        None => ("there is no connection of this name".to_owned(), listed),
    };
    Err(ConfigError {
        shown: config.shown.clone(),
        place: config.place_of(path),
        message,
        hint: Some(hint.into()),
    })
}

/// A part of the file, with the path to it.
struct Inside<'a> {
    config: &'a Config,
    path: Vec<&'a str>,
}

impl<'a> Inside<'a> {
    fn at(&self, keys: &[&'a str]) -> Self {
        Self { config: self.config, path: self.path.iter().chain(keys).copied().collect() }
    }

    fn wrong(&self, key: &'a str, message: impl Into<String>, hint: impl Into<Hint>) -> ConfigError {
        let path = self.at(&[key]).path;
        // The table's own place, where the key is missing.
        let place = self.config.place_of(&path).or_else(|| self.config.place_of(&self.path));
        ConfigError {
            shown: self.config.shown.clone(),
            place,
            message: scrubbed(&message.into()),
            hint: Some(hint.into()),
        }
    }

    fn connection(&self, connection: &ConnectionConfig) -> Result<(), ConfigError> {
        self.regions(connection)?;
        if connection.max_attempts.is_some_and(|attempts| !(1..=10).contains(&attempts)) {
            return Err(self.wrong("max_attempts", "this must be 1-10", "leave it out for the default"));
        }
        if connection.provider == Provider::Fake {
            for (key, is_set) in [
                ("auth", connection.auth != Auth::Default),
                ("endpoint_url", connection.endpoint_url.is_some()),
                ("sts_endpoint_url", connection.sts_endpoint_url.is_some()),
                ("sts_region", connection.sts_region.is_some()),
                ("use_fips", connection.use_fips.is_some()),
                ("use_dual_stack", connection.use_dual_stack.is_some()),
            ] {
                if is_set {
                    return Err(self.wrong(key, format!("the simulator knows no {key}"), "leave it out"));
                }
            }
        } else if connection.script.is_some() {
            return Err(self.wrong(
                "script",
                "only the simulator has a script",
                "add provider = \"fake\", or leave it out",
            ));
        }
        for (key, is_set) in [
            ("use_fips", connection.use_fips == Some(true)),
            ("use_dual_stack", connection.use_dual_stack == Some(true)),
        ] {
            if is_set && connection.endpoint_url.is_some() {
                return Err(self.wrong(
                    key,
                    format!("{key} chooses among AWS's own addresses, and endpoint_url replaces them"),
                    "leave one of the two out",
                ));
            }
        }
        self.at(&["auth"]).auth(&connection.auth)
    }

    fn regions(&self, connection: &ConnectionConfig) -> Result<(), ConfigError> {
        let hint = "a region newer than this build can be used with endpoint_url";
        for (key, region, has_address) in [
            ("region", &connection.region, connection.endpoint_url.is_some()),
            (
                "sts_region",
                &connection.sts_region,
                connection.endpoint_url.is_some() || connection.sts_endpoint_url.is_some(),
            ),
        ] {
            let Some(text) = region else { continue };
            let parsed = if has_address || connection.provider == Provider::Fake {
                Region::parse_well_formed(text)
            } else {
                Region::parse_known(text)
            };
            let error = match parsed {
                Ok(_) => continue,
                // Nothing near a region: somebody may have pasted a secret into the wrong line.
                Err(RegionError::Malformed { nearest: None, .. }) => self.wrong(
                    key,
                    "this is no region name",
                    "a region looks like us-east-1 or us-gov-west-1",
                ),
                Err(error) => ConfigError { message: error.to_string(), ..self.wrong(key, "", hint) },
            };
            return Err(error);
        }
        Ok(())
    }

    fn auth(&self, auth: &'a Auth) -> Result<(), ConfigError> {
        let inside = self.at(&[auth.method()]);
        match auth {
            Auth::Profile(profile) if profile.name.trim().is_empty() => {
                Err(inside.wrong("name", "the profile has no name", "name a profile of ~/.aws/config"))
            }
            Auth::Default | Auth::InstanceProfile | Auth::AccessKey(_) | Auth::Profile(_) => Ok(()),
            Auth::AssumeRole(role) => {
                let is_chained = matches!(role.source, Auth::AssumeRole(_) | Auth::WebIdentity(_));
                inside.duration(role.duration_seconds, is_chained)?;
                inside.policies(role.policy_arns.len())?;
                if role.tags.len() > 50 {
                    return Err(inside.wrong("tags", "a session has at most 50 tags", "leave some out"));
                }
                let mut keys = BTreeSet::new();
                for (key, value) in &role.tags {
                    if !keys.insert(key.to_lowercase()) {
                        let message = "two tags' keys differ only by case, which STS ignores";
                        return Err(inside.at(&["tags"]).wrong(key, message, "leave one out"));
                    }
                    SessionTag::new(key, value)
                        .map_err(|error| inside.at(&["tags"]).wrong(key, error.to_string(), "change it"))?;
                }
                for key in &role.transitive_tag_keys {
                    if !role.tags.contains_key(key) {
                        let message = "a key is listed that is no tag's";
                        return Err(inside.wrong("transitive_tag_keys", message, "add it to tags"));
                    }
                }
                inside.at(&["source"]).auth(&role.source)
            }
            Auth::WebIdentity(identity) => {
                inside.duration(identity.duration_seconds, false)?;
                inside.policies(identity.policy_arns.len())?;
                inside.at(&["token"]).token(&identity.token)
            }
        }
    }

    fn duration(&self, asked: Option<SessionDuration>, is_chained: bool) -> Result<(), ConfigError> {
        if is_chained && asked.is_some_and(|asked| asked > SessionDuration::HOUR) {
            return Err(self.wrong(
                "duration_seconds",
                "a role that is assumed with another role lasts at most 3600 seconds",
                "leave it out, or use a source that is no role",
            ));
        }
        Ok(())
    }

    fn policies(&self, count: usize) -> Result<(), ConfigError> {
        if count > 10 {
            return Err(self.wrong("policy_arns", "a session has at most 10 policies", "leave some out"));
        }
        Ok(())
    }

    fn token(&self, token: &'a Token) -> Result<(), ConfigError> {
        let inside = self.at(&[token.source()]);
        match token {
            Token::File(text) | Token::Env(text) if text.trim().is_empty() => {
                Err(self.wrong(token.source(), "this is empty", "name the file or the variable"))
            }
            Token::EntraWorkloadIdentity(identity) if identity.scope.trim().is_empty() => {
                Err(inside.wrong("scope", "this is empty", "give the application's ID URI and /.default"))
            }
            Token::File(_) | Token::Env(_) | Token::EntraWorkloadIdentity(_) => Ok(()),
            Token::EntraManagedIdentity(identity) => {
                let ids = [&identity.client_id, &identity.object_id, &identity.resource_id];
                if ids.into_iter().flatten().count() > 1 {
                    return Err(inside.wrong(
                        "client_id",
                        "client_id, object_id and resource_id each name the identity",
                        "give one of them",
                    ));
                }
                Ok(())
            }
            Token::ClientCredentials(client) => {
                if client.basic_auth && client.client_secret.is_none() {
                    return Err(inside.wrong(
                        "basic_auth",
                        "only a client_secret goes into the header",
                        "leave it out, or give client_secret",
                    ));
                }
                if client.client_secret.is_some() == client.assertion.is_some() {
                    return Err(inside.wrong(
                        "client_secret",
                        "exactly one of client_secret and assertion is needed",
                        "give the client's secret by reference, or the key that signs in its place",
                    ));
                }
                Ok(())
            }
        }
    }
}
