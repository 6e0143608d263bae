//! Guarantees about what is stored with a queued run.

use super::{at, claim_keys, claim_one, find, order, request, runner};
use crate::{
    run_store::run_in,
    samples::{queued_run, sample_key},
    stores::StoresHarness,
};
use lamplight_domain::{ErrorCode, RunState};
use lamplight_ports::{Bytes, Enqueued, OnceKey, Order, PortErrorKind, RunLimits};
use tokio::task::JoinSet;

fn once(owner: &str, key: &str, digest: u8) -> OnceKey {
    OnceKey { owner: owner.to_owned(), key: key.to_owned(), digest: [digest; 32] }
}

/// A queued run is found by every process, and claiming it gives the bytes of its order.
pub async fn a_queued_run_is_stored_with_its_order(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    assert_eq!(arranged.here.queue.queued().await.unwrap(), 0);
    let body = Bytes::from((0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    let stored = Order { body: body.clone(), ..order("") };
    assert_eq!(arranged.here.queue.enqueue(&queued_run(1), &stored).await.unwrap(), Enqueued::Added);
    for stores in [&arranged.here, &arranged.elsewhere] {
        assert_eq!(find(stores, 1).await, Some(queued_run(1)));
        assert_eq!(stores.queue.queued().await.unwrap(), 1);
        assert_eq!(stores.queue.held(10).await.unwrap(), []);
    }
    assert!(claim_one(&arranged.elsewhere, "a", 0, 60).await.unwrap().order == body);
    assert_eq!(arranged.here.queue.queued().await.unwrap(), 1, "a claimed run is queued until it starts");
}

/// If the key of the run is taken, neither the order nor the caller's key is kept.
pub async fn a_taken_run_key_is_a_conflict_and_keeps_nothing(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let queue = &arranged.here.queue;
    arranged.here.runs.insert(&run_in(1, RunState::Succeeded)).await.unwrap();
    let other = Order { once: Some(once("me", "k", 1)), ..order("other") };
    let error = queue.enqueue(&queued_run(1), &other).await.unwrap_err();
    assert_eq!((error.kind, error.code), (PortErrorKind::Conflict, ErrorCode::StoreConflict));
    assert_eq!(find(&arranged.elsewhere, 1).await, Some(run_in(1, RunState::Succeeded)));
    assert_eq!(claim_one(&arranged.elsewhere, "a", 0, 60).await, None);
    assert_eq!(queue.enqueue(&queued_run(2), &other).await.unwrap(), Enqueued::Added);
}

/// A request with a key that its owner has used finds the run that the first one made, also when that has ended. With
/// another digest it is refused. Other owners may use the same key, and a run that is removed frees it.
pub async fn a_key_makes_one_run(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let with = |once| Order { once, ..order("x") };
    assert_eq!(
        here.queue.enqueue(&queued_run(1), &with(Some(once("me", "k", 1)))).await.unwrap(),
        Enqueued::Added
    );
    for (n, once, expected) in [
        (2, Some(once("me", "k", 1)), Enqueued::Found(sample_key(1))),
        (3, Some(once("you", "k", 2)), Enqueued::Added),
        (4, Some(once("me", "K", 3)), Enqueued::Added),
        (5, Some(once("me", "", 3)), Enqueued::Added),
        (6, None, Enqueued::Added),
    ] {
        assert_eq!(elsewhere.queue.enqueue(&queued_run(n), &with(once)).await.unwrap(), expected, "{n}");
        let is_stored = expected == Enqueued::Added;
        assert_eq!(find(here, n).await, is_stored.then(|| queued_run(n)));
    }
    let error = elsewhere.queue.enqueue(&queued_run(7), &with(Some(once("me", "k", 9)))).await.unwrap_err();
    assert_eq!((error.kind, error.code), (PortErrorKind::Conflict, ErrorCode::RequestDiffers));
    assert_eq!(find(here, 7).await, None);
    let mut ended = find(here, 1).await.unwrap();
    ended.start(runner("a"), at(1)).unwrap();
    crate::samples::finish(&mut ended, 1, RunState::Succeeded);
    here.runs.update(&ended, None).await.unwrap();
    let again = with(Some(once("me", "k", 1)));
    assert_eq!(
        here.queue.enqueue(&queued_run(8), &again).await.unwrap(),
        Enqueued::Found(sample_key(1)),
        "the key is kept as long as the run"
    );
    assert!(here.runs.remove_run(&sample_key(1)).await.unwrap());
    assert_eq!(elsewhere.queue.enqueue(&queued_run(8), &again).await.unwrap(), Enqueued::Added);
}

/// Of requests with the same key that arrive at the same time, in several processes, one makes a run.
pub async fn concurrent_requests_with_one_key_make_one_run(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let stores = if n % 2 == 0 { &arranged.here } else { &arranged.elsewhere }.clone();
        tasks.spawn(async move {
            let order = Order { once: Some(once("me", "k", 1)), ..order("") };
            (n, stores.queue.enqueue(&queued_run(n), &order).await.unwrap())
        });
    }
    let results = tasks.join_all().await;
    let added: Vec<u32> =
        results.iter().filter(|(_, result)| *result == Enqueued::Added).map(|(n, _)| *n).collect();
    let [winner] = added.as_slice() else { panic!("{added:?}") };
    for (n, result) in &results {
        assert!(n == winner || *result == Enqueued::Found(sample_key(*winner)), "{n}: {result:?}");
    }
    assert_eq!(arranged.here.queue.queued().await.unwrap(), 1);
}

/// A run whose order a runner holds is claimed by this runner only, in its turn, and listed with its holder until it
/// starts.
pub async fn a_held_run_goes_to_its_holder_only(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    // One job: the first and the third are held by two runners.
    for (n, holder) in [(2, Some("a")), (6, None), (10, Some("b")), (14, None), (18, Some("a"))] {
        let order = Order { held_by: holder.map(runner), ..order("") };
        here.queue.enqueue(&queued_run(n), &order).await.unwrap();
    }
    let held = async |most: u32| -> Vec<_> {
        let found = elsewhere.queue.held(most).await.unwrap();
        found.into_iter().map(|(run, holder)| (run.key().clone(), holder.0)).collect()
    };
    let expected = [(2, "a"), (10, "b"), (18, "a")].map(|(n, holder)| (sample_key(n), holder.to_owned()));
    assert_eq!(held(10).await, expected);
    assert_eq!(held(2).await, expected[..2]);
    let none = RunLimits::default();
    assert_eq!(claim_keys(here, &request("c", 0, 60, 1, &none)).await, [sample_key(6)]);
    assert_eq!(claim_keys(elsewhere, &request("a", 0, 60, 9, &none)).await, [2, 14, 18].map(sample_key));
    assert_eq!(claim_keys(here, &request("c", 0, 60, 9, &none)).await, []);
    // A claimed run is held until it starts; then its order is needed no more.
    assert_eq!(held(10).await, expected);
    let mut run = find(here, 2).await.unwrap();
    run.start(runner("a"), at(1)).unwrap();
    here.runs.update(&run, None).await.unwrap();
    assert_eq!(held(10).await, expected[1..]);
    // Its lease does not free it for others.
    assert_eq!(claim_keys(here, &request("c", 60, 90, 9, &none)).await, [6, 14].map(sample_key));
    assert_eq!(claim_keys(here, &request("b", 60, 90, 9, &none)).await, [sample_key(10)]);
    assert_eq!(claim_keys(here, &request("a", 60, 90, 9, &none)).await, [sample_key(18)]);
}
