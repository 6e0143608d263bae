//! Uploads of code: complete, signed, and with progress.

use super::{create, described, settings, update_code};
use crate::{
    server::{Reaction, Received, Server, answer},
    support::{SECRET_KEY, ports},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_domain::{CodeSource, FunctionCode, Package};
use lamplight_ports::{CreateFunction, Effect, UpdateCode, UploadWatch};
use serde_json::Value;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
struct Watch(Mutex<Vec<(u64, u64)>>);

impl UploadWatch for Watch {
    fn sent(&self, sent: u64, of: u64) {
        self.0.lock().unwrap().push((sent, of));
    }
}

fn large() -> Vec<u8> {
    (0..3_000_000_u32).map(|index| u8::try_from(index * 7 % 251).unwrap()).collect()
}

fn code() -> FunctionCode {
    FunctionCode::new(CodeSource::Package(Package::new(large(), super::SHA256)))
}

/// The whole signature is checked, including the checksum of the body.
fn is_signed(request: &Received) {
    use aws_sigv4_check::signature_of;
    let authorization = &request.headers["authorization"];
    let given = authorization.rsplit_once("Signature=").unwrap().1;
    assert_eq!(given, signature_of(request, SECRET_KEY), "{authorization}");
}

#[tokio::test]
async fn an_upload_arrives_completely_and_reports_progress() {
    let body = described().to_string();
    let server = Server::start(move |_: &Received| {
        Reaction::Answer(answer(200, &[crate::server::MARK], body.as_bytes()))
    })
    .await;
    let functions = ports(&server.url()).management.functions;
    let (created, updated) = (Arc::new(Watch::default()), Arc::new(Watch::default()));
    let request = CreateFunction { watch: Some(created.clone()), ..create(code(), settings()) };
    functions.create(request, Effect::Make).await.unwrap();
    let request = UpdateCode { watch: Some(updated.clone()), ..update_code(code()) };
    functions.update_code(request, Effect::Make).await.unwrap();

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for (request, watch, place) in
        [(&requests[0], created, "/Code/ZipFile"), (&requests[1], updated, "/ZipFile")]
    {
        let length = request.body.len();
        assert_eq!(request.headers["content-length"], length.to_string());
        assert!(!request.headers.contains_key("transfer-encoding"));
        is_signed(request);
        let document: Value = serde_json::from_slice(&request.body).unwrap();
        let sent = document.pointer(place).and_then(Value::as_str).unwrap();
        assert!(STANDARD.decode(sent).unwrap() == large());

        let told = watch.0.lock().unwrap().clone();
        let of = u64::try_from(length).unwrap();
        assert!(told.len() > 50, "{}", told.len());
        assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told:?}");
        assert!(told.iter().all(|&(sent, total)| sent <= total && total == of), "{told:?}");
        assert_eq!(told.last(), Some(&(of, of)));
    }
}

#[tokio::test]
async fn a_preview_reports_no_upload_progress() {
    let watch = Arc::new(Watch::default());
    let request = UpdateCode { watch: Some(watch.clone()), ..update_code(code()) };
    let functions = ports("http://127.0.0.1:9").management.functions;
    functions.update_code(request, Effect::Show { secrets: false }).await.unwrap();
    assert!(watch.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn progress_counts_only_bytes_that_the_connection_took() {
    // The server never reads the body, so at most the buffers of two sockets can be sent.
    struct ReadsNothing;
    impl crate::server::Script for ReadsNothing {
        fn on_head(&self, _: &Received) -> Option<crate::server::End> {
            Some(crate::server::End::Reset)
        }
        fn on_request(&self, _: &Received) -> Reaction {
            Reaction::Stall(Vec::new())
        }
    }
    let server = Server::start(ReadsNothing).await;
    let watch = Arc::new(Watch::default());
    let huge = FunctionCode::new(CodeSource::Package(Package::new(vec![0; 12 << 20], super::SHA256)));
    let request = UpdateCode { watch: Some(watch.clone()), ..update_code(huge) };
    let error =
        ports(&server.url()).management.functions.update_code(request, Effect::Make).await.unwrap_err();
    assert_eq!(error.applied, lamplight_ports::Applied::Maybe);
    let told = watch.0.lock().unwrap().clone();
    let &(sent, of) = told.last().unwrap();
    assert!(sent < of, "{sent} of {of}");
}

/// Computes AWS Signature Version 4 of the received request, with the crate that the SDK uses.
mod aws_sigv4_check {
    use super::Received;
    use aws_credential_types::Credentials;
    use aws_sigv4::{
        http_request::{SignableBody, SignableRequest, SigningSettings, sign},
        sign::v4,
    };
    use std::time::{Duration, SystemTime};

    /// The signature that the request should have.
    pub(super) fn signature_of(request: &Received, secret: &str) -> String {
        let authorization = &request.headers["authorization"];
        let signed =
            authorization.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        let key = authorization.split("Credential=").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        let token = request.headers.get("x-amz-security-token").cloned();
        let identity = Credentials::new(key, secret, token, None, "check").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name("lambda")
            .time(time_of(&request.headers["x-amz-date"]))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let uri = format!("http://{}{}", request.headers["host"], request.target);
        let ours = ["x-amz-date", "x-amz-security-token", "host"];
        let headers = signed
            .split(';')
            .filter(|name| !ours.contains(name))
            .map(|name| (name, request.headers[name].as_str()));
        let signable =
            SignableRequest::new(&request.method, uri, headers, SignableBody::Bytes(&request.body)).unwrap();
        sign(signable, &params).unwrap().signature().to_owned()
    }

    /// `20261121T113129Z`.
    fn time_of(text: &str) -> SystemTime {
        let number = |range: std::ops::Range<usize>| text[range].parse::<u64>().unwrap();
        let (year, month, day) = (number(0..4), number(4..6), number(6..8));
        // Days since 1970 by the civil calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let shifted = if month > 2 { year } else { year - 1 };
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let of_era = (shifted % 400) * 365 + (shifted % 400) / 4 - (shifted % 400) / 100 + of_year;
        let days = (shifted / 400) * 146_097 + of_era - 719_468;
        let seconds = days * 86_400 + number(9..11) * 3_600 + number(11..13) * 60 + number(13..15);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}
