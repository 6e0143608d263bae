//! Roles, assumed with other credentials or with a token.

use super::{
    AssumeRole, Refreshing, RoleSession, WebIdentity,
    load::{Loaded, Source},
};
use crate::{
    AwsConnectionConfig,
    error::{
        CredentialsFailure,
        answers::{AnswerCheck, find_unexpected_answer},
        transport_failure,
    },
};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_sts::{
    config::IdentityCache,
    error::{ProvideErrorMetadata, SdkError},
    types::{Credentials as Issued, PolicyDescriptorType, Tag},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use lamplight_aws_model::{ExternalId, RoleRequest, RoleSessionName, UnexpectedAnswer};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::ExposeSecret;
use std::{error::Error, sync::Arc};

/// The default session name.
const SESSION_NAME: &str = "lamplight";

/// The STS endpoint of a connection.
#[derive(Debug)]
struct Sts {
    config: aws_sdk_sts::Config,
    /// The endpoint, for error messages.
    address: String,
}

impl Sts {
    fn new(config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        let region = config.sts_region.as_ref().unwrap_or(&config.region);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(config.timeouts.connect)
            .read_timeout(config.timeouts.read)
            .operation_attempt_timeout(config.timeouts.read)
            .build();
        let mut builder = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.as_str().to_owned()))
            .http_client(http.clone())
            .retry_config(RetryConfig::standard())
            .identity_cache(IdentityCache::no_cache())
            .timeout_config(timeouts)
            .use_fips(config.use_fips)
            .use_dual_stack(config.use_dual_stack);
        builder.set_endpoint_url(config.sts_endpoint_url.clone());
        builder.push_interceptor(AnswerCheck::shared(config.unmarked()));
        let address = match &config.sts_endpoint_url {
            Some(url) => url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned(),
            None => format!("the STS endpoint in {region}"),
        };
        Self { config: builder.build(), address }
    }

    fn signing_with(&self, credentials: Credentials) -> aws_sdk_sts::Client {
        let provider = SharedCredentialsProvider::new(credentials);
        aws_sdk_sts::Client::from_conf(self.config.to_builder().credentials_provider(provider).build())
    }

    fn unsigned(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(self.config.clone())
    }

    fn failure<E>(
        &self,
        error: &SdkError<E, HttpResponse>,
        request: RoleRequest,
        session: &RoleSession,
    ) -> CredentialsFailure
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        if let Some(foreign @ UnexpectedAnswer::Foreign { .. }) = find_unexpected_answer(error) {
            return CredentialsFailure::unidentified(
                &foreign.to_string(),
                request,
                session.role.as_str(),
                &self.address,
            );
        }
        match error {
            SdkError::ServiceError(refused) => {
                CredentialsFailure::of_sts(refused, request, session.role.as_str(), &self.address)
            }
            _ => transport_failure(error, &format!("{} of {}", request.action(), session.role)),
        }
    }

    fn issued(
        &self,
        given: Option<Issued>,
        request: RoleRequest,
        session: &RoleSession,
        by: &str,
    ) -> Result<Loaded, CredentialsFailure> {
        let role = &session.role;
        let unexpected = || {
            let what = "HTTP 200 without credentials";
            CredentialsFailure::not_of_sts(what, request, role.as_str(), &self.address)
        };
        // The SDK replaces missing values by empty texts.
        let is_whole = |given: &Issued| {
            [&given.access_key_id, &given.secret_access_key, &given.session_token]
                .iter()
                .all(|part| !part.is_empty())
        };
        let given = given.filter(is_whole).ok_or_else(unexpected)?;
        let expiry = given.expiration.try_into().map_err(|_| unexpected())?;
        let credentials = Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            Some(expiry),
            "lamplight",
        );
        Ok(Loaded { credentials, origin: format!("role {role}, assumed {by}") })
    }
}

/// A role assumed with other credentials.
#[derive(Debug)]
pub(super) struct AssumedRole {
    basis: Arc<Refreshing>,
    session: RoleSession,
    external_id: Option<ExternalId>,
    tags: Vec<Tag>,
    transitive_tag_keys: Vec<String>,
    source_identity: Option<RoleSessionName>,
    sts: Sts,
}

impl AssumedRole {
    pub(super) fn new(
        role: &AssumeRole,
        basis: Arc<Refreshing>,
        config: &AwsConnectionConfig,
        http: &HttpClient,
    ) -> Self {
        // Building a tag can fail only if the key or the value is missing, so no tag is lost here.
        let tag =
            |tag: &lamplight_aws_model::SessionTag| Tag::builder().key(tag.key()).value(tag.value()).build();
        Self {
            basis,
            session: role.session.clone(),
            external_id: role.external_id.clone(),
            tags: role.tags.iter().filter_map(|one| tag(one).ok()).collect(),
            transitive_tag_keys: role.transitive_tag_keys.clone(),
            source_identity: role.source_identity.clone(),
            sts: Sts::new(config, http),
        }
    }
}

#[async_trait]
impl Source for AssumedRole {
    fn name(&self) -> String {
        format!("role {}", self.session.role)
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let basis = self.basis.current().await?;
        let session = &self.session;
        let request = RoleRequest::Credentials { external_id: self.external_id.is_some() };
        let sent = self
            .sts
            .signing_with(basis.credentials)
            .assume_role()
            .role_arn(session.role.as_str())
            .role_session_name(session_name(session))
            .set_duration_seconds(duration(session))
            .set_policy(session.policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(policy_arns(session))
            .set_external_id(self.external_id.as_ref().map(ToString::to_string))
            .set_tags(some(self.tags.clone()))
            .set_transitive_tag_keys(some(self.transitive_tag_keys.clone()))
            .set_source_identity(self.source_identity.as_ref().map(ToString::to_string))
            .send()
            .await;
        let output = sent.map_err(|error| self.sts.failure(&error, request, session))?;
        let by = format!("by {}", basis.origin);
        self.sts.issued(output.credentials, request, session, &by)
    }
}

/// A role assumed with a token.
#[derive(Debug)]
pub(super) struct FederatedRole {
    identity: WebIdentity,
    sts: Sts,
}

impl FederatedRole {
    pub(super) fn new(identity: &WebIdentity, config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        Self { identity: identity.clone(), sts: Sts::new(config, http) }
    }
}

#[async_trait]
impl Source for FederatedRole {
    fn name(&self) -> String {
        format!("role {}", self.identity.session.role)
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let token = self.identity.token.token().await.map_err(CredentialsFailure::of_port)?;
        let session = &self.identity.session;
        let sent = self
            .sts
            .unsigned()
            .assume_role_with_web_identity()
            .role_arn(session.role.as_str())
            .role_session_name(session_name(session))
            .web_identity_token(token.expose_secret())
            .set_duration_seconds(duration(session))
            .set_policy(session.policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(policy_arns(session))
            .send()
            .await;
        let output = sent.map_err(|error| self.sts.failure(&error, RoleRequest::Token, session))?;
        let by = match output.subject_from_web_identity_token {
            Some(subject) => format!("by a web identity token of {subject}"),
            None => "by a web identity token".to_owned(),
        };
        self.sts.issued(output.credentials, RoleRequest::Token, session, &by)
    }
}

fn session_name(session: &RoleSession) -> &str {
    session.name.as_ref().map_or(SESSION_NAME, RoleSessionName::as_str)
}

fn duration(session: &RoleSession) -> Option<i32> {
    session.duration.and_then(|duration| i32::try_from(duration.seconds()).ok())
}

fn policy_arns(session: &RoleSession) -> Option<Vec<PolicyDescriptorType>> {
    let arns = session.policy_arns.iter();
    some(arns.map(|arn| PolicyDescriptorType::builder().arn(arn.as_str()).build()).collect())
}

/// `None` for an empty list, because an empty list would be sent as a parameter of its own.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
