//! Python virtual environments in the target folder, created once and recreated when their requirements change.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

const UV: &str = "uv==0.13.8";
const HINT: &str =
    "install Python 3.10 or newer with venv and ensurepip; `.ci/run` does that on Debian and Ubuntu";

/// Creates a virtual environment with exactly these requirements and returns the folder of its programs.
///
/// Does nothing if it exists already. A process that needs the same environment waits for the other one.
///
/// # Errors
///
/// Python is missing or too old, or pip cannot install the requirements.
pub(crate) fn ensure_environment(folder: &Path, requirements: &str) -> Result<PathBuf> {
    let parent = folder.parent().context("a virtual environment lies in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let lock = folder.with_extension("lock");
    let lock = File::create(&lock).with_context(|| format!("cannot write {}", lock.display()))?;
    lock.lock().context("waiting for another installation failed")?;

    let programs = folder.join("bin");
    // Written last, so an interrupted installation is repeated.
    let stamp = folder.join("requirements.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(programs);
    }
    check_python()?;
    eprintln!("installing into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    process::check(Command::new("python3").args(["-m", "venv"]).arg(folder).stdin(Stdio::null()))
        .context(HINT)?;
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements).with_context(|| format!("cannot write {}", list.display()))?;
    install(&programs, &list)?;
    fs::write(&stamp, requirements).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(programs)
}

/// Installs the requirements with uv, which takes a tenth of the time of pip, or with pip if uv fails: only pip may be
/// configured with a package index.
fn install(programs: &Path, list: &Path) -> Result<()> {
    let python = programs.join("python");
    // Python compiles modules when it imports them; compiling everything here would double the time.
    let pip = |what: &[&OsStr]| {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
        command.arg("--no-compile").args(what).stdin(Stdio::null());
        process::check(&mut command)
    };
    let with_uv = || {
        pip(&[UV.as_ref()])?;
        let mut uv = Command::new(programs.join("uv"));
        uv.args(["pip", "install", "--quiet", "--no-cache", "--python"]).arg(&python);
        process::check(uv.arg("--requirement").arg(list).stdin(Stdio::null()))
    };
    with_uv().or_else(|error| {
        eprintln!("{error:#}; retrying with pip");
        pip(&["--requirement".as_ref(), list.as_ref()])
    })
}

fn check_python() -> Result<()> {
    let probe = "import ensurepip, sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 3)";
    let output = Command::new("python3").args(["-c", probe]).stdin(Stdio::null()).output();
    match output {
        Err(error) => Err(error).context(format!("cannot start python3; {HINT}")),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) if output.status.code() == Some(3) => bail!("python3 is older than 3.10; {HINT}"),
        Ok(output) => {
            bail!("python3 lacks a module: {}; {HINT}", String::from_utf8_lossy(&output.stderr).trim())
        }
    }
}
