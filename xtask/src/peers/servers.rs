//! Installs, starts, fills and stops the two servers.

use std::fmt;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::check;
use crate::workspace::Workspace;
use crate::{ambient, python};

/// Both servers start within half a second on two idle cores; the limit is for busy machines.
const START_LIMIT: Duration = Duration::from_mins(1);
/// The supervisor waits 5 s for the servers before it kills them.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// The ports of the two servers, on the loopback interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) ministack: u16,
    pub(super) moto: u16,
}

impl fmt::Display for Ports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (ministack) and {} (moto)", self.ministack, self.moto)
    }
}

impl Ports {
    /// The requested ports if they are free, otherwise any free ports.
    pub(super) fn free(ministack: Option<u16>, moto: Option<u16>) -> Result<Self> {
        // Keep both listeners open, so that the two ports differ.
        let first = listen(ministack)?;
        let second = listen(moto)?;
        Ok(Self { ministack: first.local_addr()?.port(), moto: second.local_addr()?.port() })
    }

    fn addresses(self) -> [SocketAddr; 2] {
        [self.ministack, self.moto].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// The base URLs, ministack first.
    pub(super) fn urls(self) -> [String; 2] {
        self.addresses().map(|address| format!("http://{address}"))
    }
}

fn listen(requested: Option<u16>) -> Result<TcpListener> {
    requested
        .and_then(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok)
        .context("no free port on the loopback interface")
}

/// How long the servers run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Life {
    /// Until this process ends, however it ends.
    WithThisProcess,
    /// Until they are stopped explicitly.
    UntilStopped,
}

/// The sources of the peers and the folder for their files.
#[derive(Debug)]
pub(super) struct Peers {
    /// The committed files: scripts, handlers, requirements.
    sources: PathBuf,
    /// The folder for all generated files.
    pub(super) folder: PathBuf,
}

impl Peers {
    pub(super) fn new(workspace: &Workspace) -> Self {
        Self { sources: workspace.root.join("xtask/peers"), folder: workspace.target.join("peers") }
    }

    /// The folder of the peers that run in the background.
    pub(super) fn background(&self) -> PathBuf {
        self.folder.join("background")
    }

    /// Installs the peers if they are missing; returns the folder of their programs.
    pub(super) fn install(&self) -> Result<PathBuf> {
        let list = self.sources.join("requirements.txt");
        let requirements =
            fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        self.install_browser_driver()?;
        python::ensure_environment(&self.folder.join("venv"), &requirements)
    }

    /// The folder of what drives the browser.
    pub(super) fn browser(&self) -> PathBuf {
        self.folder.join("browser")
    }

    /// Installs what drives the browser, if another version is there or none.
    fn install_browser_driver(&self) -> Result<()> {
        let list = self.sources.join("package.json");
        let wanted = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        let (folder, done) = (self.browser(), self.browser().join("installed.json"));
        if fs::read_to_string(&done).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        fs::write(folder.join("package.json"), &wanted)
            .with_context(|| format!("cannot write to {}", folder.display()))?;
        // Scripts of packages would run as this user.
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]);
        check(npm.current_dir(&folder))?;
        fs::write(&done, wanted).with_context(|| format!("cannot write {}", done.display()))
    }

    /// Starts both servers under a supervisor and waits until they accept connections.
    pub(super) fn start(&self, folder: &Path, ports: Ports, life: Life) -> Result<Running> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let log = folder.join("supervisor.log");
        let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = self.python("serve.py");
        command.arg(folder).args([ports.ministack.to_string(), ports.moto.to_string()]);
        match life {
            Life::WithThisProcess => command.arg("--until-eof").stdin(Stdio::piped()),
            Life::UntilStopped => command.stdin(Stdio::null()),
        };
        command.stdout(out.try_clone()?).stderr(out);
        // A separate process group: an interrupt in the terminal goes to the tests, and the supervisor ends after them.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().context("cannot start the peers")?;
        let mut running = Running { child: Some(child) };

        let mut ended = false;
        let ready = ambient::wait_until(START_LIMIT, || {
            ended = running.has_ended();
            ended
                || ports
                    .addresses()
                    .iter()
                    .all(|address| TcpStream::connect_timeout(address, Duration::from_secs(1)).is_ok())
        });
        if ended || !ready {
            let problem =
                if ended { "the peers ended immediately" } else { "the peers do not accept connections" };
            running.stop()?;
            bail!("{problem}\n{}", logs(folder));
        }
        Ok(running)
    }

    /// Deploys the handlers to both servers at the same time.
    pub(super) fn deploy(&self, ports: Ports) -> Result<()> {
        let mut scripts = Vec::new();
        for (name, url) in ["ministack", "moto"].into_iter().zip(ports.urls()) {
            let mut command = self.python("deploy.py");
            command.args([name, &url]).stdin(Stdio::null());
            let script = command.spawn().with_context(|| format!("cannot deploy to {name}"))?;
            scripts.push((name, script));
        }
        let mut failed = Vec::new();
        for (name, mut script) in scripts {
            if !script.wait().with_context(|| format!("cannot deploy to {name}"))?.success() {
                failed.push(name);
            }
        }
        if !failed.is_empty() {
            bail!("cannot deploy the handlers to {}", failed.join(" and "));
        }
        Ok(())
    }

    /// A command that runs one of our scripts, with an environment that contains nothing of the developer's own.
    fn python(&self, script: &str) -> Command {
        let mut command = Command::new(self.folder.join("venv/bin/python"));
        command.arg(self.sources.join(script)).env_clear();
        for name in ["HOME", "LANG", "LC_ALL", "PATH", "TMPDIR"] {
            if let Some(value) = ambient::variable(name) {
                command.env(name, value);
            }
        }
        // Python's compiled files must not end up among the committed sources.
        command.env("PYTHONPYCACHEPREFIX", self.folder.join("pycache"));
        command.env("NO_PROXY", "127.0.0.1,localhost");
        command
    }
}

/// Running servers. Dropping the value stops them.
#[derive(Debug)]
pub(super) struct Running {
    child: Option<Child>,
}

impl Running {
    /// The process ID of the supervisor, which is also the ID of the servers' process group.
    pub(super) fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Lets the servers run after this process has ended.
    pub(super) fn detach(mut self) {
        self.child = None;
    }

    /// Stops the servers and every process that they started.
    pub(super) fn stop(mut self) -> Result<()> {
        self.stop_servers()
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_some()))
    }

    fn stop_servers(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let pid = child.id();
        // A supervisor with a pipe waits for the end of its stdin; the signal is for one without a pipe.
        drop(child.stdin.take());
        signal_group("TERM", pid);
        let ended = ambient::wait_until(STOP_LIMIT, || child.try_wait().is_ok_and(|status| status.is_some()));
        if !ended {
            signal_group("KILL", pid);
            child.wait().context("waiting for the peers failed")?;
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.stop_servers() {
            eprintln!("the peers may still be running: {error:#}");
        }
    }
}

/// Stops a process group that another process has started; returns false if it does not end.
pub(super) fn stop_group(pid: u32) -> bool {
    signal_group("TERM", pid);
    if ambient::wait_until(STOP_LIMIT, || !group_lives(pid)) {
        return true;
    }
    signal_group("KILL", pid);
    ambient::wait_until(STOP_LIMIT, || !group_lives(pid))
}

/// Whether any process of the group still exists.
pub(super) fn group_lives(pid: u32) -> bool {
    signal_group("0", pid)
}

/// Signals a process group through the shell, because the standard library cannot.
fn signal_group(signal: &str, pid: u32) -> bool {
    // 0 and 1 would signal our own group or every process.
    pid > 1
        && Command::new("sh")
            .args(["-c", &format!("kill -s {signal} -- -{pid}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

/// The last lines of the servers' logs.
fn logs(folder: &Path) -> String {
    let mut shown = Vec::new();
    for name in ["supervisor.log", "ministack.log", "moto.log"] {
        let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        shown.extend(lines[lines.len().saturating_sub(15)..].iter().map(|line| format!("{name}: {line}")));
    }
    shown.join("\n")
}
