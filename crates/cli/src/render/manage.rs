//! Previews of requests, and what is packed for them.

use crate::render::table::one_line;
use lamplight_ports::RequestPreview;
use lamplight_system_adapter::PackedFolder;
use lamplight_views::size;
use std::path::Path;

/// What of a folder is packed and what is left out, with at most `most` files.
pub fn packed_text(folder: &Path, packed: &PackedFolder, most: usize) -> String {
    let PackedFolder { names, unpacked, left_out } = packed;
    let files = if names.len() == 1 { "1 file".to_owned() } else { format!("{} files", names.len()) };
    let folder = one_line(&folder.display().to_string());
    let mut lines = vec![format!("packed {files} of {folder}, {} unpacked:", size(*unpacked))];
    lines.extend(names.iter().take(most).map(|name| format!("  {}", one_line(name))));
    if names.len() > most {
        lines.push(format!("  and {} more; --dry-run shows all", names.len() - most));
    }
    if !left_out.is_empty() {
        let shown: Vec<String> = left_out.iter().take(most).map(|name| one_line(name)).collect();
        let rest = left_out.len() - shown.len();
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        lines.push(format!("left out: {}{more}", shown.join(", ")));
    }
    lines.join("\n")
}

/// A request for people.
pub fn preview_text(preview: &RequestPreview) -> String {
    let body = preview.body.as_deref().map(|body| {
        let value: Result<serde_json::Value, _> = serde_json::from_str(body);
        value
            .ok()
            .and_then(|value| serde_json::to_string_pretty(&value).ok())
            .unwrap_or_else(|| body.to_owned())
    });
    let head = format!("{} {}", preview.method, preview.url);
    match body {
        Some(body) => format!("{head}\n{body}"),
        None => head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_counted() {
        let names = |count: usize| (0..count).map(|number| format!("f{number}")).collect();
        let packed = PackedFolder { names: names(3), unpacked: 2048, left_out: names(1) };
        let folder = Path::new("code");
        assert_eq!(
            packed_text(folder, &packed, 2),
            "packed 3 files of code, 2 KiB unpacked:\n  f0\n  f1\n  and 1 more; --dry-run shows all\nleft out: f0"
        );
        let packed = PackedFolder { names: names(1), unpacked: 1, left_out: Vec::new() };
        assert_eq!(packed_text(folder, &packed, 2), "packed 1 file of code, 1 B unpacked:\n  f0");
    }
}
