//! Generates run keys and jitter.

use lamplight_domain::RunKey;
use lamplight_ports::IdSource;
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// Globally unique IDs: UUIDs of version 7 (RFC 9562), which begin with the time.
///
/// Keys of one process sort in the order in which they were created; keys of different processes sort by the
/// millisecond.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn run_key(&self) -> RunKey {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter of the IdSource port")]
        let now = SystemTime::now();
        let uuid = key_at(now);
        #[expect(clippy::expect_used, reason = "36 lower-case hexadecimal digits and '-' are a run key")]
        uuid.to_string().parse().expect("a UUID is a run key")
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        #[expect(
            clippy::expect_used,
            reason = "without random numbers of the system there is no secret to give"
        )]
        getrandom::fill(&mut secret).expect("the system gives random numbers");
        secret
    }

    fn jitter(&self) -> f64 {
        // std seeds each of its hashers with a different random key, so the hash of nothing is a random number. It is
        // good enough to prevent clients from retrying at the same time, and needs no crate.
        let random = RandomState::new().build_hasher().finish();
        // The upper 32 bits are exact in an f64.
        f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }
}

/// A UUID that begins with this time. A time before 1970, which the format does not have, counts as 1970: the key is
/// still unique.
fn key_at(now: SystemTime) -> Uuid {
    if now < UNIX_EPOCH {
        let timestamp = uuid::Timestamp::from_unix(uuid::ContextV7::new(), 0, 0);
        return Uuid::new_v7(timestamp);
    }
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the IdSource port")]
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_before_1970_still_gives_unique_keys() {
        let past = UNIX_EPOCH - Duration::from_secs(1);
        let keys: HashSet<Uuid> = (0..1000).map(|_| key_at(past)).collect();
        assert_eq!(keys.len(), 1000);
        assert!(keys.iter().all(|key| key.to_string().starts_with("00000000-0000-7")));
    }
    use std::collections::HashSet;

    #[test]
    fn later_keys_sort_after_earlier_ones() {
        let keys: Vec<RunKey> = (0..10_000).map(|_| SystemIds.run_key()).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn no_two_secrets_are_alike() {
        let secrets: HashSet<[u8; 32]> = (0..1000).map(|_| SystemIds.secret()).collect();
        assert_eq!(secrets.len(), 1000);
    }

    #[test]
    fn jitter_fills_the_range_from_0_to_1() {
        let drawn: Vec<f64> = (0..1000).map(|_| SystemIds.jitter()).collect();
        assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
        let different: HashSet<u64> = drawn.iter().map(|x| x.to_bits()).collect();
        assert!(different.len() > 990, "{}", different.len());
        let mean = drawn.iter().sum::<f64>() / 1000.0;
        // The mean of 1000 uniform numbers lies within 0.1 of the middle but once in 10^27 times.
        assert!((0.4..0.6).contains(&mean), "{mean}");
    }
}
