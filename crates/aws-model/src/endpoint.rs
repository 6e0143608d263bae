//! Addresses that people give for services, in place of the provider's own.

/// Why an address is refused. `Display` never repeats it, for it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It does not begin as an address does.
    #[error("is no URL: it begins with neither http:// nor https://")]
    Scheme,
    /// It names no host.
    #[error("is no URL: it names no host")]
    Host,
    /// What follows the host's colon is no port.
    #[error("is no URL: its port is no number from 1 to 65535")]
    Port,
    /// It has a user or a password.
    #[error("has a user or a password in it, which no endpoint takes")]
    User,
    /// It has spaces or signs that hide what its host is.
    #[error("is no URL: it has spaces, control characters or backslashes")]
    Signs,
}

/// Looks whether `url` is an `http` or `https` address with a host, at most a port, and no user.
///
/// ```
/// use lamplight_aws_model::{EndpointError, check_endpoint};
/// assert_eq!(check_endpoint("http://127.0.0.1:4566"), Ok(()));
/// assert_eq!(check_endpoint("https://user:password@example.com"), Err(EndpointError::User));
/// ```
///
/// # Errors
/// What is wrong with it, without its text.
pub fn check_endpoint(url: &str) -> Result<(), EndpointError> {
    if url.contains(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '\\') {
        return Err(EndpointError::Signs);
    }
    let (scheme, rest) = url.split_once("://").ok_or(EndpointError::Scheme)?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(EndpointError::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(EndpointError::User);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, after) = v6.split_once(']').ok_or(EndpointError::Host)?;
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(EndpointError::Host),
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err(EndpointError::Host);
    }
    let is_port = |port: &str| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
    };
    match port {
        // A password with a slash in it looks like a port.
        Some(port) if !is_port(port) && rest.contains('@') => Err(EndpointError::User),
        Some(port) if !is_port(port) => Err(EndpointError::Port),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_scheme_and_host_and_no_user() {
        for good in [
            "http://127.0.0.1:4566",
            "https://lambda.example.com/base/",
            "HTTPS://example.com:65535/a@b?c",
            "http://[::1]:4566",
            "http://[::1]",
            "http://localhost",
        ] {
            assert_eq!(check_endpoint(good), Ok(()), "{good}");
        }
        for (bad, error) in [
            ("https://hunter2@example.com", EndpointError::User),
            ("https://user:hunter2@example.com", EndpointError::User),
            ("https://user:hunter2/b@example.com/", EndpointError::User),
            ("https://user:#hunter2@example.com/", EndpointError::User),
            ("https://example.com\\@hunter2", EndpointError::Signs),
            ("https://example.com hunter2", EndpointError::Signs),
            ("https://example.com:hunter2", EndpointError::Port),
            ("https://example.com:0", EndpointError::Port),
            ("https://example.com:65536", EndpointError::Port),
            ("https://example.com:+80", EndpointError::Port),
            ("https://example.com:", EndpointError::Port),
            ("https://:80", EndpointError::Host),
            ("https:///hunter2", EndpointError::Host),
            ("https://[::1", EndpointError::Host),
            ("https://[::1]hunter2", EndpointError::Host),
            ("localhost:4566", EndpointError::Scheme),
            ("ftp://hunter2", EndpointError::Scheme),
            ("", EndpointError::Scheme),
        ] {
            assert_eq!(check_endpoint(bad), Err(error), "{bad}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
