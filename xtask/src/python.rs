//! Virtual environments of Python below the target folder: made once, made anew when what they hold changes.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// The installer.
const UV: &str = "uv==0.13.8";
const HINT: &str =
    "Python 3.10 or newer with venv and ensurepip is needed; `.ci/run` installs it on Debian and Ubuntu";

/// Makes a virtual environment that holds exactly these requirements, and returns its folder of programs.
///
/// Does nothing where it stands already. Another process that wants the same one waits.
///
/// # Errors
///
/// Python is missing or too old, or pip cannot install the requirements.
pub(crate) fn ensure(folder: &Path, requirements: &str) -> Result<PathBuf> {
    let parent = folder.parent().context("a virtual environment lies in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let lock = folder.with_extension("lock");
    let lock = File::create(&lock).with_context(|| format!("cannot write {}", lock.display()))?;
    lock.lock().context("cannot wait for another installation")?;

    let programs = folder.join("bin");
    // Written last: an installation that was broken off is no installation.
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

/// Installs the requirements of a list with uv, which takes a tenth of pip's time; with pip where that fails, for pip
/// may be told of an index that uv is not.
fn install(programs: &Path, list: &Path) -> Result<()> {
    let python = programs.join("python");
    // Python compiles what it imports; to compile all that is installed takes as long as to install it.
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
        eprintln!("{error:#}; trying pip");
        pip(&["--requirement".as_ref(), list.as_ref()])
    })
}

fn check_python() -> Result<()> {
    let probe = "import ensurepip, sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 3)";
    let output = Command::new("python3").args(["-c", probe]).stdin(Stdio::null()).output();
    match output {
        Err(error) => Err(error).context(format!("python3 cannot be started; {HINT}")),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) if output.status.code() == Some(3) => bail!("python3 is older than 3.10; {HINT}"),
        Ok(output) => {
            bail!("python3 lacks a part: {}; {HINT}", String::from_utf8_lossy(&output.stderr).trim())
        }
    }
}
