//! The `lamplight` binary.

fn main() -> std::process::ExitCode {
    lamplight_cli::run().into()
}
