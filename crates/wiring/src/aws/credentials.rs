//! Creates credential sources from the `auth` settings of the configuration.

use lamplight_aws_adapter::{AccessKey, AssumeRole, CredentialsSource, KeyPart, RoleSession, WebIdentity};
use lamplight_aws_model::SessionTag;
use lamplight_config::{
    AccessKeyId, Algorithm, AssumeRoleAuth, Auth, ClientCredentialsToken, ManagedIdentityToken, Token,
    WebIdentityAuth, WorkloadIdentityToken,
};
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_http_adapter::HttpClient;
use lamplight_identity_adapter as identity;
use lamplight_ports::{HttpExchange, OpenConnection, PortError, PortErrorKind, SecretString, TokenSource};
use std::{path::PathBuf, sync::Arc};

/// The default address of Entra.
const ENTRA: &str = "https://login.microsoftonline.com";
/// The default address of the Azure instance metadata service.
const AZURE_METADATA: &str = "http://169.254.169.254";

/// Creates the credential sources of a connection.
#[derive(Debug)]
pub(super) struct CredentialsBuilder<'a> {
    /// The connection.
    pub(super) open: &'a OpenConnection<'a>,
    /// The connection's HTTP client.
    pub(super) http: &'a HttpClient,
}

impl CredentialsBuilder<'_> {
    /// Creates the credential source for a connection's `auth`.
    pub(super) fn credentials(&self, auth: &Auth) -> Result<CredentialsSource, PortError> {
        Ok(match auth {
            Auth::Default => CredentialsSource::Ambient,
            Auth::InstanceProfile => CredentialsSource::InstanceProfile,
            Auth::Profile(profile) => CredentialsSource::Profile(profile.name.clone()),
            Auth::AccessKey(key) => CredentialsSource::AccessKey(AccessKey {
                id: match &key.access_key_id {
                    AccessKeyId::Itself(id) => KeyPart::Value(SecretString::from(id.as_str())),
                    AccessKeyId::Reference(reference) => reference.clone().into(),
                },
                secret: key.secret_access_key.clone().into(),
                session_token: key.session_token.clone().map(Into::into),
            }),
            Auth::AssumeRole(role) => CredentialsSource::AssumeRole(Box::new(self.role(role)?)),
            Auth::WebIdentity(web) => CredentialsSource::WebIdentity(WebIdentity {
                token: self.token(&web.token)?,
                session: web_session(web),
            }),
        })
    }

    fn role(&self, role: &AssumeRoleAuth) -> Result<AssumeRole, PortError> {
        let tags = role.tags.iter().map(|(key, value)| SessionTag::new(key, value));
        Ok(AssumeRole {
            source: self.credentials(&role.source)?,
            session: RoleSession {
                role: role.role_arn.clone(),
                name: role.session_name.clone(),
                duration: role.duration_seconds,
                policy: role.policy.clone(),
                policy_arns: role.policy_arns.clone(),
            },
            external_id: role.external_id.clone(),
            tags: tags.collect::<Result<_, _>>().map_err(|error| invalid(error.to_string()))?,
            transitive_tag_keys: role.transitive_tag_keys.clone(),
            source_identity: role.source_identity.clone(),
        })
    }

    fn token(&self, token: &Token) -> Result<Arc<dyn TokenSource>, PortError> {
        Ok(match token {
            Token::File(path) => Arc::new(identity::FileToken::new(self.path(path))),
            Token::Env(name) => Arc::new(identity::ReferencedToken::new(
                SecretRef::Env(name.clone()),
                Arc::clone(&self.open.secrets),
            )),
            Token::EntraWorkloadIdentity(workload) => Arc::new(self.entra_workload(workload)?),
            Token::EntraManagedIdentity(managed) => Arc::new(self.managed_identity(managed)),
            Token::ClientCredentials(client) => Arc::new(self.client_credentials(client)?),
        })
    }

    fn entra_workload(
        &self,
        workload: &WorkloadIdentityToken,
    ) -> Result<identity::EntraWorkloadIdentity, PortError> {
        let needed = |own: &Option<String>, key: &str, variable: &str| {
            own.clone().or_else(|| self.variable(variable)).ok_or_else(|| {
                let message = format!("entra-workload-identity needs {key}, and {variable} is not set");
                invalid(message).with_hint(
                    "set it in the configuration; in Kubernetes, Azure's webhook sets the variable",
                )
            })
        };
        let authority = workload.authority_host.as_ref().map(ToString::to_string);
        Ok(identity::EntraWorkloadIdentity {
            http: self.http(),
            authority_host: authority
                .or_else(|| self.variable("AZURE_AUTHORITY_HOST"))
                .unwrap_or_else(|| ENTRA.to_owned()),
            tenant_id: needed(&workload.tenant_id, "tenant_id", "AZURE_TENANT_ID")?,
            client_id: needed(&workload.client_id, "client_id", "AZURE_CLIENT_ID")?,
            token_file: identity::FileToken::new(self.path(&needed(
                &workload.token_file,
                "token_file",
                "AZURE_FEDERATED_TOKEN_FILE",
            )?)),
            scope: workload.scope.clone(),
        })
    }

    fn managed_identity(&self, managed: &ManagedIdentityToken) -> identity::EntraManagedIdentity {
        let own = managed.endpoint.as_ref().map(ToString::to_string);
        let app_service = self.variable("IDENTITY_ENDPOINT").zip(self.variable("IDENTITY_HEADER"));
        let endpoint = match (own, app_service) {
            (Some(host), _) => identity::ManagedEndpoint::Machine(host),
            (None, Some((url, header))) => {
                identity::ManagedEndpoint::AppService { url, header: header.into() }
            }
            (None, None) => identity::ManagedEndpoint::Machine(
                self.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST")
                    .unwrap_or_else(|| AZURE_METADATA.to_owned()),
            ),
        };
        let by_client = managed.client_id.clone().map(identity::IdentityId::Client);
        let by_object = managed.object_id.clone().map(identity::IdentityId::Object);
        let by_resource = managed.resource_id.clone().map(identity::IdentityId::Resource);
        identity::EntraManagedIdentity {
            http: self.http(),
            sleeper: Arc::clone(&self.open.system.sleeper),
            endpoint,
            resource: managed.resource.clone(),
            identity: by_client.or(by_object).or(by_resource),
        }
    }

    fn client_credentials(
        &self,
        client: &ClientCredentialsToken,
    ) -> Result<identity::ClientCredentials, PortError> {
        let auth = match (&client.assertion, &client.client_secret) {
            (Some(assertion), _) => identity::ClientAuth::Assertion {
                private_key: assertion.private_key.clone(),
                algorithm: algorithm(assertion.algorithm),
                key_id: assertion.key_id.clone(),
                audience: assertion.audience.clone(),
            },
            (None, Some(secret)) if client.basic_auth => identity::ClientAuth::BasicSecret(secret.clone()),
            (None, Some(secret)) => identity::ClientAuth::Secret(secret.clone()),
            (None, None) => {
                let message = "client-credentials needs client_secret or assertion";
                return Err(invalid(message));
            }
        };
        Ok(identity::ClientCredentials {
            http: self.http(),
            secrets: Arc::clone(&self.open.secrets),
            clock: Arc::clone(&self.open.system.clock),
            ids: Arc::clone(&self.open.system.ids),
            grant: identity::Grant {
                token_url: client.token_url.to_string(),
                client_id: client.client_id.clone(),
                scope: client.scope.clone(),
                audience: client.audience.clone(),
                use_id_token: client.use_id_token,
            },
            auth,
        })
    }

    fn http(&self) -> Arc<dyn HttpExchange> {
        Arc::new(self.http.clone())
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.open.variable)(name)
    }

    /// Resolves a path of the configuration: `~/` is the user's home folder; other paths are relative to the folder of the
    /// configuration file.
    fn path(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.variable("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => self.open.folder.join(path),
        }
    }
}

fn invalid(message: impl Into<String>) -> PortError {
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
}

fn web_session(web: &WebIdentityAuth) -> RoleSession {
    RoleSession {
        role: web.role_arn.clone(),
        name: web.session_name.clone(),
        duration: web.duration_seconds,
        policy: web.policy.clone(),
        policy_arns: web.policy_arns.clone(),
    }
}

fn algorithm(algorithm: Algorithm) -> identity::SigningAlgorithm {
    match algorithm {
        Algorithm::RS256 => identity::SigningAlgorithm::Rs256,
        Algorithm::RS384 => identity::SigningAlgorithm::Rs384,
        Algorithm::RS512 => identity::SigningAlgorithm::Rs512,
        Algorithm::ES256 => identity::SigningAlgorithm::Es256,
        Algorithm::ES384 => identity::SigningAlgorithm::Es384,
    }
}
