//! Finds the latest published version of a function.

use super::{compare::differences, markers::Markers};
use lamplight_domain::{Function, FunctionRef, FunctionSettings};
use lamplight_ports::{Connection, ListVersions, PortError};

/// The unpublished version of a function and its latest published version.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// The unpublished version, from which the next version will be published.
    pub(crate) unpublished: Option<Function>,
    /// The published version with the highest number.
    pub(crate) newest: Option<Function>,
}

impl Versions {
    /// Reads both. All pages are read, because the newest version may be on the last one.
    pub(crate) async fn read(connection: &Connection, function: &FunctionRef) -> Result<Self, PortError> {
        let mut versions = Self::default();
        let mut marker = None;
        let mut markers = Markers::new(None, None);
        loop {
            let wanted = ListVersions { function: function.clone(), marker, page_size: None };
            let page = connection.management()?.functions.versions(wanted).await?;
            markers.page(page.items.len(), page.next_marker.as_deref())?;
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

    /// The newest version, if it has the current code and settings of the function.
    pub(crate) fn up_to_date(self) -> Option<Function> {
        let (unpublished, newest) = (self.unpublished?, self.newest?);
        // The description of a version may differ from that of the function.
        let asked = FunctionSettings { description: None, ..unpublished.settings };
        let same = unpublished.code_sha256.is_some() && unpublished.code_sha256 == newest.code_sha256;
        (same && differences(&asked, &newest.settings).is_empty()).then_some(newest)
    }
}

/// The number of a version; `None` for the unpublished version.
pub(crate) fn number(version: &Function) -> Option<u64> {
    version.version.as_ref()?.parse().ok()
}
