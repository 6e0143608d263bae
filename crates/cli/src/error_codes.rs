//! All stable error codes that the command line can show; `docs/errors.md` has a section for each.

use lamplight_domain::ErrorCode;

/// All codes: the neutral ones, then those of the providers that are built in.
pub fn error_codes() -> impl Iterator<Item = &'static ErrorCode> {
    ErrorCode::NEUTRAL.iter().chain(lamplight_aws_model::codes::ALL)
}
