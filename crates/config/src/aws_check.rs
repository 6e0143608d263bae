//! What must hold between the settings of a connection to AWS.

use crate::{Auth, AwsTable, Token, regions};
use lamplight_aws_model::{SessionDuration, SessionTag};
use lamplight_domain::{TableError, remove_quoted};
use std::collections::BTreeSet;

/// The first rule that the table breaks.
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
                format!("{key} chooses among AWS's own addresses, and endpoint_url replaces them"),
                "leave one of the two out",
            ));
        }
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

    fn duration(&self, asked: Option<SessionDuration>, is_chained: bool) -> Result<(), TableError> {
        if is_chained && asked.is_some_and(|asked| asked > SessionDuration::HOUR) {
            return Err(self.wrong(
                "duration_seconds",
                "a role that is assumed with another role lasts at most 3600 seconds",
                "leave it out, or use a source that is no role",
            ));
        }
        Ok(())
    }

    fn policies(&self, count: usize) -> Result<(), TableError> {
        if count > 10 {
            return Err(self.wrong("policy_arns", "a session has at most 10 policies", "leave some out"));
        }
        Ok(())
    }

    fn token(&self, token: &'a Token) -> Result<(), TableError> {
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
