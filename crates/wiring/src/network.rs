//! Rules for all connections over the network: plain HTTP to other machines, and proxy variables.

use lamplight_domain::{EndpointError, ErrorCode, Hint, HostScope, SettingName, check_secret_endpoint};
use lamplight_http_adapter::check_proxies;
use lamplight_ports::{PortError, PortErrorKind};

/// Rejects plain HTTP to another machine. `what` names the URL, which is valid otherwise.
pub(crate) fn check_plain_http(what: &str, url: &str) -> Result<(), PortError> {
    if check_secret_endpoint(url, HostScope::Link) != Err(EndpointError::Plain) {
        return Ok(());
    }
    let message = format!(
        "{what} uses plain HTTP to another machine: requests, responses and credentials could be read and changed on the way"
    );
    Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message).with_hint(
        Hint::new("use https://, or allow it with allow_http = true in the connection or with ")
            .setting(SettingName::AllowHttp),
    ))
}

/// Rejects proxy variables that cannot be used: requests would be sent without the proxy.
pub(crate) fn check_proxy_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<(), PortError> {
    check_proxies(variable).map_err(|unusable| {
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, unusable.to_string())
            .with_hint("set it to http://HOST:PORT, or unset it")
    })
}
