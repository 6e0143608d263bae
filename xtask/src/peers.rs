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
/// `ministack` runs Python handlers; `moto` keeps a second catalogue and runs nothing. Both contain the functions of
/// `xtask/peers/handlers` and 120 more, named `page-000` to `page-119`. `functions-framework` is installed beside them;
/// tests start it themselves, with `xtask/peers/http_functions`. Everything is in the folder `peers` of the target
/// folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install the peers at the versions of `xtask/peers/requirements.txt`.
    Install,
    /// Start the peers in the background, deploy the handlers, and print the environment variables for tests.
    ///
    /// The output is for a shell: `eval "$(cargo xtask peers start)"`. It is also written to
    /// `peers/background/peers.env` in the target folder.
    Start {
        /// Port of ministack; if it is in use, any free port
        #[arg(long, default_value_t = 4566)]
        ministack_port: u16,
        /// Port of moto; if it is in use, any free port
        #[arg(long, default_value_t = 5555)]
        moto_port: u16,
    },
    /// Stop the peers in the background and every process that they started.
    Stop,
    /// Show whether the peers run in the background; fails if they do not.
    Status,
    /// Start separate peers on free ports, run a command with them, stop them, and return the command's exit code.
    ///
    /// The command finds them in `LAMPLIGHT_TEST_MINISTACK_URL`, `LAMPLIGHT_TEST_MOTO_URL`, `LAMPLIGHT_TEST_AWS_CLI`,
    /// `LAMPLIGHT_TEST_FUNCTIONS_FRAMEWORK`, `LAMPLIGHT_TEST_SCHEMATHESIS`, `LAMPLIGHT_TEST_PYTHON` and
    /// `LAMPLIGHT_TEST_BROWSER_MODULES`, with matching credentials and region. The peers end with this process,
    /// however it ends.
    Run {
        /// The command and its arguments, after `--`
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

/// Runs the command.
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

/// Installs the peers if they are missing.
///
/// # Errors
///
/// Python is missing, or the package index cannot be reached.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    Peers::new(workspace).install().map(drop)
}

/// Runs a command with separate peers.
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

    // Tests must not use the developer's own account.
    for name in ambient::variable_names() {
        if name.starts_with("AWS_") || name.starts_with("LAMPLIGHT_") {
            command.env_remove(name);
        }
    }
    command.envs(state::variables(&programs, &peers.browser(), &folder, ports));
    let status =
        command.status().with_context(|| format!("cannot start `{}`", crate::process::command_line(command)));
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
    if let Some((pid, ports)) = state::find_running(&folder) {
        eprintln!("the peers are already running as process group {pid} on ports {ports}");
    } else {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        let ports = Ports::free(Some(ministack_port), Some(moto_port))?;
        let running = peers.start(&folder, ports, Life::UntilStopped)?;
        let variables = state::variables(&programs, &peers.browser(), &folder, ports);
        state::write(&folder, running.pid(), ports, &variables)?;
        if let Err(error) = peers.deploy(ports) {
            running.stop()?;
            state::remove(&folder);
            return Err(error);
        }
        running.detach();
    }
    let file = folder.join(state::VARIABLES);
    print!("{}", fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?);
    Ok(ExitCode::SUCCESS)
}

fn stop(peers: &Peers) -> Result<ExitCode> {
    let folder = peers.background();
    match state::find_running(&folder) {
        Some((pid, ports)) => {
            if !servers::stop_group(pid) {
                bail!("process group {pid} could not be stopped");
            }
            println!("stopped the peers on ports {ports}");
        }
        None => println!("no peers are running in the background"),
    }
    state::remove(&folder);
    Ok(ExitCode::SUCCESS)
}

fn status(peers: &Peers) -> ExitCode {
    if let Some((pid, ports)) = state::find_running(&peers.background()) {
        println!("the peers are running as process group {pid} on ports {ports}");
        return ExitCode::SUCCESS;
    }
    println!("no peers are running in the background");
    ExitCode::FAILURE
}
