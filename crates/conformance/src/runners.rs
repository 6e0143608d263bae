//! What every adapter of [`Runners`] must do.

use async_trait::async_trait;
use lamplight_domain::RunnerId;
use lamplight_ports::Runners;
use std::{any::Any, fmt, sync::Arc};
use tokio::task::JoinSet;

/// Two runners, and what must live as long as they do: a temporary folder, a server.
pub struct ArrangedRunners {
    /// A runner that is not enlisted yet.
    pub first: Arc<dyn Runners>,
    /// A runner in another process with the same store, not enlisted yet.
    pub second: Arc<dyn Runners>,
    /// Ends the process of the first runner, or simulates its end, and waits as long as the adapter needs to notice.
    /// The first runner is not used after that.
    pub end_first: Box<dyn FnOnce() + Send + Sync>,
    /// What must stay alive while the runners are used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedRunners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedRunners").field("first", &self.first).finish_non_exhaustive()
    }
}

/// Arranges runners for the suite.
#[async_trait]
pub trait RunnersHarness: Send + Sync {
    /// Arranges two runners that share a store with no others.
    async fn arrange(&self) -> ArrangedRunners;
}

/// Expands to one test per guarantee, run through `Arc<dyn Runners>`, as callers hold the port. The argument is an
/// expression that creates a [`RunnersHarness`]; the crate needs `tokio` with its macros and multi-thread runtime as a
/// dev-dependency.
#[macro_export]
macro_rules! runners {
    ($harness:expr) => {
        $crate::runners!(@each $harness;
            enlisting_again_gives_the_same_id,
            an_enlisted_runner_is_alive_to_all,
            a_runner_that_ended_is_not_alive,
            a_runner_that_never_enlisted_is_not_alive,
            checking_ends_no_runner,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::runners::$guarantee(&$harness).await;
            }
        )*
    };
}

/// A process has one ID, however often it enlists; two processes have two.
pub async fn enlisting_again_gives_the_same_id(harness: &dyn RunnersHarness) {
    let arranged = harness.arrange().await;
    let first = arranged.first.enlist().await.unwrap();
    assert_eq!(arranged.first.enlist().await.unwrap(), first);
    assert_ne!(arranged.second.enlist().await.unwrap(), first);
}

/// A runner that has enlisted is alive for itself and for others.
pub async fn an_enlisted_runner_is_alive_to_all(harness: &dyn RunnersHarness) {
    let arranged = harness.arrange().await;
    let first = arranged.first.enlist().await.unwrap();
    assert!(arranged.second.is_alive(&first).await.unwrap());
    let second = arranged.second.enlist().await.unwrap();
    for runners in [&arranged.first, &arranged.second] {
        assert!(runners.is_alive(&first).await.unwrap());
        assert!(runners.is_alive(&second).await.unwrap());
    }
}

/// A runner whose process has ended is not alive; other runners are.
pub async fn a_runner_that_ended_is_not_alive(harness: &dyn RunnersHarness) {
    let ArrangedRunners { first, second, end_first, keep } = harness.arrange().await;
    let ended = first.enlist().await.unwrap();
    let living = second.enlist().await.unwrap();
    drop(first);
    end_first();
    assert!(!second.is_alive(&ended).await.unwrap());
    assert!(second.is_alive(&living).await.unwrap());
    drop(keep);
}

/// A runner that never enlisted is not alive, whatever its ID looks like; checking creates nothing.
pub async fn a_runner_that_never_enlisted_is_not_alive(harness: &dyn RunnersHarness) {
    let arranged = harness.arrange().await;
    for id in ["nobody", "", "../nobody", "/", "a\0b", "%", "ä", &"x".repeat(5000)] {
        for _ in 0..2 {
            assert!(!arranged.first.is_alive(&RunnerId(id.to_owned())).await.unwrap(), "{id:?}");
        }
    }
}

/// A runner stays alive however many check it at the same time, and whoever enlists meanwhile.
pub async fn checking_ends_no_runner(harness: &dyn RunnersHarness) {
    let arranged = harness.arrange().await;
    let first = arranged.first.enlist().await.unwrap();
    let mut tasks = JoinSet::new();
    for n in 0..200 {
        let runners = Arc::clone(if n % 2 == 0 { &arranged.first } else { &arranged.second });
        let first = first.clone();
        tasks.spawn(async move {
            if n == 101 {
                runners.enlist().await.unwrap();
            }
            runners.is_alive(&first).await.unwrap()
        });
    }
    assert!(tasks.join_all().await.into_iter().all(|alive| alive));
}
