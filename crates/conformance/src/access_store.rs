//! What every adapter of [`AccessStore`](lamplight_ports::AccessStore) must do.

use crate::stores::{Stores, StoresHarness};
use lamplight_domain::{Actor, ApiToken, Role, Scope, SecretHash, StartedBy, Timestamp, TokenId};
use lamplight_ports::{AuditEntry, AuditFilter, PageRequest, PortErrorKind, Session};
use std::time::Duration;
use tokio::task::JoinSet;

/// Expands to one test per guarantee, run through `Arc<dyn AccessStore>`, as callers hold the port. The argument is an
/// expression that creates a [`StoresHarness`]; the crate needs `tokio` with its macros and multi-thread runtime as a
/// dev-dependency.
#[macro_export]
macro_rules! access_store {
    ($harness:expr) => {
        $crate::access_store!(@each $harness;
            a_token_is_read_as_it_was_with_its_hash,
            a_taken_token_id_is_a_conflict,
            tokens_are_listed_latest_first,
            a_token_keeps_the_minute_of_its_last_use,
            a_revoked_token_has_no_sessions,
            a_session_is_read_until_it_is_removed,
            a_new_session_removes_expired_ones,
            a_login_link_is_taken_once,
            audit_entries_are_read_latest_first_and_filtered,
            old_audit_entries_can_be_removed,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::access_store::$guarantee(&$harness).await;
            }
        )*
    };
}

/// The time this many seconds after a certain one.
fn at(seconds: u64) -> Timestamp {
    "2026-01-02T03:04:05.123456Z".parse::<Timestamp>().unwrap() + Duration::from_secs(seconds)
}

fn id(n: u32) -> TokenId {
    format!("token{n:07}").parse().unwrap()
}

fn hash(n: u32) -> SecretHash {
    SecretHash::of(&n.to_be_bytes())
}

fn scope() -> Scope {
    Scope {
        connections: Some(["demo".parse().unwrap(), "other".parse().unwrap()].into()),
        jobs: Some([].into()),
    }
}

fn token(n: u32) -> ApiToken {
    let is_even = n.is_multiple_of(2);
    ApiToken {
        id: id(n),
        name: format!("deploy \"ä\" {n}"),
        role: Role::ALL[n as usize % 3],
        scope: if is_even { scope() } else { Scope::default() },
        created_by: "alice".to_owned(),
        created_at: at(n.into()),
        expires_at: is_even.then(|| at(9000)),
        last_used_at: None,
        revoked_at: None,
    }
}

fn session(actor: Actor, from: u64, until: u64) -> Session {
    Session { actor, created_at: at(from), expires_at: at(until) }
}

/// A token is read completely, by this and another process, with the hash of its secret.
pub async fn a_token_is_read_as_it_was_with_its_hash(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here.access, &arranged.elsewhere.access);
    assert_eq!(here.token(&id(1)).await.unwrap(), None);
    for n in 0..4 {
        here.add_token(&token(n), &hash(n)).await.unwrap();
        assert_eq!(elsewhere.token(&id(n)).await.unwrap(), Some((token(n), hash(n))));
    }
    let over = ApiToken { expires_at: Some(at(0)), revoked_at: Some(at(5)), ..token(7) };
    here.add_token(&over, &hash(7)).await.unwrap();
    assert_eq!(
        elsewhere.token(&id(7)).await.unwrap(),
        Some((over, hash(7))),
        "expired and revoked ones exist"
    );
    assert_eq!(elsewhere.token(&id(9)).await.unwrap(), None);
}

/// A second token with the same ID is refused and does not change the first.
pub async fn a_taken_token_id_is_a_conflict(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    arranged.here.access.add_token(&token(1), &hash(1)).await.unwrap();
    let other = ApiToken { name: "other".to_owned(), ..token(1) };
    let error = arranged.elsewhere.access.add_token(&other, &hash(2)).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Conflict);
    assert_eq!(arranged.here.access.token(&id(1)).await.unwrap(), Some((token(1), hash(1))));
}

/// All tokens are listed, those created last first.
pub async fn tokens_are_listed_latest_first(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    assert_eq!(arranged.here.access.tokens().await.unwrap(), []);
    for n in [3, 1, 2] {
        arranged.here.access.add_token(&token(n), &hash(n)).await.unwrap();
    }
    assert_eq!(arranged.elsewhere.access.tokens().await.unwrap(), [token(3), token(2), token(1)]);
}

/// A token keeps the minute in which it was used last.
pub async fn a_token_keeps_the_minute_of_its_last_use(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here.access, &arranged.elsewhere.access);
    here.use_token(&id(1), at(0)).await.unwrap();
    here.add_token(&token(1), &hash(1)).await.unwrap();
    here.add_token(&token(2), &hash(2)).await.unwrap();
    // 54 seconds later begins the next minute. An earlier use changes nothing.
    for (seconds, minute) in [(0, "03:04:00"), (54, "03:04:00"), (55, "03:05:00"), (1, "03:05:00")] {
        elsewhere.use_token(&id(1), at(seconds)).await.unwrap();
        let (found, _) = here.token(&id(1)).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(format!("2026-01-02T{minute}Z").parse().unwrap()), "{seconds}");
    }
    assert_eq!(here.token(&id(2)).await.unwrap(), Some((token(2), hash(2))));
}

/// Revoking a token ends its sessions and links and no others, once.
pub async fn a_revoked_token_has_no_sessions(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here.access, &arranged.elsewhere.access);
    assert!(!here.revoke_token(&id(1), at(5)).await.unwrap());
    for n in [1, 2] {
        here.add_token(&token(n), &hash(n)).await.unwrap();
        here.add_session(&hash(10 + n), &session(token(n).actor(), 0, 99)).await.unwrap();
        here.add_session(&hash(20 + n), &session(token(n).actor(), 0, 99)).await.unwrap();
        here.add_login_link(&hash(30 + n), &token(n).actor(), at(99)).await.unwrap();
    }
    here.add_session(&hash(3), &session(Actor::local_admin("alice"), 0, 99)).await.unwrap();
    assert!(elsewhere.revoke_token(&id(1), at(5)).await.unwrap());
    assert!(!here.revoke_token(&id(1), at(6)).await.unwrap());
    let revoked = ApiToken { revoked_at: Some(at(5)), ..token(1) };
    assert_eq!(here.token(&id(1)).await.unwrap(), Some((revoked, hash(1))));
    for (secret, is_left) in [(11, false), (21, false), (12, true), (22, true), (3, true)] {
        assert_eq!(here.session(&hash(secret)).await.unwrap().is_some(), is_left, "{secret}");
    }
    assert_eq!(here.take_login_link(&hash(31), at(1)).await.unwrap(), None);
    assert_eq!(here.take_login_link(&hash(32), at(1)).await.unwrap(), Some(token(2).actor()));
}

/// A session is read with its actor, also after it has expired, until it is removed.
pub async fn a_session_is_read_until_it_is_removed(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here.access, &arranged.elsewhere.access);
    let service = Actor { who: StartedBy::Service("queue".to_owned()), ..Actor::local_admin("") };
    let named = Actor { who: StartedBy::Token("ci".to_owned()), role: Role::Viewer, ..service.clone() };
    let actors = [Actor::local_admin("al\u{202e}ice"), token(2).actor(), service, named];
    for (n, actor) in (0..).zip(actors) {
        assert_eq!(here.session(&hash(n)).await.unwrap(), None);
        assert!(!here.remove_session(&hash(n)).await.unwrap());
        here.add_session(&hash(n), &session(actor.clone(), 0, 1)).await.unwrap();
        assert_eq!(elsewhere.session(&hash(n)).await.unwrap(), Some(session(actor, 0, 1)));
    }
    assert!(elsewhere.remove_session(&hash(1)).await.unwrap());
    assert!(!here.remove_session(&hash(1)).await.unwrap());
    assert_eq!(here.session(&hash(1)).await.unwrap(), None);
    assert!(here.session(&hash(0)).await.unwrap().is_some());
}

/// A new session removes those that have expired by its beginning, and no others.
pub async fn a_new_session_removes_expired_ones(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let access = &arranged.here.access;
    let of = |from, until| session(Actor::local_admin("alice"), from, until);
    for (n, until) in [(1, 50), (2, 51), (3, 90)] {
        access.add_session(&hash(n), &of(0, until)).await.unwrap();
    }
    arranged.elsewhere.access.add_session(&hash(4), &of(50, 99)).await.unwrap();
    for (n, is_left) in [(1, false), (2, true), (3, true), (4, true)] {
        assert_eq!(access.session(&hash(n)).await.unwrap().is_some(), is_left, "{n}");
    }
}

/// Of several calls with the same link one gets the actor, and none after it has expired.
pub async fn a_login_link_is_taken_once(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let access = &arranged.here.access;
    let actor = Actor { scope: scope(), ..Actor::local_admin("alice") };
    for (n, until) in [(1, 60), (2, 30), (3, 90)] {
        access.add_login_link(&hash(n), &actor, at(until)).await.unwrap();
    }
    assert_eq!(access.take_login_link(&hash(9), at(10)).await.unwrap(), None);
    assert_eq!(access.take_login_link(&hash(2), at(30)).await.unwrap(), None);
    let mut tasks = JoinSet::new();
    for n in 0..10 {
        let stores: Stores = if n % 2 == 0 { &arranged.here } else { &arranged.elsewhere }.clone();
        tasks.spawn(async move { stores.access.take_login_link(&hash(1), at(59)).await.unwrap() });
    }
    let taken: Vec<Actor> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken, std::slice::from_ref(&actor));
    assert_eq!(arranged.elsewhere.access.take_login_link(&hash(3), at(89)).await.unwrap(), Some(actor));
}

fn entry(n: u64) -> AuditEntry {
    AuditEntry {
        at: at(n),
        who: if n.is_multiple_of(3) { "alice" } else { "Bob" }.to_owned(),
        action: if n.is_multiple_of(2) { "run.created" } else { "token.revoked" }.to_owned(),
        subject: format!("run {n} 100%_\\ \u{202e}'\""),
        from: n.is_multiple_of(2).then(|| "127.0.0.1".to_owned()),
        refused: n.is_multiple_of(5).then(|| "forbidden".to_owned()),
    }
}

/// Entries are read latest first, in pages that later entries do not shift, and filtered.
pub async fn audit_entries_are_read_latest_first_and_filtered(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let access = &arranged.elsewhere.access;
    for n in 0..30 {
        arranged.here.access.record(&entry(n)).await.unwrap();
    }
    let walk = async |filter: &AuditFilter, size: u32| {
        let (mut found, mut page) = (Vec::new(), PageRequest::first(size));
        loop {
            let next = access.audit(filter, &page).await.unwrap();
            assert!(next.items.len() <= page.limit());
            found.extend(next.items);
            page.marker = next.next_marker;
            if page.marker.is_none() {
                return found;
            }
        }
    };
    let all = AuditFilter::default;
    let text = |text: &str| AuditFilter { text: Some(text.to_owned()), ..all() };
    for filter in [
        all(),
        text("BOB"),
        text("created"),
        text("100%_\\"),
        text("%"),
        text("'\""),
        text("absent"),
        text(""),
        AuditFilter { refused_only: true, ..all() },
        AuditFilter { since: Some(at(17)), ..all() },
        AuditFilter { refused_only: true, since: Some(at(5)), ..text("alice") },
    ] {
        let expected: Vec<_> = (0..30).rev().map(entry).filter(|entry| filter.matches(entry)).collect();
        for size in [1, 7, 1000] {
            assert_eq!(walk(&filter, size).await, expected, "{filter:?}");
        }
    }
    let first = access.audit(&all(), &PageRequest::first(10)).await.unwrap();
    arranged.here.access.record(&entry(30)).await.unwrap();
    let rest = PageRequest { marker: first.next_marker, size: 100 };
    let rest = access.audit(&all(), &rest).await.unwrap();
    assert_eq!(rest.items, (0..20).rev().map(entry).collect::<Vec<_>>());
    let foreign = PageRequest { marker: Some("x".to_owned()), size: 1 };
    assert_eq!(access.audit(&all(), &foreign).await.unwrap_err().kind, PortErrorKind::InvalidRequest);
}

/// Only entries from before the time are removed.
pub async fn old_audit_entries_can_be_removed(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    for n in 0..10 {
        arranged.here.access.record(&entry(n)).await.unwrap();
    }
    let access = &arranged.elsewhere.access;
    assert_eq!(access.prune_audit(at(0)).await.unwrap(), 0);
    assert_eq!(access.prune_audit(at(4)).await.unwrap(), 4);
    let left = access.audit(&AuditFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(left.items, (4..10).rev().map(entry).collect::<Vec<_>>());
}
