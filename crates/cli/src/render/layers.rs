//! Layers and their versions, as rows and details.

use crate::render::table::{details, one_line, or_dash};
use lamplight_domain::{Layer, LayerVersion};

/// The headings of [`layer_row`].
pub const LAYER_COLUMNS: [&str; 6] =
    ["NAME", "NEWEST", "RUNTIMES", "ARCHITECTURES", "CREATED", "DESCRIPTION"];

/// The headings of [`layer_version_row`].
pub const LAYER_VERSION_COLUMNS: [&str; 5] =
    ["VERSION", "RUNTIMES", "ARCHITECTURES", "CREATED", "DESCRIPTION"];

/// A layer as a row, with its newest version.
pub fn layer_row(layer: &Layer) -> [String; 6] {
    let none = LayerVersion::default();
    let [version, runtimes, architectures, created, description] =
        layer_version_row(layer.latest.as_ref().unwrap_or(&none));
    let version = layer.latest.as_ref().map(|_| version);
    [layer.name.clone(), or_dash(version), runtimes, architectures, created, description]
}

/// A version of a layer as a row.
pub fn layer_version_row(version: &LayerVersion) -> [String; 5] {
    [
        version.version.to_string(),
        or_dash(comma_separated(&version.runtimes)),
        or_dash(comma_separated(&version.architectures)),
        or_dash(version.created.as_ref()),
        one_line(version.description.as_deref().unwrap_or_default()),
    ]
}

fn comma_separated(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| one_line(&words.join(", ")))
}

/// A version of a layer for people.
pub fn layer_version_details(version: &LayerVersion) -> String {
    let told = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(one_line);
    let rows = [
        ("reference", Some(version.reference.clone())),
        ("version", Some(version.version.to_string())),
        ("description", told(&version.description)),
        ("runtimes", comma_separated(&version.runtimes)),
        ("architectures", comma_separated(&version.architectures)),
        ("license", told(&version.license)),
        ("created", told(&version.created)),
        ("code sha256", told(&version.code_sha256)),
        ("code bytes", version.code_size.map(|bytes| bytes.to_string())),
    ];
    let rows: Vec<(&str, String)> =
        rows.into_iter().filter_map(|(label, value)| Some((label, value?))).collect();
    details(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_shown_with_its_newest_version() {
        let latest = LayerVersion {
            version: 3,
            runtimes: vec!["python3.13".to_owned(), "python3.14".to_owned()],
            description: Some("a\nb".to_owned()),
            ..LayerVersion::default()
        };
        let layer = Layer { name: "tools".to_owned(), latest: Some(latest), ..Layer::default() };
        assert_eq!(layer_row(&layer), ["tools", "3", "python3.13, python3.14", "-", "-", "a b"]);
        assert_eq!(layer_row(&Layer { latest: None, ..layer })[1], "-");
    }
}
