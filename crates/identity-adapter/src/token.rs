//! Checks the form of a token. Its signature and claims are checked only by its recipient.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind, SecretString};

/// The maximum length of a token, in bytes (STS API, `AssumeRoleWithWebIdentity`).
pub(crate) const LARGEST: usize = 20_000;

/// Checks that `text` has the form of a JWT: three parts in URL-safe base64, the first two of which are not empty.
pub(crate) fn token(text: &str, origin: &str) -> Result<SecretString, PortError> {
    let text = text.trim();
    let invalid = |what: &str, hint: &str| {
        let message = format!("the identity token from {origin} {what}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::TokenInvalid, message).with_hint(hint)
    };
    if text.is_empty() {
        return Err(invalid("is empty", "check the program that writes it"));
    }
    if text.len() > LARGEST {
        return Err(invalid(
            &format!("is larger than {LARGEST} bytes"),
            "request fewer claims: many group memberships often make a token large",
        ));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let is_jwt = parts.len() == 3
        && parts.iter().take(2).all(|part| !part.is_empty())
        && parts.iter().all(|part| URL_SAFE_NO_PAD.decode(part).is_ok());
    if !is_jwt {
        return Err(invalid(
            "is not a JWT",
            "opaque tokens are not supported: configure the issuer to issue a JSON Web Token",
        ));
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::ExposeSecret;

    #[test]
    fn only_what_has_the_form_of_a_jwt_is_a_token() {
        assert_eq!(token(" eyJh.eyJi.c2ln\n", "x").unwrap().expose_secret(), "eyJh.eyJi.c2ln");
        let long = format!("eyJh.{}.c2ln", "YWFh".repeat(6000));
        for wrong in ["", "  ", "hunter2", "hunter2.hunter2", "..", "eyJh.hunter2!.c2ln", long.as_str()] {
            let error = token(wrong, "file:/x").unwrap_err();
            assert_eq!(error.code, ErrorCode::TokenInvalid);
            let shown = format!("{error:?}");
            assert!(shown.contains("file:/x") && !shown.contains("hunter2"), "{shown}");
        }
    }
}
