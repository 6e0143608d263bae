//! The guarantees of the credentials cache, tested with a manual clock.

use super::*;
use crate::error::CredentialsFailure;
use async_trait::async_trait;
use aws_smithy_async::time::TimeSource;
use lamplight_domain::ErrorCode;
use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
};

/// A manual clock.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn start() -> Self {
        Self(Arc::new(AtomicU64::new(1_000_000)))
    }

    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// One answer of the source.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// Credentials that expire after this many seconds.
    Lasting(u64),
    /// Credentials without an expiry.
    Endless,
    Failure,
}

#[derive(Debug)]
struct Scripted {
    clock: Clock,
    answers: Mutex<VecDeque<Answer>>,
    asked: AtomicU64,
}

#[async_trait]
impl Source for Scripted {
    fn name(&self) -> String {
        "script".to_owned()
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        // Let all concurrent callers start to wait.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let answer = self.answers.lock().unwrap().pop_front().expect("the source was asked too often");
        let given = |end| {
            let credentials = Credentials::new(format!("KEY{number}"), "x", None, end, "test");
            Ok(Loaded { credentials, origin: "test".to_owned() })
        };
        match answer {
            Answer::Lasting(seconds) => given(Some(self.clock.now() + Duration::from_secs(seconds))),
            Answer::Endless => given(None),
            Answer::Failure => Err(CredentialsFailure::new(
                ErrorCode::CredentialsFailed,
                format!("failure {number}"),
                "none",
            )),
        }
    }
}

struct Setup {
    clock: Clock,
    source: Arc<Scripted>,
    keeper: Arc<Refreshing>,
}

fn setup(answers: impl IntoIterator<Item = Answer>) -> Setup {
    let clock = Clock::start();
    let answers = Mutex::new(answers.into_iter().collect());
    let source = Arc::new(Scripted { clock: clock.clone(), answers, asked: AtomicU64::new(0) });
    let keeper =
        Refreshing::with_time(source.clone(), Duration::from_mins(1), SharedTimeSource::new(clock.clone()));
    Setup { clock, source, keeper: Arc::new(keeper) }
}

impl Setup {
    async fn key(&self) -> Result<String, String> {
        let loaded = self.keeper.current().await;
        loaded.map(|loaded| loaded.credentials.access_key_id().to_owned()).map_err(|e| e.message)
    }

    async fn keys_at_once(&self, callers: usize) -> Vec<Result<String, String>> {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..callers {
            let keeper = Arc::clone(&self.keeper);
            tasks.spawn(async move {
                let loaded = keeper.current().await;
                loaded.map(|l| l.credentials.access_key_id().to_owned()).map_err(|e| e.message)
            });
        }
        tasks.join_all().await
    }

    fn asked(&self) -> u64 {
        self.source.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn concurrent_callers_share_one_request() {
    let setup = setup([Answer::Lasting(3600)]);
    let keys = setup.keys_at_once(20).await;
    assert!(keys.iter().all(|key| key.as_deref() == Ok("KEY1")), "{keys:?}");
    assert_eq!(setup.asked(), 1);
}

#[tokio::test]
async fn concurrent_callers_share_a_failure_and_the_next_one_retries() {
    let setup = setup([Answer::Failure, Answer::Lasting(3600)]);
    let keys = setup.keys_at_once(20).await;
    assert!(keys.iter().all(|key| key.as_ref() == Err(&"failure 1".to_owned())), "{keys:?}");
    assert_eq!((setup.asked(), setup.key().await.as_deref()), (1, Ok("KEY2")));
}

#[tokio::test]
async fn credentials_are_renewed_before_they_end() {
    let setup = setup([Answer::Lasting(3600), Answer::Lasting(3600)]);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.clock.advance(3600 - 301);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.clock.advance(2);
    assert_eq!(setup.key().await.unwrap(), "KEY2");
    assert_eq!(setup.asked(), 2);
}

#[tokio::test]
async fn other_callers_use_current_credentials_during_a_renewal() {
    let setup = setup([Answer::Lasting(3600), Answer::Lasting(3600)]);
    setup.key().await.unwrap();
    setup.clock.advance(3400);
    let keys = setup.keys_at_once(5).await;
    assert_eq!(keys.iter().filter(|key| key.as_deref() == Ok("KEY2")).count(), 1, "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.as_deref() == Ok("KEY1")).count(), 4, "{keys:?}");
    assert_eq!(setup.asked(), 2);
}

#[tokio::test]
async fn a_failed_renewal_keeps_credentials_that_are_still_valid() {
    let setup = setup([Answer::Lasting(3600), Answer::Failure, Answer::Failure, Answer::Lasting(3600)]);
    setup.key().await.unwrap();
    setup.clock.advance(3400);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    assert_eq!(
        (setup.key().await.unwrap().as_str(), setup.asked()),
        ("KEY1", 2),
        "it waits before it asks again"
    );
    setup.clock.advance(191);
    assert_eq!(setup.key().await.unwrap_err(), "failure 3", "expired credentials are not given out");
    assert_eq!(setup.key().await.unwrap(), "KEY4");
}

#[tokio::test]
async fn credentials_expire_even_while_a_renewal_retry_is_waiting() {
    let setup = setup([Answer::Lasting(8), Answer::Failure, Answer::Failure, Answer::Lasting(3600)]);
    setup.key().await.unwrap();
    setup.clock.advance(6);
    assert_eq!(setup.key().await.unwrap(), "KEY1", "the renewal failed, and they are still good");
    setup.clock.advance(2);
    assert_eq!(setup.key().await.unwrap_err(), "failure 3");
    assert_eq!(setup.key().await.unwrap(), "KEY4");
}

#[tokio::test]
async fn credentials_that_were_refused_are_not_given_out_again() {
    let setup = setup([Answer::Lasting(3600), Answer::Lasting(3600)]);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.keeper.forget("ANOTHER");
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.keeper.forget("KEY1");
    assert_eq!(setup.key().await.unwrap(), "KEY2");
    setup.keeper.forget("KEY1");
    assert_eq!(setup.key().await.unwrap(), "KEY2", "who was slow takes nothing away from the others");
}

#[tokio::test]
async fn credentials_without_an_end_are_read_again_after_a_while() {
    let setup = setup([Answer::Endless, Answer::Endless, Answer::Failure]);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.clock.advance(899);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.clock.advance(1);
    assert_eq!(setup.key().await.unwrap(), "KEY2");
    setup.clock.advance(100_000);
    assert_eq!(setup.key().await.unwrap(), "KEY2", "without a new one the old one is tried");
}

#[tokio::test]
async fn what_has_expired_already_is_refused() {
    let setup = setup([Answer::Lasting(0)]);
    assert!(setup.key().await.unwrap_err().contains("expired"));
}

#[tokio::test]
async fn short_lived_credentials_are_used_for_most_of_their_life() {
    let setup = setup([Answer::Lasting(60), Answer::Lasting(60)]);
    setup.key().await.unwrap();
    setup.clock.advance(44);
    assert_eq!(setup.key().await.unwrap(), "KEY1");
    setup.clock.advance(2);
    assert_eq!(setup.key().await.unwrap(), "KEY2");
}

#[tokio::test]
async fn a_cancelled_refresh_does_not_block_other_callers() {
    let setup = setup([Answer::Lasting(3600), Answer::Lasting(3600)]);
    let keeper = Arc::clone(&setup.keeper);
    let first = tokio::spawn(async move { keeper.current().await.map(|_| ()) });
    tokio::task::yield_now().await;
    assert_eq!(setup.asked(), 1);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(setup.key().await.unwrap(), "KEY2");
}
