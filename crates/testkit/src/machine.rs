//! What machines are given: the instance metadata service (version 2 alone) and the container's endpoint.

use crate::{
    aws::AccessKey,
    http::{Answer, Request},
    server::Site,
};
use lamplight_domain::Timestamp;
use serde_json::{Value, json};
use std::sync::Mutex;

/// The instance metadata service of one EC2 instance with a role.
#[derive(Debug)]
pub struct Instance {
    role: String,
    key: AccessKey,
    /// The session token that was given out last.
    token: Mutex<Option<String>>,
}

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/";

impl Instance {
    /// An instance that has this key of the role.
    pub fn new(role: &str, key: AccessKey) -> Self {
        Self { role: role.to_owned(), key, token: Mutex::default() }
    }
}

impl Site for Instance {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        if request.is("PUT", "/latest/api/token") {
            let seconds = request.need("x-aws-ec2-metadata-token-ttl-seconds")?.parse();
            if !seconds.is_ok_and(|seconds: u32| (1..=21_600).contains(&seconds)) {
                return Err("the time to live is out of range".to_owned());
            }
            let token = crate::jwt::now().to_string() + "-instance-session";
            *self.token.lock().unwrap() = Some(token.clone());
            return Ok(Answer::text(200, token).with("x-aws-ec2-metadata-token-ttl-seconds", "21600"));
        }
        // An instance that wants version 2 alone says no more than this.
        if request.header("x-aws-ec2-metadata-token").map(str::to_owned) != *self.token.lock().unwrap()
            || self.token.lock().unwrap().is_none()
        {
            return Ok(Answer::text(401, "Unauthorized"));
        }
        match request.path.strip_prefix(CREDENTIALS) {
            Some("") => Ok(Answer::text(200, self.role.clone())),
            Some(role) if role == self.role => {
                let mut given = credentials(&self.key);
                given["Code"] = json!("Success");
                given["Type"] = json!("AWS-HMAC");
                given["LastUpdated"] = json!("2026-01-01T00:00:00Z");
                Ok(Answer::json(200, &given))
            }
            _ => Ok(Answer::text(404, "Not Found")),
        }
    }
}

fn credentials(key: &AccessKey) -> Value {
    json!({
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret,
        "Token": key.session_token,
        "Expiration": Timestamp::from_second(key.expires_at.unwrap()).unwrap().to_string(),
    })
}

/// The endpoint beside an ECS task or an EKS pod.
#[derive(Debug)]
pub struct Container {
    /// Where it is.
    pub path: &'static str,
    /// What the `Authorization` header must be.
    pub authorization: String,
    /// What it gives.
    pub key: AccessKey,
}

impl Site for Container {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        if !request.is("GET", self.path) {
            return Err(format!("the endpoint is {}", self.path));
        }
        request.expect("authorization", &self.authorization)?;
        Ok(Answer::json(200, &credentials(&self.key)))
    }
}
