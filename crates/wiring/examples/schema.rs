//! Prints the JSON Schema of `lamplight.toml` with the providers of this build.
#![expect(clippy::print_stdout, reason = "the purpose of this program is to print")]

fn main() {
    print!("{}", lamplight_wiring::Adapters::default().schema());
}
