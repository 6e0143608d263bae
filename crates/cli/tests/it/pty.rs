//! Commands at a terminal of their own.

use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

/// Runs a command at a terminal. What was on the terminal, and the exit code.
pub fn seen(command: Command) -> (String, i32) {
    let (seen, code, _) = run(command, None);
    (seen, code)
}

/// Runs a command at a terminal, and gives the answer once the question is there. What was on the terminal, and the exit
/// code.
pub fn answered(command: Command, question: &str, answer: &[u8]) -> (String, i32) {
    let (seen, code, asked) = run(command, Some((question, answer)));
    assert!(asked, "nothing was asked: {seen}");
    (seen, code)
}

fn run(mut command: Command, dialog: Option<(&str, &[u8])>) -> (String, i32, bool) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 40, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || -> OwnedFd { File::options().read(true).write(true).open(&name).unwrap().into() };
    command.stdin(terminal()).stdout(Stdio::from(terminal())).stderr(terminal());
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut child = command.spawn().unwrap();
    // Only the child holds the terminal now, so that its end is the end of what can be read.
    drop(command);
    let mut master = File::from(master);
    let (mut seen, mut buffer, mut asked) = (Vec::new(), [0; 4_096], false);
    // Linux tells the end by an error, others by nothing more.
    while let Some(read) = master.read(&mut buffer).ok().filter(|read| *read > 0) {
        seen.extend_from_slice(&buffer[..read]);
        // The question stands there only once single keys are heard.
        if let Some((question, answer)) = dialog
            && !asked
            && String::from_utf8_lossy(&seen).contains(question)
        {
            asked = true;
            master.write_all(answer).unwrap();
        }
    }
    let code = child.wait().unwrap().code().unwrap_or(-1);
    (String::from_utf8_lossy(&seen).into_owned(), code, asked)
}
