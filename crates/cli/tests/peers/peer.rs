//! One peer, as `lamplight` and as `aws` see it.

use serde_json::Value;
use std::{
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

pub struct Peer {
    url: String,
    folder: TempDir,
    region: &'static str,
}

pub fn variable(name: &str) -> String {
    // The environment is what `cargo xtask peers run` hands over; an absent peer is a failure, never a pass.
    #[expect(clippy::disallowed_methods, reason = "the peers' addresses come from the environment")]
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run these tests with `cargo xtask peers run`"))
}

impl Peer {
    pub fn ministack() -> Self {
        Self::at("LAMPLIGHT_TEST_MINISTACK_URL")
    }

    pub fn moto() -> Self {
        Self::at("LAMPLIGHT_TEST_MOTO_URL")
    }

    fn at(name: &str) -> Self {
        Self { url: variable(name), folder: tempfile::tempdir().unwrap(), region: "us-east-1" }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A path below the folder that commands run in.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The same peer in another region.
    pub fn in_region(self, region: &'static str) -> Self {
        Self { region, ..self }
    }

    fn command(&self, program: &std::ffi::OsStr, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LAMPLIGHT_DATA_DIR", self.folder.path().join("data"))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", self.region)
            .env("AWS_DEFAULT_REGION", self.region)
            .env("NO_PROXY", "127.0.0.1,localhost");
        command
    }

    /// Runs `lamplight` with the peer as its endpoint, by the variable that the AWS tools share.
    pub fn lamplight(&self, arguments: &[&str]) -> Output {
        let binary = assert_cmd::cargo::cargo_bin!("lamplight");
        self.command(binary.as_os_str(), arguments)
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("KEY_ID", "test")
            .env("KEY", "test")
            .output()
            .unwrap()
    }

    /// Runs `lamplight` and reads its JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.lamplight(&[arguments, &["-o", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// Writes a file below the folder that commands run in, which is their home too.
    pub fn file(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs the real `aws lambda …`.
    pub fn aws(&self, arguments: &[&str]) -> Output {
        self.aws_service("lambda", arguments)
    }

    fn aws_service(&self, service: &str, arguments: &[&str]) -> Output {
        let program = variable("LAMPLIGHT_TEST_AWS_CLI");
        let arguments = [&["--endpoint-url", &self.url, "--output", "json", service], arguments].concat();
        self.command(program.as_ref(), &arguments).output().unwrap()
    }

    /// Runs `aws sts …` and reads its JSON.
    pub fn sts_json(&self, arguments: &[&str]) -> Value {
        self.service_json("sts", arguments)
    }

    /// The role that functions of the peer have.
    pub fn role(&self) -> String {
        let said = self.service_json("iam", &["get-role", "--role-name", "lamplight-peer"]);
        said["Role"]["Arn"].as_str().unwrap().to_owned()
    }

    /// Puts a package with a handler into a bucket.
    pub fn s3_package(&self, bucket: &str, key: &str) {
        self.package();
        let place = format!("LocationConstraint={}", self.region);
        let made = ["create-bucket", "--bucket", bucket, "--create-bucket-configuration", &place];
        self.service_json("s3api", &made);
        self.service_json("s3api", &["put-object", "--bucket", bucket, "--key", key, "--body", "app.zip"]);
    }

    /// Makes a queue; gives its ARN.
    pub fn queue(&self, name: &str) -> String {
        let made = self.service_json("sqs", &["create-queue", "--queue-name", name]);
        let url = made["QueueUrl"].as_str().unwrap();
        let said = ["get-queue-attributes", "--queue-url", url, "--attribute-names", "QueueArn"];
        self.service_json("sqs", &said)["Attributes"]["QueueArn"].as_str().unwrap().to_owned()
    }

    /// Publishes the first version of a layer; gives its ARN.
    pub fn publish_layer(&self, layer: &str, runtime: &str) -> String {
        self.package();
        let package = ["--zip-file", "fileb://app.zip", "--compatible-runtimes", runtime];
        let said = self.aws_json(&[&["publish-layer-version", "--layer-name", layer], &package[..]].concat());
        said["LayerVersionArn"].as_str().unwrap().to_owned()
    }

    /// A package of no use: an empty zip archive.
    fn package(&self) {
        let end = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
        std::fs::write(self.folder.path().join("app.zip"), end).unwrap();
    }

    fn service_json(&self, service: &str, arguments: &[&str]) -> Value {
        let output = self.aws_service(service, arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// Runs `aws lambda …` and reads its JSON.
    pub fn aws_json(&self, arguments: &[&str]) -> Value {
        let output = self.aws(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// What `aws lambda invoke` says of a call, and the response it writes.
    pub fn aws_invoke(&self, arguments: &[&str]) -> (Value, Vec<u8>) {
        static CALLS: AtomicU32 = AtomicU32::new(0);
        let file = self.folder.path().join(format!("response-{}", CALLS.fetch_add(1, Ordering::SeqCst)));
        let said = self.aws_json(&[&["invoke"], arguments, &[file.to_str().unwrap()]].concat());
        (said, std::fs::read(file).unwrap())
    }
}
