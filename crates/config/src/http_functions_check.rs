//! Checks the settings of functions behind URLs against each other.

use crate::{HttpFunctionTable, HttpFunctionsTable, references};
use lamplight_domain::{FunctionName, SECRET_REF_FORMS, SecretRef, TableError, looks_secret};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// Headers that the HTTP client sets itself.
const OF_THE_PROTOCOL: [&str; 7] =
    ["connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"];
/// The longest time limit, in seconds: a day.
const LONGEST: u32 = 86_400;

/// Returns the first error in the table.
pub(crate) fn check(table: &HttpFunctionsTable) -> Result<(), TableError> {
    for (name, function) in &table.functions {
        if name.parse::<FunctionName>().is_err() {
            let message = "this is not a valid function name";
            return Err(TableError::new(["functions", name], message)
                .with_hint("use 1-256 characters without '/', '#' and white space"));
        }
        Inside { name }.function(function)?;
    }
    Ok(())
}

/// One function of the table.
struct Inside<'a> {
    name: &'a str,
}

impl Inside<'_> {
    fn wrong(&self, keys: &[&str], message: impl Into<String>, hint: impl Into<String>) -> TableError {
        let path = ["functions", self.name].into_iter().chain(keys.iter().copied());
        TableError::new(path, message).with_hint(hint.into())
    }

    fn function(&self, function: &HttpFunctionTable) -> Result<(), TableError> {
        if function.url.as_str().contains(['?', '#']) {
            return Err(self.wrong(
                &["url"],
                "the URL must not have a query: it is shown and recorded, and a query can contain a key",
                "send a key in a header, such as x-functions-key for Azure",
            ));
        }
        if function.timeout_seconds.is_some_and(|seconds| !(1..=LONGEST).contains(&seconds)) {
            let message = format!("the time limit must be 1 to {LONGEST} seconds");
            return Err(self.wrong(
                &["timeout_seconds"],
                message,
                "change it, or remove it if the limit is not known",
            ));
        }
        let secret = function.headers.iter().find(|(_, value)| value.parse::<SecretRef>().is_ok());
        let path = match (&function.bearer_token, secret) {
            (Some(_), _) => Some(vec!["bearer_token"]),
            (None, Some((header, _))) => Some(vec!["headers", header.as_str()]),
            (None, None) => None,
        };
        if let Some(path) = path.filter(|_| !function.url.hides_secrets()) {
            let message = "a secret is not sent over plain HTTP, except to this machine";
            return Err(self.wrong(&path, message, "use an https URL"));
        }
        let mut names = BTreeSet::new();
        for (header, value) in &function.headers {
            self.header(header, value)?;
            if !names.insert(header.to_ascii_lowercase()) {
                let message = "two header names differ only in case, which HTTP ignores";
                return Err(self.wrong(&["headers", header], message, "remove one of them"));
            }
            if function.bearer_token.is_some() && header.eq_ignore_ascii_case("authorization") {
                let message = "bearer_token also sets this header";
                return Err(self.wrong(&["headers", header], message, "remove one of the two"));
            }
        }
        for (key, header) in
            [("error_header", &function.error_header), ("mark_header", &function.mark_header)]
        {
            if header.as_deref().is_some_and(|header| !is_header_name(header)) {
                return Err(self.wrong(
                    &[key],
                    "this is not a valid header name",
                    "use letters, digits and dashes",
                ));
            }
        }
        self.statuses(function)
    }

    fn header(&self, header: &str, value: &str) -> Result<(), TableError> {
        let path = ["headers", header];
        let name = header.to_ascii_lowercase();
        if !is_header_name(header) {
            return Err(self.wrong(
                &path,
                "this is not a valid header name",
                "use letters, digits and dashes",
            ));
        }
        if OF_THE_PROTOCOL.contains(&name.as_str()) {
            return Err(self.wrong(&path, "this header is set by the HTTP client", "remove it"));
        }
        if let Ok(reference) = value.parse::<SecretRef>() {
            return match references::mistake(&reference) {
                Some(mistake) => Err(self.wrong(&path, mistake, "change the reference")),
                None => Ok(()),
            };
        }
        if name.ends_with("key") || looks_secret(&name, value) {
            let message = "this looks like a secret; give a reference to it instead";
            return Err(self.wrong(
                &path,
                message,
                format!("the forms of a reference are {SECRET_REF_FORMS}"),
            ));
        }
        if value.bytes().any(|byte| byte != b'\t' && !(b' '..=b'~').contains(&byte)) {
            return Err(self.wrong(
                &path,
                "a header value must be one line of ASCII text",
                "change the value",
            ));
        }
        Ok(())
    }

    fn statuses(&self, function: &HttpFunctionTable) -> Result<(), TableError> {
        let HttpFunctionTable { success_statuses, error_statuses, refused_statuses, mark_header, .. } =
            function;
        if success_statuses.is_empty() {
            let message = "without a success status, no run can succeed";
            return Err(self.wrong(
                &["success_statuses"],
                message,
                "add a status, or remove the setting for the default of 200 and 204",
            ));
        }
        if success_statuses.contains(&202) {
            let message = "202 means that the function has not finished yet, so it cannot mean success";
            return Err(self.wrong(
                &["success_statuses"],
                message,
                "if the function accepts events and runs them later, set async = true",
            ));
        }
        self.check_range("success_statuses", success_statuses, 200..=299)?;
        self.check_range("error_statuses", error_statuses, 400..=599)?;
        self.check_range("refused_statuses", refused_statuses, 400..=499)?;
        if mark_header.is_none() && error_statuses.iter().any(|status| (502..=504).contains(status)) {
            let message =
                "proxies also respond with 502, 503 and 504, so these do not show whether the function ran";
            let hint = "set mark_header to a header that only the function sends, or remove these statuses";
            return Err(self.wrong(&["error_statuses"], message, hint));
        }
        if let Some(both) = refused_statuses.iter().find(|status| error_statuses.contains(status)) {
            let message = format!(
                "{both} is also in error_statuses, but the function cannot both have run and not have started"
            );
            return Err(self.wrong(&["refused_statuses"], message, "remove it from one of the two"));
        }
        Ok(())
    }

    fn check_range(&self, key: &str, statuses: &[u16], range: RangeInclusive<u16>) -> Result<(), TableError> {
        match statuses.iter().find(|status| !range.contains(status)) {
            None => Ok(()),
            Some(status) => {
                let message = format!("{status} is not in the range {}-{}", range.start(), range.end());
                Err(self.wrong(&[key], message, "remove it"))
            }
        }
    }
}

/// Whether `text` is a valid header name.
fn is_header_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
