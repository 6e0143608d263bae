//! Layers and their versions.

use lamplight_domain::{Layer, LayerVersion};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of layers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayersView<'a> {
    /// The layers.
    pub layers: Vec<LayerView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}

/// A page of the versions of a layer, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerVersionsView<'a> {
    /// The versions.
    pub versions: Vec<LayerVersionView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}

/// A layer and its newest version that matches the filter.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerView<'a> {
    /// Its name.
    pub name: &'a str,
    /// The provider's full reference, without a version.
    pub reference: &'a str,
    /// The newest version that matches the filter.
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
    /// The version number, from 1.
    pub version: u64,
    /// The description, for people.
    pub description: Option<&'a str>,
    /// When it was created, as the provider writes it.
    pub created: Option<&'a str>,
    /// The compatible runtimes.
    pub compatible_runtimes: &'a [String],
    /// The compatible processor architectures.
    pub compatible_architectures: &'a [String],
    /// The licence.
    pub license: Option<&'a str>,
    /// The checksum of the code; only if a single version was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<&'a str>,
    /// The size of the code in bytes; only if a single version was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_bytes: Option<u64>,
}

impl<'a> From<&'a LayerVersion> for LayerVersionView<'a> {
    fn from(version: &'a LayerVersion) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
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
