//! The queue of runs.

use super::{Kept, MemoryStore, conflict};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Run, RunKey, RunState, RunnerId, Timestamp};
use lamplight_ports::{
    ClaimRequest, ClaimedRun, Enqueued, Lane, Order, PortError, PortErrorKind, RunPlace, RunQueue,
};
use std::collections::BTreeSet;

#[async_trait]
impl RunQueue for MemoryStore {
    async fn enqueue(&self, run: &Run, order: &Order) -> Result<Enqueued, PortError> {
        let mut kept = self.lock_for_writing()?;
        let name = order.once.as_ref().map(|once| (once.owner.clone(), once.key.clone()));
        if let (Some(name), Some(once)) = (&name, &order.once)
            && let Some((digest, key)) = kept.once.get(name)
        {
            if *digest != once.digest {
                let message = "another request with the same key was received before";
                return Err(PortError::new(PortErrorKind::Conflict, ErrorCode::RequestDiffers, message));
            }
            return Ok(Enqueued::Found(key.clone()));
        }
        let key = run.key();
        if kept.runs.contains_key(key) {
            return Err(conflict(format!("run {key} already exists")));
        }
        if let (Some(name), Some(once)) = (name, &order.once) {
            kept.once.insert(name, (once.digest, key.clone()));
        }
        kept.orders.insert(key.clone(), order.clone());
        let mut own = run.clone();
        own.lease_until = None;
        kept.put_run(own);
        Ok(Enqueued::Added)
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<ClaimedRun>, PortError> {
        let mut kept = self.lock_for_writing()?;
        let (mut claimed, mut taken) = (Vec::new(), BTreeSet::new());
        while claimed.len() < request.most as usize
            && let Some(key) = next(&kept, request, &taken)
            && let Some(run) = kept.runs.get_mut(&key)
        {
            // Claiming a queued run cannot fail.
            let _ = run.claim(request.runner.clone());
            run.lease_until = Some(to_micros(request.until));
            run.revision = run.revision.next();
            let run = run.clone();
            let order = kept.orders.get(&key).map(|order| order.body.clone()).unwrap_or_default();
            claimed.push(ClaimedRun { run, order });
            taken.insert(key);
        }
        Ok(claimed)
    }

    async fn heartbeat(
        &self,
        runner: &RunnerId,
        keys: &[RunKey],
        until: Timestamp,
    ) -> Result<Vec<RunKey>, PortError> {
        let mut kept = self.lock_for_writing()?;
        let own = |run: &&mut Run| !run.state().is_final() && run.runner() == Some(runner);
        let mut lost = Vec::new();
        for key in keys {
            match kept.runs.get_mut(key).filter(own) {
                Some(run) => run.lease_until = Some(to_micros(until)),
                None => lost.push(key.clone()),
            }
        }
        Ok(lost)
    }

    async fn held(&self, most: u32) -> Result<Vec<(Run, RunnerId)>, PortError> {
        let kept = self.kept();
        let holder = |run: &Run| kept.orders.get(run.key()).and_then(|order| order.held_by.clone());
        let queued = kept.runs.values().filter(|run| run.state() == RunState::Queued);
        let mut held: Vec<_> = queued.filter_map(|run| Some((run.clone(), holder(run)?))).collect();
        held.sort_by_key(|(run, _)| RunPlace::of(run));
        held.truncate(most as usize);
        Ok(held)
    }

    async fn queued(&self) -> Result<u64, PortError> {
        Ok(self.kept().runs.values().filter(|run| run.state() == RunState::Queued).count() as u64)
    }
}

/// The run to claim next, if the runs in `taken` were claimed already.
fn next(kept: &Kept, request: &ClaimRequest, taken: &BTreeSet<RunKey>) -> Option<RunKey> {
    let ClaimRequest { runner, now, limits, .. } = request;
    let is_under_way = |run: &&Run| match run.state() {
        RunState::Running => true,
        RunState::Queued => taken.contains(run.key()) || run.lease_until.is_some_and(|end| end > *now),
        _ => false,
    };
    let under_way: Vec<&Run> = kept.runs.values().filter(is_under_way).collect();
    let in_lane = |lane: &Lane| under_way.iter().filter(|run| Lane::of(run) == *lane).count();
    let on_connection =
        |run: &Run| under_way.iter().filter(|other| other.intent.connection == run.intent.connection).count();
    let has_room = |count: usize, limit: Option<u32>| limit.is_none_or(|limit| count < limit as usize);
    let is_free = |run: &&Run| {
        let holder = kept.orders.get(run.key()).and_then(|order| order.held_by.as_ref());
        run.state() == RunState::Queued && !is_under_way(run) && holder.is_none_or(|holder| holder == runner)
    };
    let free = kept.runs.values().filter(is_free).filter(|run| {
        let lane = Lane::of(run);
        has_room(in_lane(&lane), limits.of_lane(&lane))
            && has_room(on_connection(run), limits.of_connection(&run.intent.connection))
    });
    let first = free.min_by_key(|run| (in_lane(&Lane::of(run)), RunPlace::of(run)));
    first.map(|run| run.key().clone())
}

/// The end of a lease, with the precision at which stores keep it.
fn to_micros(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
