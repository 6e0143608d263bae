//! Style sheet, scripts and icon: part of the program, and named by their hash, so that a browser may keep them forever.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_domain::SecretHash;
use std::{fmt::Write as _, sync::LazyLock};

/// A file of the program.
pub struct Asset {
    media_type: &'static str,
    bytes: &'static [u8],
    /// The address, with the hash.
    url: LazyLock<String>,
}

macro_rules! asset {
    ($stem:literal, $extension:literal, $media_type:literal, $path:literal) => {
        Asset {
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../assets/", $path)),
            url: LazyLock::new(|| {
                address($stem, $extension, include_bytes!(concat!("../../assets/", $path)))
            }),
        }
    };
}

/// The style sheet.
pub static CSS: Asset = asset!("app", "css", "text/css; charset=utf-8", "app.css");
/// The own script.
pub static JS: Asset = asset!("app", "js", "text/javascript; charset=utf-8", "app.js");
/// The icon.
pub static ICON: Asset = asset!("icon", "svg", "image/svg+xml", "icon.svg");
/// htmx, for pages that receive events.
pub static HTMX: Asset = asset!("htmx", "js", "text/javascript; charset=utf-8", "vendor/htmx.min.js");
/// The extension of htmx for events.
pub static SSE: Asset = asset!("htmx-sse", "js", "text/javascript; charset=utf-8", "vendor/htmx-sse.min.js");

static ALL: [&Asset; 5] = [&CSS, &JS, &ICON, &HTMX, &SSE];

/// Where the addresses of all files begin.
const FOLDER: &str = "/assets/";

fn address(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let mut hash = String::new();
    for byte in SecretHash::of(bytes).0.into_iter().take(8) {
        // Writing to a `String` cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    format!("{FOLDER}{stem}.{hash}.{extension}")
}

impl Asset {
    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Serves a file by its name with the hash.
pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(asset) = ALL.into_iter().find(|asset| asset.url.strip_prefix(FOLDER) == Some(name.as_str()))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.bytes).into_response()
}
