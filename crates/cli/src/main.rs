//! The `lamplight` binary.

fn main() -> std::process::ExitCode {
    lamplight_cli::run(std::env::args_os(), lamplight_cli::Adapters::default()).into()
}
