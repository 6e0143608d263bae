//! The queue of runs.
//!
//! A row in `open_run` says of each run that has not ended whether it waits, until when it is claimed, or that it runs.
//! Triggers keep the oldest waiting run of each lane in `lane`. So a claim reads the lanes that are under way, of which
//! there are as many as runs at the same time, and the first idle ones.

use crate::{
    SqliteStore,
    columns::to_integer,
    database::Survives,
    failure::{self, Failure},
    run_row::{RunRow, lane_text, read_run, select_run},
    writer::Needs,
    writing::Writing,
};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Run, RunKey, RunnerId, Timestamp};
use lamplight_ports::{
    Bytes, ClaimRequest, ClaimedRun, Enqueued, Lane, OnceKey, Order, PortError, PortErrorKind, RunLimits,
    RunQueue, record::RECORD_VERSION,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

const FIND_ONCE: &str =
    "SELECT digest, run.key FROM once JOIN run ON run.id = once.run WHERE owner = ?1 AND once.key = ?2";
const ADD_ONCE: &str = "INSERT INTO once (owner, key, digest, run) VALUES (?1, ?2, ?3, ?4)";

/// Runs whose leases have ended wait again.
const HAS_WAITING: &str = "SELECT EXISTS (SELECT 1 FROM lane) \
    OR EXISTS (SELECT 1 FROM open_run WHERE until > 0 AND until <= ?1)";
const UNDER_WAY: &str = "SELECT lane, connection, count(*), min(until) FROM open_run WHERE until > 0 \
    GROUP BY lane, connection";
const EXPIRE: &str = "UPDATE open_run SET until = NULL WHERE until > 0 AND until <= ?1";
const NEXT_CONNECTION: &str =
    "SELECT connection FROM lane WHERE holder = ?1 AND connection > ?2 ORDER BY connection LIMIT 1";
const IDLE: &str = "SELECT lane, connection, holder, started_at, key FROM lane AS idle INDEXED BY lane_by_age \
    WHERE holder = ?1 AND connection = ?2 \
    AND NOT EXISTS (SELECT 1 FROM open_run WHERE until > 0 AND lane = idle.lane) ORDER BY started_at, key LIMIT ?3";
const OF_LANE: &str = "SELECT lane, connection, holder, started_at, key FROM lane \
    WHERE lane = ?1 AND holder IN ('', ?2)";
const HEAD: &str = "SELECT lane, connection, holder, started_at, key FROM lane \
    WHERE lane = ?1 AND connection = ?2 AND holder = ?3";
const WAITING: &str =
    select_run!(", version, body, id FROM run JOIN open_run ON open_run.run = run.id WHERE run.key = ?1");
const CLAIM: &str = "UPDATE run SET revision = revision + 1, runner = ?2, lease_until = ?3 WHERE id = ?1";
const SET_UNTIL: &str = "UPDATE open_run SET until = ?2 WHERE run = ?1 AND until IS NOT 0";

/// A run of a newer build is not touched.
const HEARTBEAT: &str = "UPDATE run SET lease_until = ?3 WHERE key = ?1 AND runner = ?2 AND version <= ?4 \
    AND state IN ('queued', 'running') RETURNING id, state = 'queued'";
const HELD: &str = select_run!(
    ", holder FROM open_run JOIN run ON run.id = open_run.run WHERE holder <> '' \
     ORDER BY open_run.started_at, open_run.key LIMIT ?1"
);
const QUEUED: &str = "SELECT count(*) FROM run WHERE state = 'queued'";

/// Instead of the end of a lease, for a run that cannot be read: it is not claimed again.
const UNREADABLE: i64 = 0;

const LEASE: Needs = Needs {
    // A power loss that undoes a claim has also ended the process that made it.
    survives: Survives::ProcessEnd,
    creates: false,
};

#[async_trait]
impl RunQueue for SqliteStore {
    async fn enqueue(&self, run: &Run, order: &Order) -> Result<Enqueued, PortError> {
        let (row, order) = (RunRow::from_run(run)?, order.clone());
        let write = move |transaction: &Writing<'_>| enqueue(transaction, &row, &order);
        let needs = Needs { survives: Survives::PowerLoss, creates: true };
        let enqueued = self.writer.write(needs, write).await?;
        enqueued.ok_or_else(|| failure::missing_store(self.path()))
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<ClaimedRun>, PortError> {
        // Most of the time nothing waits, and then no other writer has to wait for this.
        let now = request.now.as_microsecond();
        let waits = |transaction: &Transaction<'_>| -> Result<bool, Failure> {
            Ok(transaction.prepare_cached(HAS_WAITING)?.query_row([now], |row| row.get(0))?)
        };
        if !self.read(waits)?.unwrap_or(false) {
            return Ok(Vec::new());
        }
        let request = request.clone();
        let claimed = self.writer.write(LEASE, move |transaction| claim(transaction, &request)).await?;
        Ok(claimed.unwrap_or_default())
    }

    async fn heartbeat(
        &self,
        runner: &RunnerId,
        keys: &[RunKey],
        until: Timestamp,
    ) -> Result<Vec<RunKey>, PortError> {
        let (runner, keys, until) = (runner.clone(), keys.to_vec(), until.as_microsecond());
        let all = keys.clone();
        let write = move |transaction: &Writing<'_>| heartbeat(transaction, &runner, &keys, until);
        Ok(self.writer.write(LEASE, write).await?.unwrap_or(all))
    }

    async fn held(&self, most: u32) -> Result<Vec<(Run, RunnerId)>, PortError> {
        let found = self.read(|transaction| {
            let mut select = transaction.prepare_cached(HELD)?;
            let mut rows = select.query([most])?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                // Lists name a run that cannot be read.
                if let Ok(run) = read_run(row) {
                    held.push((run, RunnerId(row.get(5)?)));
                }
            }
            Ok(held)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn queued(&self) -> Result<u64, PortError> {
        let count = |transaction: &Transaction<'_>| -> Result<i64, Failure> {
            Ok(transaction.prepare_cached(QUEUED)?.query_row([], |row| row.get(0))?)
        };
        Ok(self.read(count)?.unwrap_or(0).unsigned_abs())
    }
}

fn enqueue(transaction: &Writing<'_>, row: &RunRow, order: &Order) -> Result<Enqueued, Failure> {
    if let Some(OnceKey { owner, key, digest }) = &order.once {
        let read = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?));
        let earlier = transaction.prepare_cached(FIND_ONCE)?.query_row([owner, key], read).optional()?;
        if let Some((found, run)) = earlier {
            if found != digest {
                let message = "another request with the same key was received before";
                let error = PortError::new(PortErrorKind::Conflict, ErrorCode::RequestDiffers, message);
                return Err(error.into());
            }
            let run = run.parse().map_err(|_| failure::conflict(format!("run {run} cannot be read")))?;
            return Ok(Enqueued::Found(run));
        }
    }
    let id = row.insert(transaction, Some(order))?;
    if let Some(OnceKey { owner, key, digest }) = &order.once {
        transaction.prepare_cached(ADD_ONCE)?.execute(params![owner, key, digest, id])?;
    }
    Ok(Enqueued::Added)
}

fn heartbeat(
    transaction: &Transaction<'_>,
    runner: &RunnerId,
    keys: &[RunKey],
    until: i64,
) -> Result<Vec<RunKey>, Failure> {
    let mut lost = Vec::new();
    for key in keys {
        let values = params![key.as_str(), runner.0, until, RECORD_VERSION];
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?));
        match transaction.prepare_cached(HEARTBEAT)?.query_row(values, read).optional()? {
            None => lost.push(key.clone()),
            // A run that has started is under way until it ends.
            Some((_, false)) => {}
            Some((id, true)) => set_until(transaction, id, until.max(1))?,
        }
    }
    Ok(lost)
}

fn set_until(transaction: &Transaction<'_>, run: i64, until: i64) -> Result<(), Failure> {
    transaction.prepare_cached(SET_UNTIL)?.execute([run, until])?;
    Ok(())
}

/// The oldest run that waits in a lane, on one connection and for one holder. The fields are in the order in which runs
/// are claimed: first those of lanes with few runs under way, then the oldest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    /// How many runs of the lane were under way when this was read.
    under_way: u32,
    started_at: i64,
    key: String,
    lane: String,
    connection: String,
    holder: String,
}

/// How many runs are under way, and the runs that may come next.
#[derive(Debug, Default)]
struct Queue {
    lanes: HashMap<String, u32>,
    connections: HashMap<String, u32>,
    next: BinaryHeap<Reverse<Head>>,
}

impl Queue {
    /// Counts what is under way. Runs whose leases have ended wait again.
    fn read(transaction: &Transaction<'_>, now: i64) -> Result<Self, Failure> {
        let mut queue = Self::default();
        let mut select = transaction.prepare_cached(UNDER_WAY)?;
        loop {
            let mut rows = select.query([])?;
            let mut has_expired = false;
            while let Some(row) = rows.next()? {
                let (lane, connection, count): (String, String, u32) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                *queue.lanes.entry(lane).or_default() += count;
                *queue.connections.entry(connection).or_default() += count;
                has_expired |= row.get::<_, i64>(3)? <= now;
            }
            drop(rows);
            if !has_expired {
                return Ok(queue);
            }
            transaction.prepare_cached(EXPIRE)?.execute([now])?;
            queue = Self::default();
        }
    }

    fn under_way(&self, lane: &str) -> u32 {
        self.lanes.get(lane).copied().unwrap_or(0)
    }

    fn push(&mut self, mut head: Head) {
        head.under_way = self.under_way(&head.lane);
        self.next.push(Reverse(head));
    }

    /// Whether one more run may be claimed.
    fn has_room(&self, head: &Head, limits: &RunLimits) -> bool {
        let on_connection = self.connections.get(&head.connection).copied().unwrap_or(0);
        lane_limit(&head.lane, limits).is_none_or(|limit| self.under_way(&head.lane) < limit)
            && connection_limit(&head.connection, limits).is_none_or(|limit| on_connection < limit)
    }

    /// Adds the oldest idle lanes, at least as many as can be claimed.
    fn add_idle(&mut self, transaction: &Transaction<'_>, request: &ClaimRequest) -> Result<(), Failure> {
        let limits = &request.limits;
        if limits.per_job == Some(0) {
            // Only these jobs may run. A search for the first idle lanes would find the others.
            for (job, _) in limits.jobs.iter().filter(|(_, limit)| **limit > 0) {
                self.add_lane(transaction, &lane_text(&Lane::Job(job.clone())), &request.runner)?;
            }
            return Ok(());
        }
        // Lanes that are stopped may be found before the others.
        let stopped = limits.jobs.values().filter(|limit| **limit == 0).count();
        let most = to_integer(u64::from(request.most) + stopped as u64);
        for holder in ["", &request.runner.0] {
            for connection in connections(transaction, holder)? {
                let on_connection = self.connections.get(&connection).copied().unwrap_or(0);
                if connection_limit(&connection, limits).is_some_and(|limit| on_connection >= limit) {
                    continue;
                }
                let mut select = transaction.prepare_cached(IDLE)?;
                let heads = select.query_map(params![holder, connection, most], read_head)?;
                for head in heads.collect::<Result<Vec<_>, _>>()? {
                    self.push(head);
                }
            }
        }
        Ok(())
    }

    /// Adds the lanes that have runs under way.
    fn add_busy(&mut self, transaction: &Transaction<'_>, request: &ClaimRequest) -> Result<(), Failure> {
        let known: HashSet<String> = self.next.iter().map(|Reverse(head)| head.lane.clone()).collect();
        let busy: Vec<String> = self.lanes.keys().filter(|lane| !known.contains(*lane)).cloned().collect();
        for lane in busy {
            self.add_lane(transaction, &lane, &request.runner)?;
        }
        Ok(())
    }

    fn add_lane(
        &mut self,
        transaction: &Transaction<'_>,
        lane: &str,
        runner: &RunnerId,
    ) -> Result<(), Failure> {
        let mut select = transaction.prepare_cached(OF_LANE)?;
        let heads = select.query_map([lane, &runner.0], read_head)?.collect::<Result<Vec<_>, _>>()?;
        for head in heads {
            self.push(head);
        }
        Ok(())
    }
}

fn claim(transaction: &Transaction<'_>, request: &ClaimRequest) -> Result<Vec<ClaimedRun>, Failure> {
    let mut queue = Queue::read(transaction, request.now.as_microsecond())?;
    let (mut claimed, mut has_busy) = (Vec::new(), false);
    queue.add_idle(transaction, request)?;
    while claimed.len() < request.most as usize {
        let Some(Reverse(head)) = queue.next.pop() else {
            if has_busy {
                break;
            }
            queue.add_busy(transaction, request)?;
            has_busy = true;
            continue;
        };
        if head.under_way != queue.under_way(&head.lane) {
            queue.push(head);
            continue;
        }
        if head.under_way > 0 && !has_busy {
            queue.push(head);
            queue.add_busy(transaction, request)?;
            has_busy = true;
            continue;
        }
        // What is under way only grows meanwhile, so a lane without room is not looked at again.
        if !queue.has_room(&head, &request.limits) {
            continue;
        }
        if let Some(run) = claim_head(transaction, &head, request)? {
            *queue.lanes.entry(head.lane.clone()).or_default() += 1;
            *queue.connections.entry(head.connection.clone()).or_default() += 1;
            claimed.push(run);
        }
        let values = [&head.lane, &head.connection, &head.holder];
        let next = transaction.prepare_cached(HEAD)?.query_row(values, read_head).optional()?;
        if let Some(next) = next {
            queue.push(next);
        }
    }
    Ok(claimed)
}

/// Claims the first run of a lane; `None` if it cannot be read, and so not be started. Then it stays as it is, and lists
/// name it.
fn claim_head(
    transaction: &Transaction<'_>,
    head: &Head,
    request: &ClaimRequest,
) -> Result<Option<ClaimedRun>, Failure> {
    let until = request.until.as_microsecond();
    let mut select = transaction.prepare_cached(WAITING)?;
    let mut rows = select.query([&head.key])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let id: i64 = row.get(7)?;
    let is_newer = row.get::<_, u32>(5)? > RECORD_VERSION;
    let run = read_run(row).ok().filter(|_| !is_newer);
    let Some(mut run) = run.and_then(|mut run| run.claim(request.runner.clone()).ok().map(|()| run)) else {
        set_until(transaction, id, UNREADABLE)?;
        return Ok(None);
    };
    let order = row.get::<_, Option<Vec<u8>>>(6)?.map(Bytes::from).unwrap_or_default();
    drop(rows);
    transaction.prepare_cached(CLAIM)?.execute(params![id, request.runner.0, until])?;
    set_until(transaction, id, until.max(1))?;
    run.revision = run.revision.next();
    run.lease_until = Timestamp::from_microsecond(until).ok();
    Ok(Some(ClaimedRun { run, order }))
}

/// The connections on which runs wait for this holder.
fn connections(transaction: &Transaction<'_>, holder: &str) -> Result<Vec<String>, Failure> {
    let mut select = transaction.prepare_cached(NEXT_CONNECTION)?;
    let (mut found, mut last) = (Vec::new(), String::new());
    while let Some(next) = select.query_row([holder, &last], |row| row.get::<_, String>(0)).optional()? {
        found.push(next.clone());
        last = next;
    }
    Ok(found)
}

fn read_head(row: &Row<'_>) -> Result<Head, rusqlite::Error> {
    Ok(Head {
        under_way: 0,
        lane: row.get(0)?,
        connection: row.get(1)?,
        holder: row.get(2)?,
        started_at: row.get(3)?,
        key: row.get(4)?,
    })
}

/// How many runs of a lane may be under way; `None` for any number.
fn lane_limit(lane: &str, limits: &RunLimits) -> Option<u32> {
    let job = lane.strip_prefix("job/").and_then(|job| job.parse().ok());
    job.map_or(limits.per_job, |job| limits.of_lane(&Lane::Job(job)))
}

fn connection_limit(connection: &str, limits: &RunLimits) -> Option<u32> {
    connection.parse().map_or(limits.per_connection, |connection| limits.of_connection(&connection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn claims_read_what_is_under_way_and_the_first_of_each_lane() {
        let under_way = "SCAN open_run USING COVERING INDEX open_run_under_way";
        let by_key = "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)";
        for (sql, expected) in [
            (UNDER_WAY, under_way),
            (EXPIRE, under_way),
            (NEXT_CONNECTION, "SEARCH lane USING COVERING INDEX lane_by_age (holder=? AND connection>?)"),
            (OF_LANE, "SEARCH lane USING PRIMARY KEY (lane=?)"),
            (HEAD, "SEARCH lane USING PRIMARY KEY (lane=? AND connection=? AND holder=?)"),
            (HEARTBEAT, by_key),
            (CLAIM, "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)"),
            (SET_UNTIL, "SEARCH open_run USING INTEGER PRIMARY KEY (rowid=?)"),
            (QUEUED, "SEARCH run USING COVERING INDEX run_by_state (state=?)"),
        ] {
            assert_eq!(plan(sql), expected, "{sql}");
        }
        let idle = plan(IDLE);
        let range = "SEARCH idle USING COVERING INDEX lane_by_age (holder=? AND connection=?)";
        let busy = "SEARCH open_run USING COVERING INDEX open_run_under_way (lane=?)";
        assert!(idle.starts_with(range) && idle.contains(busy) && !idle.contains("TEMP B-TREE"), "{idle}");
        for (sql, first) in [
            (WAITING, by_key),
            (FIND_ONCE, "SEARCH once USING PRIMARY KEY (owner=? AND key=?)"),
            (HELD, "SCAN open_run USING INDEX open_run_held"),
        ] {
            let plan = plan(sql);
            assert!(plan.starts_with(first) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn triggers_find_the_next_run_of_a_lane_without_sorting() {
        let next = "SELECT started_at, key FROM open_run WHERE lane = ?1 AND connection = ?2 AND holder = ?3 \
            AND until IS NULL ORDER BY started_at, key LIMIT 1";
        let range = "SEARCH open_run USING INDEX open_run_waiting (lane=? AND connection=? AND holder=?)";
        assert_eq!(plan(next), range);
    }
}
