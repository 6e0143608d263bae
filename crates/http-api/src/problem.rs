//! Answers to requests that failed: problem details (RFC 9457).

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_app::AppError;
use lamplight_domain::{Action, ErrorClass, ErrorCode, Hint, SettingName};
use lamplight_ports::PortError;
use lamplight_views::ProblemView;
use std::{
    error::Error,
    fmt::{self, Write},
};

/// The content type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An answer to a request that failed. It is also an extension of the response, so that a page can show it.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: ErrorCode,
    class: ErrorClass,
    detail: String,
    causes: Vec<String>,
    hint: Option<String>,
    request_id: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with the status that follows from the code.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let class = code.class();
        Self(Box::new(Parts {
            status: status(&code, class),
            class,
            code,
            detail: detail.into(),
            causes: Vec::new(),
            hint: None,
            request_id: None,
            headers: Vec::new(),
        }))
    }

    /// A request whose address, query, headers or body are not as documented.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail)
    }

    /// The answer for what does not exist, and for what the actor may not see.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "not found")
    }

    /// The same problem with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same problem with another status.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// The same problem with a header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    pub(crate) fn with_request_id(mut self, id: String) -> Self {
        self.0.request_id = Some(id);
        self
    }

    pub(crate) fn add_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0.headers {
            headers.append(name, value.clone());
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &ErrorCode {
        &self.0.code
    }

    /// What happened.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The causes, outermost first.
    pub fn causes(&self) -> &[String] {
        &self.0.causes
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Names the request in the log.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The address of the page that explains a code.
    pub fn page(code: &str) -> String {
        format!("/errors/{code}")
    }
}

/// The status of an error. It follows from its class; some codes have one of their own.
fn status(code: &ErrorCode, class: ErrorClass) -> StatusCode {
    match code {
        ErrorCode::BodyTooLarge
        | ErrorCode::PayloadTooLarge
        | ErrorCode::RequestTooLarge
        | ErrorCode::ClientContextTooLarge => return StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::HostNotAllowed => return StatusCode::MISDIRECTED_REQUEST,
        ErrorCode::MethodNotAllowed => return StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::PreconditionRequired => return StatusCode::PRECONDITION_REQUIRED,
        ErrorCode::RequestDiffers => return StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::RevisionChanged => return StatusCode::PRECONDITION_FAILED,
        ErrorCode::SignInRequired => return StatusCode::UNAUTHORIZED,
        ErrorCode::UnsupportedMediaType => return StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => {}
    }
    match class {
        ErrorClass::Usage => StatusCode::BAD_REQUEST,
        ErrorClass::Access => StatusCode::FORBIDDEN,
        ErrorClass::Limit => StatusCode::TOO_MANY_REQUESTS,
        ErrorClass::NotFound => StatusCode::NOT_FOUND,
        ErrorClass::Conflict => StatusCode::CONFLICT,
        // The answer of a function is a part of a run; as an error of a request it came from behind this server.
        ErrorClass::Function => StatusCode::BAD_GATEWAY,
        ErrorClass::Unknown => StatusCode::GATEWAY_TIMEOUT,
        ErrorClass::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
        ErrorClass::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let mut problem = Self::new(error.code(), error.to_string());
        problem.0.class = error.class();
        problem.0.status = status(&problem.0.code, problem.0.class);
        problem.0.hint = error.hint().as_ref().map(word_hint);
        problem.0.causes = chain(error.cause());
        problem
    }
}

impl From<PortError> for Problem {
    fn from(error: PortError) -> Self {
        AppError::from(error).into()
    }
}

fn chain(mut cause: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let mut causes = Vec::new();
    while let Some(found) = cause {
        causes.push(found.to_string());
        cause = found.source();
    }
    causes
}

/// The text of a hint in the words of the server.
pub fn word_hint(hint: &Hint) -> String {
    hint.word(action, |setting| setting_name(setting).to_owned())
}

fn action(action: &Action) -> String {
    match action {
        Action::Discover => "the list of discovered functions".to_owned(),
        Action::GiveArguments => "give values in `parameters`".to_owned(),
        Action::ListJobs => "the list of jobs".to_owned(),
        Action::ShowJob => "the page of the job".to_owned(),
        Action::EditJob => "a change of the job".to_owned(),
        Action::DemandJob => "`job`".to_owned(),
        Action::GivePayload => "`payload`".to_owned(),
        Action::ListRuns => "the list of runs".to_owned(),
        Action::ListFunctions => "the list of functions".to_owned(),
        Action::WaitForFunction(function) => format!("waiting until function {function} is ready"),
        Action::UpdateFunctionCode => "an update of the function's code".to_owned(),
        Action::UpdateFunctionSettings => "an update of the function's settings".to_owned(),
        Action::ListAliases(function) => format!("the list of aliases of function {function}"),
        Action::UpdateAlias => "a change of the alias".to_owned(),
        Action::ShowPermissions => "the permissions of the function".to_owned(),
        Action::ShowAccount => "the account's limits and usage".to_owned(),
        Action::PrintTrustPolicy | Action::PrintRoleTrustPolicy => "the trust policy".to_owned(),
        Action::RemoveConnection(name) => format!("removing connection {name} from the configuration"),
        Action::UseConnection(name) => format!("connection {name}"),
    }
}

fn setting_name(setting: SettingName) -> &'static str {
    match setting {
        SettingName::Region => "`region` of the connection",
        SettingName::Connection => "`connection`",
        SettingName::EndpointUrl => "`endpoint_url` of the connection",
        SettingName::ConfigFile => "the configuration file",
        SettingName::AccessKey => "the access key of the connection",
        SettingName::AllowHttp => "`allow_http` of the connection",
        SettingName::UnmarkedAnswers => "`unmarked_answers` of the connection",
        SettingName::WaitLimit => "`wait_limit_seconds`",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Parts { status, code, class, detail, causes, hint, request_id, headers: _ } = &*self.0;
        let view = ProblemView {
            page: Self::page(code.as_str()),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail,
            code: code.as_str(),
            class: (*class).into(),
            causes,
            hint: hint.as_deref(),
            request_id: request_id.as_deref(),
        };
        // Strings and numbers always form JSON.
        let body = plain(&serde_json::to_string(&view).unwrap_or_default());
        let mut response = (*status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        self.add_headers(response.headers_mut());
        response.extensions_mut().insert(self);
        response
    }
}

/// The same JSON in letters that mean nothing to a browser, a terminal or a reader from right to left: a problem may
/// repeat what the request said.
fn plain(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for letter in json.chars() {
        // Outside of strings JSON has none of these.
        if letter.is_ascii() && !matches!(letter, '<' | '>' | '&' | '\u{7f}') {
            plain.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(plain, "\\u{unit:04x}");
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::PortErrorKind;
    use proptest::prelude::*;

    #[test]
    fn every_code_has_a_status_of_an_error() {
        for code in ErrorCode::NEUTRAL {
            let problem = Problem::new(code.clone(), "x");
            let status = problem.status();
            assert!(status.is_client_error() || status.is_server_error(), "{code}");
            // A caller that repeats a request after a 5xx must not repeat a wrong one.
            assert_eq!(status.is_client_error(), {
                use ErrorClass::{Access, Conflict, Limit, NotFound, Usage};
                matches!(code.class(), Usage | Access | Limit | NotFound | Conflict)
            });
        }
    }

    proptest! {
        #[test]
        fn a_problem_is_written_in_plain_letters(text in "\\PC*|[<>&\\x00-\\x7f\\u{202e}\u{1f4a5}é\\\\\"]*") {
            let json = plain(&serde_json::to_string(&text).unwrap());
            prop_assert!(json.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"<>&".contains(&byte)), "{}", json);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn the_class_of_a_port_error_follows_from_its_kind() {
        let busy = PortError::new(PortErrorKind::Unavailable, ErrorCode::InvalidRequest, "down")
            .with_source(std::io::Error::other("no route"))
            .with_hint("wait");
        let problem = Problem::from(busy);
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!((problem.causes(), problem.hint()), (&["no route".to_owned()][..], Some("wait")));
    }
}
