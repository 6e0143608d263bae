//! Waiting in tests.

use std::time::Duration;

/// Waits without a sleep, for effects that only time shows.
pub async fn pass(time: Duration) {
    let passed = tokio::time::timeout(time, std::future::pending::<()>()).await;
    assert!(passed.is_err());
}
