//! Prints the JSON Schema of `lamplight.toml`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", lamplight_config::schema());
}
