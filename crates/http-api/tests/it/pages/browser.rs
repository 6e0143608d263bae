//! A browser without scripts: it keeps a session, and sends forms.

use crate::world::{Answer, World, request};
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use lamplight_domain::{Role, Scope, percent_encode};
use tower::ServiceExt;

/// A browser that is signed in.
pub struct Browser<'a> {
    world: &'a World,
    cookie: String,
}

impl<'a> Browser<'a> {
    /// Signs in with a new token.
    pub async fn sign_in(world: &'a World, role: Role) -> Self {
        Self::sign_in_with(world, &world.token(role).await).await
    }

    /// Signs in with a token that is limited.
    pub async fn sign_in_limited(world: &'a World, role: Role, scope: Scope) -> Self {
        Self::sign_in_with(world, &world.limited_token(role, scope).await).await
    }

    async fn sign_in_with(world: &'a World, token: &str) -> Self {
        let mut browser = Self { world, cookie: String::new() };
        let answer = browser.post("/login", &[("token", token)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite"), "{cookie}");
        cookie.split(';').next().unwrap().clone_into(&mut browser.cookie);
        browser
    }

    /// Adds a cookie.
    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.cookie = format!("{}; {cookie}", self.cookie);
        self
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = request(method, path, None).header(header::ACCEPT, "text/html,application/xhtml+xml");
        if self.cookie.is_empty() { request } else { request.header(header::COOKIE, &self.cookie) }
    }

    /// Loads a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.world.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// The size of a page as it is sent.
    pub async fn compressed(&self, path: &str) -> usize {
        let request = self.request(Method::GET, path).header(header::ACCEPT_ENCODING, "gzip");
        let answer = self.world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, "gzip"), "{path}");
        answer.body.len()
    }

    /// Opens a stream, and returns its body as it comes.
    pub async fn open(&self, path: &str) -> Body {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body()
    }

    /// Loads a page that must exist.
    #[track_caller]
    pub fn page(&self, path: &str) -> impl Future<Output = String> {
        let path = path.to_owned();
        async move {
            let answer = self.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
            answer.text().to_owned()
        }
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, "http://localhost");
        self.world.send(request.body(Body::from(pairs.join("&"))).unwrap()).await
    }

    /// Sends a form that leads on, and returns where to.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {answer:?}");
        answer.header("location").to_owned()
    }
}

/// The value of a hidden field of a form.
pub fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split_once('"').unwrap().0
}
