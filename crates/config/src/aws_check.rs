//! Checks the settings of a connection to AWS against each other.

use crate::{Auth, AwsTable, Token, regions};
use lamplight_aws_model::{SessionDuration, SessionTag};
use lamplight_domain::{TableError, remove_quoted};
use std::collections::BTreeSet;

/// Returns the first error in the table.
pub(crate) fn check(table: &AwsTable) -> Result<(), TableError> {
    let inside = Inside { path: Vec::new() };
    let has_address = table.endpoint_url.is_some();
    regions::check("region", table.region.as_ref(), has_address)?;
    regions::check("sts_region", table.sts_region.as_ref(), has_address || table.sts_endpoint_url.is_some())?;
    for (key, is_set) in
        [("use_fips", table.use_fips == Some(true)), ("use_dual_stack", table.use_dual_stack == Some(true))]
    {
        if is_set && has_address {
            return Err(inside.wrong(
                key,
                format!("{key} selects one of AWS's own endpoints, but endpoint_url replaces them"),
                "remove one of the two",
            ));
        }
    }
    if table.unmarked_answers == Some(true) && !has_address {
        return Err(inside.wrong(
            "unmarked_answers",
            "unmarked_answers is only for an emulator, so it needs an endpoint_url in the same connection",
            "remove it, or set endpoint_url to the address of the emulator",
        ));
    }
    inside.at(&["auth"]).auth(&table.auth)
}

/// A part of the table, with the path to it.
struct Inside<'a> {
    path: Vec<&'a str>,
}

impl<'a> Inside<'a> {
    fn at(&self, keys: &[&'a str]) -> Self {
        Self { path: self.path.iter().chain(keys).copied().collect() }
    }

    fn wrong(&self, key: &'a str, message: impl Into<String>, hint: &'static str) -> TableError {
        TableError::new(self.at(&[key]).path, remove_quoted(&message.into())).with_hint(hint)
    }

    fn auth(&self, auth: &'a Auth) -> Result<(), TableError> {
        let inside = self.at(&[auth.method()]);
        match auth {
            Auth::Profile(profile) if profile.name.trim().is_empty() => {
                Err(inside.wrong("name", "the profile name is empty", "name a profile of ~/.aws/config"))
            }
            Auth::Default | Auth::InstanceProfile | Auth::AccessKey(_) | Auth::Profile(_) => Ok(()),
            Auth::AssumeRole(role) => {
                let is_chained = matches!(role.source, Auth::AssumeRole(_) | Auth::WebIdentity(_));
                inside.duration(role.duration_seconds, is_chained)?;
                inside.policies(role.policy_arns.len())?;
                if role.tags.len() > 50 {
                    return Err(inside.wrong("tags", "a session can have at most 50 tags", "remove some"));
                }
                let mut keys = BTreeSet::new();
                for (key, value) in &role.tags {
                    if !keys.insert(key.to_lowercase()) {
                        let message = "two tag keys differ only in case, which STS ignores";
                        return Err(inside.at(&["tags"]).wrong(key, message, "remove one of them"));
                    }
                    SessionTag::new(key, value)
                        .map_err(|error| inside.at(&["tags"]).wrong(key, error.to_string(), "change it"))?;
                }
                for key in &role.transitive_tag_keys {
                    if !role.tags.contains_key(key) {
                        let message = "a listed key is not in tags";
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

    fn duration(&self, asked: Option<SessionDuration>, is_chained: bool) -> Result<(), TableError> {
        if is_chained && asked.is_some_and(|asked| asked > SessionDuration::HOUR) {
            return Err(self.wrong(
                "duration_seconds",
                "a role session can last at most 3600 seconds in role chaining",
                "remove the setting, or use a source that is not a role",
            ));
        }
        Ok(())
    }

    fn policies(&self, count: usize) -> Result<(), TableError> {
        if count > 10 {
            return Err(self.wrong("policy_arns", "a session can have at most 10 policies", "remove some"));
        }
        Ok(())
    }

    fn token(&self, token: &'a Token) -> Result<(), TableError> {
        let inside = self.at(&[token.source()]);
        match token {
            Token::File(text) | Token::Env(text) if text.trim().is_empty() => {
                Err(self.wrong(token.source(), "this is empty", "give the name of the file or variable"))
            }
            Token::EntraWorkloadIdentity(identity) if identity.scope.trim().is_empty() => Err(inside.wrong(
                "scope",
                "this is empty",
                "give the application ID URI followed by /.default",
            )),
            Token::File(_) | Token::Env(_) | Token::EntraWorkloadIdentity(_) => Ok(()),
            Token::EntraManagedIdentity(identity) => {
                let ids = [&identity.client_id, &identity.object_id, &identity.resource_id];
                if ids.into_iter().flatten().count() > 1 {
                    return Err(inside.wrong(
                        "client_id",
                        "only one of client_id, object_id and resource_id can be set",
                        "set one of them and remove the others",
                    ));
                }
                Ok(())
            }
            Token::ClientCredentials(client) => {
                if client.basic_auth && client.client_secret.is_none() {
                    return Err(inside.wrong(
                        "basic_auth",
                        "basic_auth needs a client_secret to send in the header",
                        "remove it, or set client_secret",
                    ));
                }
                if client.client_secret.is_some() == client.assertion.is_some() {
                    return Err(inside.wrong(
                        "client_secret",
                        "exactly one of client_secret and assertion is needed",
                        "set client_secret to a secret reference, or set assertion to use a signing key",
                    ));
                }
                Ok(())
            }
        }
    }
}
