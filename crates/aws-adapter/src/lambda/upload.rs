//! Code that is sent with a request, and its progress.

use aws_sdk_lambda::primitives::Blob;
use bytes::Bytes;
use lamplight_domain::Package;
use lamplight_ports::UploadWatch;
use std::sync::Arc;

/// A package that is sent with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upload<'a> {
    package: &'a Package,
    watch: Option<&'a Arc<dyn UploadWatch>>,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(package: &'a Package, watch: Option<&'a Arc<dyn UploadWatch>>) -> Self {
        Self { package, watch }
    }

    /// The size of the package in bytes.
    pub(crate) fn len(&self) -> usize {
        self.package.bytes().len()
    }

    /// The observer of the upload's progress.
    pub(crate) fn watch(&self) -> Option<Arc<dyn UploadWatch>> {
        self.watch.cloned()
    }

    /// The text that replaces the package in a preview.
    pub(crate) fn in_words(&self) -> String {
        format!("<{} bytes, SHA-256 {}>", with_commas(self.len()), self.package.sha256())
    }
}

/// The package as the SDK's type, without copying its bytes.
pub(crate) fn blob(package: &Package) -> Blob {
    struct Shared(Package);
    impl AsRef<[u8]> for Shared {
        fn as_ref(&self) -> &[u8] {
            self.0.bytes()
        }
    }
    Blob::from_maybe_shared(Bytes::from_owner(Shared(package.clone())))
}

/// `4213` as `4,213`.
pub(crate) fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index != 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, grouped) in [(0, "0"), (999, "999"), (4213, "4,213"), (52_428_800, "52,428,800")] {
            assert_eq!(with_commas(number), grouped);
        }
    }
}
