//! The verifier against the vectors that AWS publishes for header-signed requests (the "sigv4 signing test suite" of
//! the AWS Common Runtime), and against requests that somebody changed on the way.

use super::{
    http::Request,
    sigv4::{Signature, SigningKey},
};
use lamplight_domain::Timestamp;

/// AWS's own example key, in two halves so that nobody takes it for a leak.
fn example_key(session_token: Option<&str>) -> SigningKey {
    let secret = ["wJalrXUtnFEMI/K7MDENG", "+bPxRfiCYEXAMPLEKEY"].concat();
    SigningKey { secret, session_token: session_token.map(str::to_owned) }
}

fn example_token() -> String {
    ["6e86291e8372ff2a2260956d9b8aae1d", "763fbf315fa00fa31553b73ebf194267"].concat()
}

/// The name in the suite, the request line, the headers beside host and date, the body, the names that are signed
/// and the signature.
type Vector<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

const VECTORS: [Vector<'static>; 10] = [
    (
        "get-vanilla",
        "GET / HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    (
        "get-slash-dot-slash-normalized",
        "GET /./ HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    (
        "get-utf8",
        "GET /ሴ HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ),
    (
        "get-vanilla-query-order-encoded",
        "GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1 HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ),
    (
        "get-vanilla-query-unreserved",
        "GET /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ),
    (
        "get-header-value-trim",
        "GET / HTTP/1.1",
        "My-Header1: value1\r\nMy-Header2: \"a   b   c\"\r\n",
        "",
        "host;my-header1;my-header2;x-amz-date",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    (
        "get-header-key-duplicate",
        "GET / HTTP/1.1",
        "My-Header1:value2\r\nMy-Header1:value2\r\nMy-Header1:value1\r\n",
        "",
        "host;my-header1;x-amz-date",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ),
    (
        "post-vanilla-query",
        "POST /?Param1=value1 HTTP/1.1",
        "",
        "",
        "host;x-amz-date",
        "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
    ),
    (
        "post-x-www-form-urlencoded",
        "POST / HTTP/1.1",
        "Content-Type:application/x-www-form-urlencoded\r\nContent-Length:13\r\n\
         x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e\r\n",
        "Param1=value1",
        "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
        "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
    ),
    (
        "get-vanilla-with-session-token",
        "GET / HTTP/1.1",
        "X-Amz-Security-Token:TOKEN\r\n",
        "",
        "host;x-amz-date;x-amz-security-token",
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    ),
];

fn request((_, line, headers, body, names, signature): &Vector<'_>) -> Request {
    let headers = headers.replace("TOKEN", &example_token());
    let text = format!(
        "{line}\r\nHost:example.amazonaws.com\r\n{headers}X-Amz-Date:20150830T123600Z\r\n\
         Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders={names}, Signature={signature}\r\n\r\n{body}"
    );
    Request::read(&mut text.as_bytes()).unwrap().unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn check(request: &Request, key: &SigningKey) -> Result<(), String> {
    Signature::of(request).unwrap().unwrap().verify(request, key, at("2015-08-30T12:40:00Z"))
}

#[test]
fn the_published_vectors_are_accepted() {
    for vector in &VECTORS {
        let token = vector.2.contains("TOKEN").then(example_token);
        let checked = check(&request(vector), &example_key(token.as_deref()));
        assert_eq!(checked, Ok(()), "{}", vector.0);
    }
}

#[test]
fn a_path_that_is_encoded_already_is_encoded_once_more() {
    // The suite of aws-sigv4 adds this one: Lambda's path with an ARN in it.
    let text = "POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations HTTP/1.1\r\n\
        Host:lambda.us-east-2.amazonaws.com\r\nX-Amz-Date:20210511T154045Z\r\n\
        Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20210511/us-east-2/lambda/aws4_request, \
        SignedHeaders=host;x-amz-date, \
        Signature=4b93abbcc68be32bd64c18e2c71150660ab4c29bbd6c32a383a7517a88fc1804\r\n\r\n";
    let request = Request::read(&mut text.as_bytes()).unwrap().unwrap();
    let signature = Signature::of(&request).unwrap().unwrap();
    assert_eq!((signature.service.as_str(), signature.region.as_str()), ("lambda", "us-east-2"));
    let checked = signature.verify(&request, &example_key(None), at("2021-05-11T15:40:00Z"));
    assert_eq!(checked, Ok(()));
}

/// A change to a request or to the key, and words of the reason for refusing it.
type Change = (fn(&mut Request, &mut SigningKey), &'static str);

#[test]
fn whatever_was_changed_is_refused() {
    let form = VECTORS.iter().find(|vector| vector.0 == "post-x-www-form-urlencoded").unwrap();
    let changes: [Change; 8] = [
        (|request, _| request.body = b"Param1=value2".to_vec(), "body"),
        (|request, _| request.method = "PUT".to_owned(), "does not match"),
        (|request, _| request.path = "/other".to_owned(), "does not match"),
        (|request, _| request.query = "a=b".to_owned(), "does not match"),
        (|request, _| request.headers[1].1 = "example.org".to_owned(), "does not match"),
        (|request, _| request.headers.push(("x-amz-target".into(), "x".into())), "not signed"),
        (|_, key| key.secret.push('x'), "does not match"),
        (|_, key| key.session_token = Some("x".to_owned()), "session token"),
    ];
    for (number, (change, reason)) in changes.iter().enumerate() {
        let (mut request, mut key) = (request(form), example_key(None));
        change(&mut request, &mut key);
        let refused = check(&request, &key).unwrap_err();
        assert!(refused.contains(reason), "change {number}: {refused}");
    }
}

#[test]
fn times_scopes_and_tokens_are_checked() {
    let vanilla = request(&VECTORS[0]);
    let signature = Signature::of(&vanilla).unwrap().unwrap();
    for (time, good) in [
        ("2015-08-30T12:21:00Z", true),
        ("2015-08-30T12:20:59Z", false),
        ("2015-08-30T12:51:00Z", true),
        ("2015-08-30T12:51:01Z", false),
    ] {
        assert_eq!(signature.verify(&vanilla, &example_key(None), at(time)).is_ok(), good, "{time}");
    }
    for (field, other) in [("us-east-1", "us-east-2"), ("service", "lambda"), ("20150830/", "20150831/")] {
        let mut changed = vanilla.clone();
        let (_, header) = changed.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
        *header = header.replace(field, other);
        assert!(check(&changed, &example_key(None)).is_err(), "{field}");
    }
    let with_token = request(&VECTORS[9]);
    for token in [None, Some("another")] {
        assert!(check(&with_token, &example_key(token)).unwrap_err().contains("session token"));
    }
}
