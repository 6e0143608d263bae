//! Layers: code that several functions share.

/// A version of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerVersion {
    /// The provider's full reference.
    pub reference: String,
    /// The version number.
    pub version: u64,
    /// What the version is for.
    pub description: Option<String>,
    /// When it was published, in the provider's format.
    pub created: Option<String>,
    /// The compatible runtimes.
    pub runtimes: Vec<String>,
    /// The compatible processor architectures.
    pub architectures: Vec<String>,
    /// The license.
    pub license: Option<String>,
    /// The checksum of the code; `None` in lists.
    pub code_sha256: Option<String>,
    /// The size of the code in bytes; `None` in lists.
    pub code_size: Option<u64>,
}

/// A layer, with its newest version that matches the filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// The name.
    pub name: String,
    /// The provider's full reference, without a version.
    pub reference: String,
    /// The newest version that matches the filter.
    pub latest: Option<LayerVersion>,
}
