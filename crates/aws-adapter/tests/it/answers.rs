//! Helpers for tests of management operations: answers that are not from Lambda, error texts, and the tables of errors.

use crate::server::{Reaction, Received, Server, answer};
use lamplight_aws_model::Operation;
use lamplight_domain::ErrorCode;
use lamplight_ports::{Applied, ChangeError};
use std::{error::Error, fmt::Write};

const PAGE: &[u8] = b"<html>please sign in</html>";

/// Successful answers to an operation that returns no data, from a captive portal.
const OF_SUCCESS: [(u16, &[u8]); 6] = [
    (200, PAGE),
    (202, PAGE),
    (200, b"{\"login\":\"https://portal\"}"),
    (200, b""),
    (200, b"{}"),
    (204, b""),
];

/// Checks that none of these answers proves a change; `change` makes the change at the given address.
pub(crate) async fn a_page_is_no_proof<T>(
    operation: Operation,
    change: impl AsyncFn(String) -> Result<T, ChangeError>,
) {
    for (status, body) in OF_SUCCESS {
        let answer = answer(status, &[("content-type", "text/html")], body);
        let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
        match change(server.url()).await {
            Ok(_) => panic!("{operation} {status}"),
            Err(error) => {
                assert_eq!((error.applied, error.transient), (Applied::Maybe, false));
                assert_eq!(error.error.code.clone(), ErrorCode::UnidentifiedAnswer);
                assert!(error.error.message.contains("is not from Lambda: HTTP 20"), "{error}");
            }
        }
    }
}

/// The full text of an error and its causes, in display and debug form.
pub(crate) fn all_told(error: &ChangeError) -> String {
    let mut told = format!("{error:?} {error} {:?}", error.error.hint);
    let mut cause = Error::source(error);
    while let Some(beneath) = cause {
        write!(told, " {beneath} {beneath:?}").unwrap();
        cause = beneath.source();
    }
    told
}

/// The kind and code in the table of errors for this error of this operation.
pub(crate) fn kind_and_code<'a>(table: &'a str, operation: &str, code: &str) -> Option<(&'a str, &'a str)> {
    let mut rows = table.lines().map(|line| line.split(" | ").collect::<Vec<_>>());
    let row = rows.find(|columns| columns[0] == operation && columns[1] == code)?;
    Some((row[3], row[4]))
}
