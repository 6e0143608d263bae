//! Checks region names in the tables of providers.

use lamplight_aws_model::{Region, RegionError};
use lamplight_domain::TableError;

/// Rejects a region that does not exist. A connection with its own endpoint URL may use any name that looks like a
/// region.
pub(crate) fn check(key: &str, region: Option<&String>, has_address: bool) -> Result<(), TableError> {
    let Some(text) = region else { return Ok(()) };
    let parsed = if has_address { Region::parse_well_formed(text) } else { Region::parse_known(text) };
    let (message, hint) = match parsed {
        Ok(_) => return Ok(()),
        // Not even similar to a region: it may be a secret in the wrong line, so it is not repeated.
        Err(RegionError::Malformed { nearest: None, .. }) => {
            ("this is not a region name".to_owned(), "a region looks like us-east-1 or us-gov-west-1")
        }
        Err(error) => (error.to_string(), "to use a region that is newer than this build, set endpoint_url"),
    };
    Err(TableError::new([key], message).with_hint(hint))
}
