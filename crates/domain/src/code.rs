//! The code to create or update a function with.

use std::{fmt, sync::Arc};

/// A code package to upload.
#[derive(Clone, PartialEq, Eq)]
pub struct Package {
    bytes: Arc<[u8]>,
    sha256: String,
}

impl Package {
    /// Creates a package. `sha256` is the SHA-256 of the bytes in Base64; the caller computes it.
    pub fn new(bytes: impl Into<Arc<[u8]>>, sha256: impl Into<String>) -> Self {
        Self { bytes: bytes.into(), sha256: sha256.into() }
    }

    /// The bytes to upload.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes, in Base64.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Package({} bytes, SHA-256 {})", self.bytes.len(), self.sha256)
    }
}

/// Where a function's code comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeSource {
    /// A package that is uploaded with the request.
    Package(Package),
    /// An object in the provider's object store.
    StoredObject {
        /// The bucket.
        bucket: String,
        /// The key of the object.
        key: String,
        /// The version of the object; `None` is the newest.
        version: Option<String>,
        /// Whether the provider copies the object or refers to it, in the provider's words.
        mode: Option<String>,
    },
    /// A container image.
    Image(String),
}

impl CodeSource {
    /// The checksum that the provider will report for this code, if it is known in advance.
    pub fn sha256(&self) -> Option<&str> {
        match self {
            Self::Package(package) => Some(package.sha256()),
            Self::StoredObject { .. } | Self::Image(_) => None,
        }
    }
}

/// The code of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCode {
    /// Where it comes from.
    pub source: CodeSource,
    /// The processor architecture that it is built for; `None` keeps the current one, or is the provider's default.
    pub architecture: Option<String>,
    /// The key that the provider encrypts the code with.
    pub encryption_key: Option<String>,
}

impl FunctionCode {
    /// Code from this source, without a change of architecture or encryption key.
    pub fn new(source: CodeSource) -> Self {
        Self { source, architecture: None, encryption_key: None }
    }
}
