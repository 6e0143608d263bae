//! Checks the proxy variables. A value that is not an address would otherwise count as no proxy, and requests would go
//! directly to where the user does not want them to go directly.

use hyper_util::client::proxy::matcher::Matcher;

/// The variables, each in the spelling that decides if both are set.
const VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy variable that requests cannot be sent through. The value may contain a password, so it is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {reason}")]
pub struct UnusableProxy {
    /// The variable.
    pub variable: &'static str,
    reason: &'static str,
}

/// Checks all proxy variables; `variable` looks one up.
///
/// # Errors
/// The first variable that is set but not the address of an HTTP proxy.
///
/// ```
/// use lamplight_http_adapter::check_proxies;
/// let error = check_proxies(&|name| (name == "HTTPS_PROXY").then(|| "http://proxy:none".to_owned())).unwrap_err();
/// assert_eq!(error.to_string(), "HTTPS_PROXY is not the address of a proxy");
/// ```
pub fn check_proxies(variable: &dyn Fn(&str) -> Option<String>) -> Result<(), UnusableProxy> {
    for name in VARIABLES {
        if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
            check(&value).map_err(|reason| UnusableProxy { variable: name, reason })?;
        }
    }
    Ok(())
}

fn check(value: &str) -> Result<(), &'static str> {
    const NO_ADDRESS: &str = "is not the address of a proxy";
    let destination = http::Uri::from_static("http://destination.invalid");
    // The same rules as those of the client.
    let proxy = Matcher::builder().all(value).build().intercept(&destination).ok_or(NO_ADDRESS)?;
    let (host, authority) = (proxy.uri().host().unwrap_or_default(), proxy.uri().authority());
    // A port that is not a number would count as none.
    let has_port = proxy.uri().port_u16().is_some();
    let is_address = !host.is_empty() && authority.is_some_and(|own| has_port || own.as_str() == host);
    match proxy.uri().scheme_str() {
        Some("http" | "https") if is_address => Ok(()),
        Some(scheme) if scheme.starts_with("socks") => Err("names a SOCKS proxy, which is not supported"),
        _ => Err(NO_ADDRESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_usable_and_anything_else_is_named_but_not_repeated() {
        for good in
            ["http://proxy:3128", "proxy:3128", "proxy", "https://user:hunter2@proxy", "http://[::1]:8080/"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "http://hunter2:none",
            "http://",
            "http:/hunter2",
            "ftp://hunter2",
            "hunter2 proxy",
            "/hunter2",
            "socks5://hunter2",
        ] {
            let error = check_proxies(&|name| (name == "all_proxy").then(|| bad.to_owned())).unwrap_err();
            assert_eq!(error.variable, "all_proxy");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert_eq!(check_proxies(&|_| Some(String::new())), Ok(()));
    }
}
