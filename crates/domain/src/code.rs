//! The code of a function, before it is one.

use std::{fmt, sync::Arc};

/// A package of code as it is uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Package {
    bytes: Arc<[u8]>,
    sha256: String,
}

impl Package {
    /// A package and the checksum of its bytes: SHA-256 in Base64, which the caller has computed.
    pub fn new(bytes: impl Into<Arc<[u8]>>, sha256: impl Into<String>) -> Self {
        Self { bytes: bytes.into(), sha256: sha256.into() }
    }

    /// What is uploaded.
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
    /// It is uploaded with the request.
    Package(Package),
    /// It lies in the provider's object store.
    StoredObject {
        /// The store's name.
        bucket: String,
        /// The object's name in it.
        key: String,
        /// Which of its versions; `None` is the newest.
        version: Option<String>,
        /// Whether the provider copies it or keeps reading it there, in the provider's words.
        mode: Option<String>,
    },
    /// It is a container image.
    Image(String),
}

impl CodeSource {
    /// The checksum that the provider will show for this code, where it can be told beforehand.
    pub fn sha256(&self) -> Option<&str> {
        match self {
            Self::Package(package) => Some(package.sha256()),
            Self::StoredObject { .. } | Self::Image(_) => None,
        }
    }
}

/// What a function is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCode {
    /// Where it comes from.
    pub source: CodeSource,
    /// The processor architecture that it is built for; `None` is what it was, or the provider's default.
    pub architecture: Option<String>,
    /// The key that the provider encrypts it with.
    pub encryption_key: Option<String>,
}

impl FunctionCode {
    /// Code from there, for the architecture that the function has.
    pub fn new(source: CodeSource) -> Self {
        Self { source, architecture: None, encryption_key: None }
    }
}
