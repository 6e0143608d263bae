//! Finds the function that was probably meant by a name that does not exist.

use crate::{failure::Failure, wiring::Wiring};
use lamplight_domain::ErrorCode;
use lamplight_ports::{Connection, Connector, ListFunctions, Sleeper};
use lamplight_system_adapter::TokioSleeper;
use std::time::Duration;

/// The most pages of functions that are read to find a name.
const MOST_PAGES: usize = 5;

/// How long a name is looked for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Adds the nearest name to a failure that says that this function does not exist.
pub async fn with_nearest(failure: Failure, function: Option<&str>, wiring: &Wiring) -> Failure {
    let (true, Some(function)) = (failure.code == ErrorCode::FunctionNotFound, function) else {
        return failure;
    };
    let hint = with_nearest_hint(failure.hint.clone(), function, wiring).await;
    Failure { hint, ..failure }
}

/// Puts the nearest name in front of the hint about this function, which does not exist.
pub async fn with_nearest_hint(hint: Option<String>, function: &str, wiring: &Wiring) -> Option<String> {
    let Ok(name) = wiring.named_connection() else { return hint };
    let Ok(connection) = wiring.open(name.as_ref()).await else { return hint };
    let Some(nearest) = nearest_function(&connection, function, Vec::new()).await else { return hint };
    let more = hint.map(|hint| format!(" {hint}")).unwrap_or_default();
    Some(format!("did you mean {nearest}?{more}"))
}

/// The name that is most similar to the function in this text, among these names and the first pages of functions.
pub async fn nearest_function(connection: &Connection, text: &str, mut names: Vec<String>) -> Option<String> {
    let wanted = connection.platform.parse_function(text).ok()?.name;
    tokio::select! {
        () = list(connection, &mut names) => {}
        () = TokioSleeper.sleep(PATIENCE) => {}
    }
    // A version or alias may be what does not exist.
    if names.iter().any(|name| name == wanted.as_str()) {
        return None;
    }
    lamplight_domain::nearest(wanted.as_str(), names.iter().map(String::as_str)).map(str::to_owned)
}

/// Without the permission to list functions, none are found.
async fn list(connection: &Connection, names: &mut Vec<String>) {
    let mut marker = None;
    for _ in 0..MOST_PAGES {
        let request = ListFunctions { marker: marker.take(), ..ListFunctions::default() };
        let Ok(page) = connection.catalogue.list(request).await else { return };
        names.extend(page.items.into_iter().map(|function| function.name.to_string()));
        marker = page.next_marker;
        if marker.is_none() {
            return;
        }
    }
}
