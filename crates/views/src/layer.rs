//! Layers and their versions.

use lamplight_domain::{Layer, LayerVersion};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of layers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayersView<'a> {
    /// The layers.
    pub layers: Vec<LayerView<'a>>,
    /// Where to go on; null at the end.
    pub next_marker: Option<&'a str>,
}

/// A page of the versions of a layer, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerVersionsView<'a> {
    /// The versions.
    pub versions: Vec<LayerVersionView<'a>>,
    /// Where to go on; null at the end.
    pub next_marker: Option<&'a str>,
}

/// A layer, with its newest version that fits what was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerView<'a> {
    /// Its name.
    pub name: &'a str,
    /// The provider's full reference, without version.
    pub reference: &'a str,
    /// The newest version.
    pub newest_version: Option<LayerVersionView<'a>>,
}

impl<'a> From<&'a Layer> for LayerView<'a> {
    fn from(layer: &'a Layer) -> Self {
        let Layer { name, reference, latest } = layer;
        Self { name, reference, newest_version: latest.as_ref().map(LayerVersionView::from) }
    }
}

/// A version of a layer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerVersionView<'a> {
    /// The provider's full reference.
    pub reference: &'a str,
    /// Its number, from 1.
    pub version: u64,
    /// What it is for, for people.
    pub description: Option<&'a str>,
    /// When it was made, in the provider's words.
    pub created: Option<&'a str>,
    /// The runtimes it is for.
    pub compatible_runtimes: &'a [String],
    /// The processor architectures it is for.
    pub compatible_architectures: &'a [String],
    /// Its licence.
    pub license: Option<&'a str>,
    /// The checksum of its code, where it was asked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<&'a str>,
    /// The size of its code in bytes, where it was asked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_bytes: Option<u64>,
}

impl<'a> From<&'a LayerVersion> for LayerVersionView<'a> {
    fn from(version: &'a LayerVersion) -> Self {
        // Taken apart, so that what is added later cannot be forgotten here.
        let LayerVersion {
            reference,
            version,
            description,
            created,
            runtimes,
            architectures,
            license,
            code_sha256,
            code_size,
        } = version;
        Self {
            reference,
            version: *version,
            description: description.as_deref(),
            created: created.as_deref(),
            compatible_runtimes: runtimes,
            compatible_architectures: architectures,
            license: license.as_deref(),
            code_sha256: code_sha256.as_deref(),
            code_bytes: *code_size,
        }
    }
}
