//! The caller's identity, as reported by STS.

use crate::{
    error::read::{Reading, read_error},
    session::Session,
};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Timestamp};
use lamplight_ports::{CredentialsSummary, Identity, PortError, PortErrorKind, Principal};
use std::sync::Arc;

/// [`Identity`] over STS `GetCallerIdentity`, which needs no permission.
#[derive(Debug)]
pub struct AwsIdentity {
    session: Arc<Session>,
}

impl AwsIdentity {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Identity for AwsIdentity {
    async fn credentials(&self) -> Result<CredentialsSummary, PortError> {
        let loaded = self.session.credentials.current().await.map_err(PortError::from)?;
        let expires_at = loaded.credentials.expiry().and_then(|end| Timestamp::try_from(end).ok());
        Ok(CredentialsSummary { source: loaded.origin, expires_at })
    }

    async fn who_am_i(&self) -> Result<Option<Principal>, PortError> {
        let reading = Reading { action: "sts:GetCallerIdentity", region: self.session.region() };
        // Get the credentials first, so that this does not count towards the time limit of the request.
        self.session.credentials.current().await.map_err(PortError::from)?;
        let sent = self.session.identity().get_caller_identity().send().await;
        let output = sent.map_err(|error| read_error(&error, &reading))?;
        match (output.account, output.arn) {
            (account @ Some(_), Some(reference)) => Ok(Some(Principal { account, reference })),
            _ => Err(PortError::new(
                PortErrorKind::Corrupt,
                ErrorCode::UnexpectedAnswer,
                "STS answered without account and ARN",
            )),
        }
    }
}
