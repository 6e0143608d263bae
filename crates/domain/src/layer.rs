//! Code that functions share.

/// A version of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerVersion {
    /// The provider's full reference.
    pub reference: String,
    /// Its number.
    pub version: u64,
    /// What it is for, for people.
    pub description: Option<String>,
    /// When it was made, in the provider's words.
    pub created: Option<String>,
    /// The runtimes it is for.
    pub runtimes: Vec<String>,
    /// The processor architectures it is for.
    pub architectures: Vec<String>,
    /// Its licence.
    pub license: Option<String>,
    /// The checksum of its code, where it was asked for alone.
    pub code_sha256: Option<String>,
    /// The size of its code in bytes, where it was asked for alone.
    pub code_size: Option<u64>,
}

/// A layer, with its newest version that fits what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The provider's full reference, without version.
    pub reference: String,
    /// The newest version.
    pub latest: Option<LayerVersion>,
}
