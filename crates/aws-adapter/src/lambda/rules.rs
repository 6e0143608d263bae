//! Refuses requests that break a rule, before they are sent.

use lamplight_aws_model::{ManageSubject, manage_rules::refusal};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};

/// Refuses a request that breaks rules. The error names all broken rules.
pub(crate) fn check_rules(
    subject: &ManageSubject,
    broken: impl IntoIterator<Item = String>,
) -> Result<(), PortError> {
    let Some(message) = refusal(subject, broken) else { return Ok(()) };
    Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
        .with_hint("fix these values, then retry"))
}
