//! Names of regions in the tables of providers.

use lamplight_aws_model::{Region, RegionError};
use lamplight_domain::TableError;

/// Refuses a name that leads nowhere. At an address of its own a connection may use any that looks like a region.
pub(crate) fn check(key: &str, region: Option<&String>, has_address: bool) -> Result<(), TableError> {
    let Some(text) = region else { return Ok(()) };
    let parsed = if has_address { Region::parse_well_formed(text) } else { Region::parse_known(text) };
    let (message, hint) = match parsed {
        Ok(_) => return Ok(()),
        // Nothing near a region: somebody may have pasted a secret into the wrong line.
        Err(RegionError::Malformed { nearest: None, .. }) => {
            ("this is no region name".to_owned(), "a region looks like us-east-1 or us-gov-west-1")
        }
        Err(error) => (error.to_string(), "a region newer than this build can be used with endpoint_url"),
    };
    Err(TableError::new([key], message).with_hint(hint))
}
