//! A Lambda that keeps what it is told, and a user who manages it.

use crate::lamplight::{Done, Lamplight, done};
use lamplight_testkit::{World, lambda::Function};
use serde_json::Value;
use std::process::Command;

/// The Lambda, the user's home, and a key of the user's.
pub struct Place {
    pub world: World,
    pub home: Lamplight,
    address: String,
    key: (String, String),
}

impl Place {
    pub fn new() -> Self {
        let (world, home) = (World::default(), Lamplight::new());
        let (key, address) = (world.aws.user("me"), world.emulator());
        world.aws.account().functions.insert("adder".to_owned(), Function::default());
        home.file("code/app.py", "def handler(event, context):\n    return event\n");
        Self { world, home, address, key: (key.id, key.secret) }
    }

    /// A place at which these changes were made.
    pub fn with(lines: &[&str]) -> Self {
        let place = Self::new();
        for line in lines {
            place.json(0, line);
        }
        place
    }

    pub fn run(&self, line: &str) -> Done {
        done(self.command(line).output().unwrap())
    }

    pub fn command(&self, line: &str) -> Command {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = self.home.command_in(&self.world, &words);
        command.env("AWS_REGION", "eu-west-1").env("AWS_ENDPOINT_URL", &self.address);
        command.env("AWS_ACCESS_KEY_ID", &self.key.0).env("AWS_SECRET_ACCESS_KEY", &self.key.1);
        command
    }

    pub fn json(&self, code: i32, line: &str) -> Value {
        self.shown(code, line).0
    }

    /// What a command shows to programs, and the rest of what it did.
    pub fn shown(&self, code: i32, line: &str) -> (Value, Done) {
        let done = self.run(&format!("{line} --output json"));
        assert_eq!(done.code, code, "{line}: {done:#?}");
        (serde_json::from_str(&done.stdout).unwrap(), done)
    }

    pub fn calls(&self, action: &str) -> usize {
        self.world.aws.calls_of(action).len()
    }
}
