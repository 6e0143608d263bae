//! Secrets Manager and the sign-in portal: the one operation of each that is used.

use crate::{
    account::{ACCOUNT, Account, Caller, request_id},
    http::{Answer, Form, Request},
    jwt::now,
    lambda_answer, sts,
};
use serde_json::json;
use std::collections::BTreeMap;

/// An error in the format of the service's protocol.
pub(crate) fn refusal(service: &str, status: u16, code: &str, message: &str) -> Answer {
    match service {
        "sts" => {
            // STS has different names for the same errors.
            let code = match code {
                "UnrecognizedClientException" => "InvalidClientTokenId",
                "InvalidSignatureException" => "SignatureDoesNotMatch",
                "ExpiredTokenException" => "ExpiredToken",
                other => other,
            };
            sts::error(status, code, message)
        }
        "secretsmanager" => {
            let body = json!({ "__type": code, "message": message });
            Answer::new(400, "application/x-amz-json-1.1", body.to_string())
                .with("x-amzn-requestid", request_id())
        }
        _ => lambda_answer::refused(status, code, message),
    }
}

pub(crate) fn secrets_manager(
    account: &mut Account,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, String> {
    request.expect("x-amz-target", "secretsmanager.GetSecretValue")?;
    request.expect("content-type", "application/x-amz-json-1.1")?;
    let body = request.json()?;
    let name = body["SecretId"].as_str().ok_or("no SecretId")?;
    let fields = BTreeMap::from([("SecretId".to_owned(), name.to_owned())]);
    account.keep(caller, "secretsmanager:GetSecretValue", fields);
    // The name of a secret that may not be read.
    if name == "forbidden" {
        let message = "is not authorized to perform: secretsmanager:GetSecretValue";
        return Ok(refusal("secretsmanager", 400, "AccessDeniedException", message));
    }
    let Some(text) = account.secrets.get(name) else {
        let message = "Secrets Manager can't find the specified secret.";
        return Ok(refusal("secretsmanager", 400, "ResourceNotFoundException", message));
    };
    let body = json!({
        "ARN": format!("arn:aws:secretsmanager:{}:{ACCOUNT}:secret:{name}-AbCdEf", caller.region),
        "Name": name,
        "SecretString": text,
        "VersionId": request_id(),
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": 1_700_000_000,
    });
    let answer = Answer::new(200, "application/x-amz-json-1.1", body.to_string());
    Ok(answer.with("x-amzn-requestid", request_id()))
}

/// `GetRoleCredentials` (IAM Identity Center portal API reference).
pub(crate) fn sign_in_portal(
    account: &mut Account,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, String> {
    let token = request.need("x-amz-sso_bearer_token")?;
    let mut query = Form::parse(&request.query)?;
    let (role, number) = (query.need("role_name")?, query.need("account_id")?);
    query.done()?;
    let fields = BTreeMap::from([("role_name".to_owned(), role.clone())]);
    account.keep(caller, "sso:GetRoleCredentials", fields);
    if account.sign_ins.get(token) != Some(&role) || number != ACCOUNT {
        return Ok(lambda_answer::refused(
            401,
            "UnauthorizedException",
            "Session token not found or invalid",
        ));
    }
    let principal = format!("arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_{role}_0123456789abcdef/ada");
    let key = account.issue(&principal, Some(now() + 3600));
    Ok(Answer::json(
        200,
        &json!({ "roleCredentials": {
            "accessKeyId": key.id,
            "secretAccessKey": key.secret,
            "sessionToken": key.session_token,
            "expiration": (now() + 3600) * 1000,
        }}),
    ))
}
