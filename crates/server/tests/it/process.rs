//! A server process with its own folder, and requests to it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};
use tempfile::TempDir;

/// No step of these tests takes nearly as long.
pub const LONG: Duration = Duration::from_mins(1);

/// Waits for effects that only time shows.
pub fn pass(time: Duration) {
    let (_open, never) = mpsc::channel::<()>();
    let _ = never.recv_timeout(time);
}

/// The folder of a server: its home, its configuration, its store.
pub struct Home(TempDir);

impl Home {
    pub fn new(config: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("lamplight.toml"), config).unwrap();
        Self(home)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The server with these arguments, and nothing of the environment of the test.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamplight-server"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command
            .env("HOME", self.path())
            .env("LAMPLIGHT_DATA_DIR", self.path().join("data"))
            .env("USER", "ada");
        command.env("NO_PROXY", "127.0.0.1").env("KEY", "test");
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A new token with the role of an administrator.
    pub fn token(&self) -> String {
        let made = self.run(&["token", "test", "--role", "admin"]);
        assert!(made.status.success(), "{made:?}");
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    pub fn start(&self, arguments: &[&str]) -> Server {
        let all = [&["--listen", "127.0.0.1:0"], arguments].concat();
        let mut child = self.command(&all).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let server = Server { child, lines, address: String::new(), link: String::new() };
        let url = server.line("serving on ");
        let address = url.split("://").last().unwrap().to_owned();
        let link = server.line("to sign in, open ").split(' ').next().unwrap().to_owned();
        server.at(address, link)
    }
}

/// A running server. It is killed when the test ends.
pub struct Server {
    pub child: Child,
    lines: mpsc::Receiver<String>,
    pub address: String,
    pub link: String,
}

impl Server {
    fn at(mut self, address: String, link: String) -> Self {
        (self.address, self.link) = (address, link);
        self
    }

    /// Waits for a line on stderr that begins so; returns the rest of it.
    pub fn line(&self, start: &str) -> String {
        let mut before = Vec::new();
        loop {
            match self.lines.recv_timeout(LONG) {
                Ok(line) => match line.strip_prefix(start) {
                    Some(rest) => return rest.to_owned(),
                    None => before.push(line),
                },
                Err(error) => panic!("no line {start:?} ({error}) after {before:#?}"),
            }
        }
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process has ended.
    pub fn exit_code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub fn send(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        self.try_send(token, method, path, body, "").unwrap()
    }

    /// Sends one request on a connection of its own.
    pub fn try_send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &str,
        more: &str,
    ) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(LONG))?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n{more}\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Answer::parse(&answer).ok_or_else(|| std::io::Error::other("no whole answer"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { unchunk(body)? } else { body.to_owned() };
        Some(Self { status, body })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

fn unchunk(mut rest: &str) -> Option<String> {
    let mut whole = String::new();
    loop {
        let (size, more) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.push_str(more.get(..size)?);
        rest = more.get(size..)?.strip_prefix("\r\n")?;
    }
}
