//! Endpoints on machines: the instance metadata service (version 2 only) and the container credentials endpoint.

use crate::{
    aws::{AccessKey, random},
    http::{Answer, Request, hex},
    server::Site,
};
use lamplight_domain::Timestamp;
use serde_json::{Value, json};

/// The instance metadata service of one EC2 instance with a role.
#[derive(Debug)]
pub struct Instance {
    role: String,
    key: AccessKey,
    /// The session token, which every request must send.
    token: String,
}

impl Instance {
    /// An instance with this key of the role.
    pub fn new(role: &str, key: AccessKey) -> Self {
        Self { role: role.to_owned(), key, token: hex(&random(20)) }
    }
}

impl Site for Instance {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        if request.is("PUT", "/latest/api/token") {
            let seconds = request.need("x-aws-ec2-metadata-token-ttl-seconds")?.parse();
            return match seconds {
                Ok(1..=21_600_u32) => Ok(Answer::text(200, self.token.clone())
                    .with("x-aws-ec2-metadata-token-ttl-seconds", "21600")),
                _ => Err("the time to live is out of range".to_owned()),
            };
        }
        // An instance that requires version 2 answers nothing more than this.
        if request.header("x-aws-ec2-metadata-token") != Some(&self.token) {
            return Ok(Answer::text(401, "Unauthorized"));
        }
        match request.path.strip_prefix("/latest/meta-data/iam/security-credentials/") {
            Some("") => Ok(Answer::text(200, self.role.clone())),
            Some(role) if role == self.role => {
                let mut given = credentials(&self.key);
                given["Code"] = "Success".into();
                given["Type"] = "AWS-HMAC".into();
                given["LastUpdated"] = "2026-01-01T00:00:00Z".into();
                Ok(Answer::json(200, &given))
            }
            _ => Ok(Answer::text(404, "Not Found")),
        }
    }
}

fn credentials(key: &AccessKey) -> Value {
    let expiry = Timestamp::from_second(key.expires_at.unwrap()).unwrap();
    json!({
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret,
        "Token": key.session_token,
        "Expiration": expiry.to_string(),
    })
}

/// The credentials endpoint of an ECS task or an EKS pod.
#[derive(Debug)]
pub struct Container {
    /// Its URL.
    pub path: &'static str,
    /// The required value of the `Authorization` header.
    pub authorization: String,
    /// The key that it returns.
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
