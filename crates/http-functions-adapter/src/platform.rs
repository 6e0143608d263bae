//! What is known about functions behind URLs without a request: their declared names. Limits, prices, links and error
//! formats differ between servers and are not known.

use crate::Functions;
use lamplight_domain::{FunctionName, FunctionRef, NameError, Platform, Qualifier, ReferenceError};
use std::sync::Arc;

/// [`Platform`] of declared functions.
#[derive(Debug)]
pub(crate) struct HttpPlatform {
    pub(crate) functions: Arc<Functions>,
}

impl Platform for HttpPlatform {
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError> {
        let name: FunctionName =
            text.parse().map_err(|error: NameError| ReferenceError { message: error.to_string() })?;
        Ok(match self.functions.get(&name) {
            Some(function) => function.to_ref(&name),
            // The call itself reports that the function does not exist.
            None => FunctionRef::by_name(name),
        })
    }

    fn parse_qualifier(&self, _: &str) -> Result<Qualifier, ReferenceError> {
        let message = "functions behind a URL have no versions or aliases; remove the qualifier".to_owned();
        Err(ReferenceError { message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpFunction;

    #[test]
    fn names_are_as_declared_and_qualifiers_are_refused() {
        let declared = HttpFunction { timeout_seconds: Some(7), ..HttpFunction::new("http://127.0.0.1/a") };
        let functions = [("a:b".parse().unwrap(), declared)].into_iter().collect();
        let platform = HttpPlatform { functions: Arc::new(functions) };
        let known = platform.parse_function("a:b").unwrap();
        assert_eq!((known.reference.as_str(), known.timeout_seconds), ("http://127.0.0.1/a", Some(7)));
        assert_eq!(platform.parse_function("other").unwrap().reference, "other");
        assert!(platform.parse_function("a b").is_err() && platform.parse_qualifier("live").is_err());
        assert_eq!(platform.limits(), lamplight_domain::Limits::default());
    }
}
