//! The peers: independent servers that speak AWS's protocols, with real handlers deployed to them.

mod servers;
mod state;

use std::fs;
use std::process::{Command as Process, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use crate::ambient;
use crate::workspace::Workspace;
use servers::{Life, Peers, Ports};

/// What to do with the peers.
///
/// `ministack` executes Python handlers, `moto` keeps a second catalogue and executes nothing; both hold the
/// functions of `xtask/peers/handlers` and 120 more named `page-000` to `page-119`. `functions-framework` is installed
/// beside them, and tests start it themselves, with `xtask/peers/http_functions`. All of it lives below the target
/// folder, in `peers`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install the peers at the versions of `xtask/peers/requirements.txt`.
    Install,
    /// Start the peers in the background and deploy the handlers; prints the variables to use them with.
    ///
    /// What is on stdout is for a shell: `eval "$(cargo xtask peers start)"`. It is also written to
    /// `peers/background/peers.env` below the target folder.
    Start {
        /// Port of ministack; any free one where it is taken
        #[arg(long, default_value_t = 4566)]
        ministack_port: u16,
        /// Port of moto; any free one where it is taken
        #[arg(long, default_value_t = 5555)]
        moto_port: u16,
    },
    /// Stop the peers in the background, with every process that they started.
    Stop,
    /// Say whether the peers run in the background; fails when they do not.
    Status,
    /// Start peers of its own on free ports, run a command against them, stop them, pass on its exit code.
    ///
    /// The command finds them in `LAMPLIGHT_TEST_MINISTACK_URL`, `LAMPLIGHT_TEST_MOTO_URL`,
    /// `LAMPLIGHT_TEST_AWS_CLI` and `LAMPLIGHT_TEST_FUNCTIONS_FRAMEWORK`, with credentials and a region that fit. The peers end with this process,
    /// however it ends.
    Run {
        /// The command and its arguments, after `--`
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

/// Does what was asked.
pub(crate) fn run(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    let peers = Peers::new(workspace);
    match command {
        Command::Install => {
            println!("the peers are in {}", peers.install()?.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Start { ministack_port, moto_port } => start(&peers, ministack_port, moto_port),
        Command::Stop => stop(&peers),
        Command::Status => Ok(status(&peers)),
        Command::Run { command } => {
            let mut process = Process::new(&command[0]);
            process.args(&command[1..]);
            run_with(&peers, &mut process)
        }
    }
}

/// Installs the peers where they are missing.
///
/// # Errors
///
/// Python is missing, or the package index cannot be reached.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    Peers::new(workspace).install().map(drop)
}

/// Runs a command against peers of its own.
///
/// # Errors
///
/// The peers cannot be installed or started, or the command cannot be started.
pub(crate) fn run_command(workspace: &Workspace, command: &mut Process) -> Result<ExitCode> {
    run_with(&Peers::new(workspace), command)
}

fn run_with(peers: &Peers, command: &mut Process) -> Result<ExitCode> {
    let programs = peers.install()?;
    let folder = peers.folder.join(format!("run-{}", std::process::id()));
    let started = ambient::now();
    let ports = Ports::free(None, None)?;
    let running = peers.start(&folder, ports, Life::WithThisProcess)?;
    peers.deploy(ports)?;
    eprintln!("peers ready on ports {ports} after {:.1} s", started.elapsed().as_secs_f32());

    // The developer's own account has no place in a test.
    for name in ambient::variable_names() {
        if name.starts_with("AWS_") || name.starts_with("LAMPLIGHT_") {
            command.env_remove(name);
        }
    }
    command.envs(state::variables(&programs, &folder, ports));
    let status =
        command.status().with_context(|| format!("cannot start `{}`", crate::process::shown(command)));
    let stopped = running.stop();
    let status = status?;
    stopped?;
    if status.success() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("the peers' logs are in {}", folder.display());
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

fn start(peers: &Peers, ministack_port: u16, moto_port: u16) -> Result<ExitCode> {
    let programs = peers.install()?;
    let folder = peers.background();
    if let Some((pid, ports)) = state::running(&folder) {
        eprintln!("the peers run already, as process group {pid} on ports {ports}");
    } else {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        let ports = Ports::free(Some(ministack_port), Some(moto_port))?;
        let running = peers.start(&folder, ports, Life::OfItsOwn)?;
        let variables = state::variables(&programs, &folder, ports);
        state::write(&folder, running.pid(), ports, &variables)?;
        if let Err(error) = peers.deploy(ports) {
            running.stop()?;
            state::forget(&folder);
            return Err(error);
        }
        running.leave();
    }
    let file = folder.join(state::VARIABLES);
    print!("{}", fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?);
    Ok(ExitCode::SUCCESS)
}

fn stop(peers: &Peers) -> Result<ExitCode> {
    let folder = peers.background();
    match state::running(&folder) {
        Some((pid, ports)) => {
            if !servers::stop_group(pid) {
                bail!("process group {pid} does not end");
            }
            println!("stopped the peers on ports {ports}");
        }
        None => println!("no peers run in the background"),
    }
    state::forget(&folder);
    Ok(ExitCode::SUCCESS)
}

fn status(peers: &Peers) -> ExitCode {
    if let Some((pid, ports)) = state::running(&peers.background()) {
        println!("the peers run as process group {pid} on ports {ports}");
        return ExitCode::SUCCESS;
    }
    println!("no peers run in the background");
    ExitCode::FAILURE
}
