//! Prints the JSON Schema of `lamplight.toml` with the providers of this build.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", lamplight_wiring::Adapters::default().schema());
}
