//! Finding the version of a function that was published last.

use super::compare::differences;
use lamplight_domain::{Function, FunctionRef, FunctionSettings};
use lamplight_ports::{Connection, ListVersions, PortError};

/// What a function is now, and what was published of it last.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// What is not published: what the next version will be made of.
    pub(crate) unpublished: Option<Function>,
    /// The version with the greatest number.
    pub(crate) newest: Option<Function>,
}

impl Versions {
    /// Reads them. Every page is walked: the newest version may stand on the last.
    pub(crate) async fn read(connection: &Connection, function: &FunctionRef) -> Result<Self, PortError> {
        let mut versions = Self::default();
        let mut marker = None;
        loop {
            let wanted = ListVersions { function: function.clone(), marker, page_size: None };
            let page = connection.management()?.functions.versions(wanted).await?;
            for function in page.items {
                match number(&function) {
                    None => versions.unpublished = Some(function),
                    newer if newer > versions.newest_number() => versions.newest = Some(function),
                    Some(_) => {}
                }
            }
            marker = page.next_marker;
            if marker.is_none() {
                return Ok(versions);
            }
        }
    }

    /// The number of the newest version.
    pub(crate) fn newest_number(&self) -> Option<u64> {
        self.newest.as_ref().and_then(number)
    }

    /// The newest version, where it is what the function is now.
    pub(crate) fn up_to_date(self) -> Option<Function> {
        let (unpublished, newest) = (self.unpublished?, self.newest?);
        // A version may be described otherwise than the function.
        let asked = FunctionSettings { description: None, ..unpublished.settings };
        let same = unpublished.code_sha256.is_some() && unpublished.code_sha256 == newest.code_sha256;
        (same && differences(&asked, &newest.settings).is_empty()).then_some(newest)
    }
}

/// A version's number; what is not published has none.
pub(crate) fn number(version: &Function) -> Option<u64> {
    version.version.as_ref()?.parse().ok()
}
