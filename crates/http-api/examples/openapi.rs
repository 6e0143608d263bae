//! Prints the OpenAPI document, for `docs/api/openapi.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{:#}", lamplight_http_api::document())
}
