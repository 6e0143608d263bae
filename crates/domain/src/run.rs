//! A run: a recorded intent, its attempts, and at most one outcome, which better evidence may replace.

use crate::{
    Attempt, Evidence, EvidenceKind, FunctionName, Intent, Outcome, RawJson, Revision, RunId, RunKey,
    RunState, RunnerId, Status, Warning, argument::same_name,
};
use jiff::Timestamp;

/// A change that the run's state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("run {key} is {from} and cannot become {to}")]
pub struct TransitionError {
    /// The run.
    pub key: RunKey,
    /// Its state.
    pub from: RunState,
    /// The state that is not allowed.
    pub to: RunState,
}

/// What [`Run::learn`] did with an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned {
    /// Its evidence is stronger: it replaced the recorded outcome.
    Better,
    /// Its evidence is equally strong and its state is the same: nothing changed.
    Confirmed,
    /// Its evidence is equally strong and its state differs: the recorded outcome is kept, with a warning.
    Contradicted,
    /// Its evidence is weaker: nothing changed.
    Weaker,
}

/// One execution.
///
/// A run is [`Queued`](RunState::Queued) until a runner starts it, then [`Running`](RunState::Running), and is
/// concluded once. The state is not stored: it is that of the outcome, or follows from `running_since`.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was recorded before the first call.
    pub intent: Intent,
    /// The calls made, in order.
    pub attempts: Vec<Attempt>,
    runner: Option<RunnerId>,
    running_since: Option<Timestamp>,
    outcome: Option<Outcome>,
    /// When the runner's lease on the run expires, if there is one. Stores set it: claims and heartbeats change it, and
    /// updates of the run do not.
    pub lease_until: Option<Timestamp>,
    /// The revision of the record.
    pub revision: Revision,
}

/// The parts of a run as a store keeps them.
#[derive(Debug, Clone, PartialEq)]
pub struct RunParts {
    /// See [`Run::intent`].
    pub intent: Intent,
    /// See [`Run::attempts`].
    pub attempts: Vec<Attempt>,
    /// See [`Run::runner`].
    pub runner: Option<RunnerId>,
    /// See [`Run::running_since`].
    pub running_since: Option<Timestamp>,
    /// See [`Run::outcome`].
    pub outcome: Option<Outcome>,
}

/// How a run ended, as its runner found it: what is kept where the whole run cannot be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEnd {
    /// The run.
    pub key: RunKey,
    /// See [`Run::attempts`].
    pub attempts: Vec<Attempt>,
    /// See [`Run::outcome`].
    pub outcome: Outcome,
}

impl RunEnd {
    /// The same end without what may be large: see [`Outcome::brief`].
    #[must_use]
    pub fn brief(&self, longest: usize) -> Self {
        let attempts = self.attempts.iter().cloned().map(|attempt| Attempt {
            evidence: attempt.evidence.map(|evidence| evidence.brief(longest)),
            ..attempt
        });
        Self { key: self.key.clone(), attempts: attempts.collect(), outcome: self.outcome.brief(longest) }
    }
}

impl Run {
    /// Creates a run that waits for a runner.
    pub fn queue(intent: Intent) -> Self {
        let parts =
            RunParts { intent, attempts: Vec::new(), runner: None, running_since: None, outcome: None };
        Self::from(parts)
    }

    /// Creates a run that `runner` starts at once.
    pub fn begin(intent: Intent, runner: RunnerId) -> Self {
        let running_since = Some(intent.started_at);
        Self { runner: Some(runner), running_since, ..Self::queue(intent) }
    }

    /// Assigns a queued run to a runner. Whether it may be taken from another runner is decided by the store, by the
    /// lease.
    pub fn claim(&mut self, runner: RunnerId) -> Result<(), TransitionError> {
        self.require_state(RunState::Queued, RunState::Queued)?;
        self.runner = Some(runner);
        Ok(())
    }

    /// Starts a queued run. This must be recorded before the first call is made: from then on the run is never queued
    /// again.
    pub fn start(&mut self, runner: RunnerId, now: Timestamp) -> Result<(), TransitionError> {
        self.require_state(RunState::Queued, RunState::Running)?;
        self.runner = Some(runner);
        self.running_since = Some(now);
        Ok(())
    }

    /// Records the outcome. A run that already has one is not changed. A run that was never started can only be
    /// concluded as [`Rejected`](RunState::Rejected).
    pub fn conclude(&mut self, outcome: Outcome) -> Result<(), TransitionError> {
        let allowed = match self.state() {
            RunState::Running => outcome.state.is_final(),
            RunState::Queued => outcome.state == RunState::Rejected,
            _ => false,
        };
        if !allowed {
            return Err(self.refusal(outcome.state));
        }
        self.outcome = Some(outcome);
        self.lease_until = None;
        Ok(())
    }

    /// Applies the end that the run's own runner found, also if another process has recorded meanwhile that the runner
    /// is gone.
    ///
    /// # Guarantees
    /// - The end replaces [`RunnerGone`](EvidenceKind::RunnerGone), whatever it says: the runner knows more than a
    ///   process that missed it.
    /// - Any other outcome was found by later evidence, or is this end itself. It changes only as by
    ///   [`learn`](Self::learn).
    pub fn take_end(&mut self, end: RunEnd) -> Result<(), TransitionError> {
        let RunEnd { attempts, outcome, .. } = end;
        if self.evidence().is_some_and(|evidence| evidence.kind != EvidenceKind::RunnerGone) {
            // An end that does not say how the function ended adds nothing to what is recorded.
            let _ = self.learn(outcome);
            return Ok(());
        }
        let gone = self.outcome.take();
        let taken = self.conclude(outcome);
        match taken {
            Ok(()) => self.attempts = attempts,
            Err(_) => self.outcome = gone,
        }
        taken
    }

    /// Applies an outcome that was found out after one was recorded.
    ///
    /// # Guarantees
    /// - Only [stronger evidence](EvidenceKind::strength) replaces the outcome. What only the earlier one knew, such as
    ///   the request ID, is kept.
    /// - Of two outcomes with equally strong evidence the first is kept. If their states differ, the run gets one
    ///   warning.
    /// - It is an error if the run has no outcome, or if `learned` does not say how the function ended.
    pub fn learn(&mut self, learned: Outcome) -> Result<Learned, TransitionError> {
        let is_end =
            matches!(learned.state, RunState::Succeeded | RunState::FunctionFailed | RunState::Rejected);
        let refusal = self.refusal(learned.state);
        let Some(own) = self.outcome.take() else { return Err(refusal) };
        if !is_end {
            self.outcome = Some(own);
            return Err(refusal);
        }
        let (own, result) = choose_outcome(own, learned);
        self.outcome = Some(own);
        Ok(result)
    }

    /// Replaces the outcome of a run by another form of the same one, such as [a brief one](Outcome::brief).
    pub fn replace_outcome(&mut self, outcome: Outcome) {
        debug_assert!(self.state() == outcome.state, "it must be the same outcome");
        self.outcome = Some(outcome);
    }

    /// Adds a warning to the outcome. Does nothing if the run has none.
    pub fn warn(&mut self, warning: Warning) {
        if let Some(outcome) = &mut self.outcome {
            outcome.warnings.push(warning);
        }
    }

    fn require_state(&self, state: RunState, to: RunState) -> Result<(), TransitionError> {
        if self.state() == state { Ok(()) } else { Err(self.refusal(to)) }
    }

    fn refusal(&self, to: RunState) -> TransitionError {
        TransitionError { key: self.intent.key.clone(), from: self.state(), to }
    }

    /// The run key.
    pub fn key(&self) -> &RunKey {
        &self.intent.key
    }

    /// The name of the function called.
    pub fn function_name(&self) -> &FunctionName {
        &self.intent.function.name
    }

    /// The state: that of the outcome, or else running or queued.
    pub fn state(&self) -> RunState {
        match (&self.outcome, self.running_since) {
            (Some(outcome), _) => outcome.state,
            (None, Some(_)) => RunState::Running,
            (None, None) => RunState::Queued,
        }
    }

    /// The outcome; `None` while the run is queued or running.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The value of the output with this name, which is not case-sensitive.
    pub fn output(&self, name: &str) -> Option<&RawJson> {
        let outputs = &self.outcome.as_ref()?.outputs;
        outputs.iter().find(|output| same_name(output.name.as_str(), name)).map(|output| &output.value)
    }

    /// The process that makes the calls; `None` before one has claimed the run.
    pub fn runner(&self) -> Option<&RunnerId> {
        self.runner.as_ref()
    }

    /// The time from which calls may have been made; `None` if the run was never started.
    pub fn running_since(&self) -> Option<Timestamp> {
        self.running_since
    }

    /// The evidence for the state; `None` while the run is queued or running.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.outcome.as_ref().map(|outcome| &outcome.evidence)
    }

    /// The provider's request ID, if there is an outcome and the provider gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.outcome.as_ref().and_then(|outcome| outcome.request_id.as_deref())
    }

    /// When the outcome became known.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.outcome.as_ref().map(|outcome| outcome.ended_at)
    }

    /// The status that follows from the state.
    pub fn status(&self) -> Status {
        self.state().status()
    }

    /// The run ID: with the provider's request ID if it gave one that is usable, else with the run key.
    pub fn id(&self) -> RunId {
        RunId::of_run(self.function_name().clone(), self.request_id(), self.key(), self.status())
    }

    /// How the run ended; `None` while it is queued or running.
    pub fn end(&self) -> Option<RunEnd> {
        let (key, attempts) = (self.key().clone(), self.attempts.clone());
        self.outcome.clone().map(|outcome| RunEnd { key, attempts, outcome })
    }
}

impl From<RunParts> for Run {
    /// A run with the first revision and without a lease.
    fn from(parts: RunParts) -> Self {
        let RunParts { intent, attempts, runner, running_since, outcome } = parts;
        let revision = Revision::FIRST;
        Self { intent, attempts, runner, running_since, outcome, lease_until: None, revision }
    }
}

/// Decides between the recorded outcome and a learned one.
fn choose_outcome(mut own: Outcome, learned: Outcome) -> (Outcome, Learned) {
    let strength = |outcome: &Outcome| EvidenceKind::strength(outcome.evidence.kind);
    match strength(&learned).cmp(&strength(&own)) {
        std::cmp::Ordering::Greater => (learned.completed_from(own), Learned::Better),
        std::cmp::Ordering::Less => (own, Learned::Weaker),
        std::cmp::Ordering::Equal if learned.state == own.state => (own, Learned::Confirmed),
        // Evidence that does not say how the function ended cannot contradict anything.
        std::cmp::Ordering::Equal if strength(&own) == crate::Strength::None => (own, Learned::Weaker),
        std::cmp::Ordering::Equal => {
            let warning = Warning::Contradicted { state: learned.state, evidence: learned.evidence.kind };
            if !own.warnings.contains(&warning) {
                own.warnings.push(warning);
            }
            (own, Learned::Contradicted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataType, EffectiveSettings, FunctionRef, Output, Provenance, Settings};

    fn intent() -> Intent {
        let defaults = Settings::default();
        Intent {
            key: "0199".parse().unwrap(),
            job: None,
            connection: "demo".parse().unwrap(),
            function: FunctionRef::by_name("adder".parse().unwrap()),
            effective: EffectiveSettings::resolve(&defaults, &defaults, &defaults),
            arguments: vec![],
            payload_bytes: 2,
            durable_name: None,
            monitor_url: None,
            provenance: Provenance::default(),
            started_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn runner() -> RunnerId {
        RunnerId("r".into())
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn outcome(state: RunState, kind: EvidenceKind) -> Outcome {
        Outcome::new(state, Evidence::of(kind), NOW)
    }

    #[test]
    fn a_run_is_concluded_once() {
        let mut run = Run::begin(intent(), runner());
        assert_eq!(run.id().to_string(), "adder/local-0199#Unknown");
        let mut good = outcome(RunState::Succeeded, EvidenceKind::Answered);
        good.request_id = Some("8f5f".into());
        run.conclude(good).unwrap();
        assert_eq!(run.id().to_string(), "adder/8f5f#Success");
        let before = run.clone();
        assert!(run.conclude(Outcome::unknown(EvidenceKind::RunnerGone, NOW)).is_err());
        assert_eq!(run, before);
    }

    #[test]
    fn the_end_that_the_runner_found_replaces_runner_gone_and_nothing_better() {
        use {EvidenceKind as E, RunState as S};
        let end = |state, kind| {
            let mut run = Run::begin(intent(), runner());
            run.attempts = vec![Attempt::sent(NOW), Attempt::sent(NOW)];
            run.conclude(outcome(state, kind)).unwrap();
            run.end().unwrap()
        };
        for (found, kind) in [
            (S::Succeeded, E::Answered),
            (S::FunctionFailed, E::FunctionError),
            (S::Accepted, E::Accepted),
            (S::Validated, E::Validated),
            (S::Rejected, E::NotSent),
            (S::Unknown, E::NoAnswer),
            (S::Unknown, E::Interrupted),
        ] {
            for is_settled in [false, true] {
                let mut run = Run::begin(intent(), runner());
                if is_settled {
                    run.conclude(Outcome::unknown(E::RunnerGone, NOW)).unwrap();
                }
                run.take_end(end(found, kind)).unwrap();
                assert_eq!((run.state(), run.evidence().unwrap().kind), (found, kind), "{is_settled}");
                assert_eq!(run.attempts.len(), 2);
                let before = run.clone();
                run.take_end(end(found, kind)).unwrap();
                assert_eq!(run, before, "taking it twice changes nothing");
            }
        }
        let mut learned = Run::begin(intent(), runner());
        learned.conclude(Outcome::unknown(E::RunnerGone, NOW)).unwrap();
        learned.learn(outcome(S::Succeeded, E::Durable)).unwrap();
        let before = learned.clone();
        learned.take_end(end(S::Unknown, E::NoAnswer)).unwrap();
        assert_eq!(learned, before, "what was learned says more");
        learned.take_end(end(S::FunctionFailed, E::FunctionError)).unwrap();
        assert_eq!(learned.state(), S::FunctionFailed, "an answer says more than what was learned");
        let mut queued = Run::queue(intent());
        assert!(queued.take_end(end(S::Succeeded, E::Answered)).is_err());
        assert_eq!(queued, Run::queue(intent()));
    }

    #[test]
    fn outputs_are_found_by_name_without_regard_to_case() {
        let mut run = Run::begin(intent(), runner());
        assert_eq!(run.output("sum"), None);
        let mut good = outcome(RunState::Succeeded, EvidenceKind::Answered);
        good.outputs = ["größe", "sum"]
            .map(|name| Output {
                name: name.parse().unwrap(),
                data_type: DataType::Json,
                value: RawJson::string(name),
                secret: false,
            })
            .into();
        run.conclude(good).unwrap();
        assert_eq!(run.output("SUM"), Some(&RawJson::string("sum")));
        assert_eq!(run.output("GRÖßE"), Some(&RawJson::string("größe")));
        assert_eq!(run.output("total"), None);
    }

    #[test]
    fn a_queued_run_is_claimed_any_number_of_times_and_started_once() {
        let mut run = Run::queue(intent());
        assert_eq!((run.state(), run.status(), run.runner()), (RunState::Queued, Status::Unknown, None));
        run.claim(runner()).unwrap();
        run.claim(RunnerId("s".into())).unwrap();
        assert_eq!((run.state(), run.runner().unwrap().0.as_str()), (RunState::Queued, "s"));
        run.start(runner(), NOW).unwrap();
        assert_eq!((run.state(), run.runner()), (RunState::Running, Some(&runner())));
        assert!(run.start(runner(), NOW).is_err());
        assert!(run.claim(runner()).is_err(), "a run that was started is never queued again");
    }

    #[test]
    fn what_was_never_started_can_only_be_rejected() {
        for state in RunState::ALL {
            let mut run = Run::queue(intent());
            let concluded = run.conclude(outcome(state, EvidenceKind::NotSent));
            assert_eq!(concluded.is_ok(), state == RunState::Rejected, "{state}");
        }
    }

    #[test]
    fn running_is_not_an_outcome() {
        let mut run = Run::begin(intent(), runner());
        for state in [RunState::Running, RunState::Queued] {
            assert!(run.conclude(outcome(state, EvidenceKind::Answered)).is_err());
        }
        assert!(
            run.learn(outcome(RunState::Succeeded, EvidenceKind::Durable)).is_err(),
            "it has no outcome yet"
        );
    }

    #[test]
    fn later_evidence_keeps_details_of_the_answer() {
        let mut run = Run::begin(intent(), runner());
        let mut accepted = outcome(RunState::Accepted, EvidenceKind::Accepted);
        accepted.request_id = Some("8f5f".into());
        run.conclude(accepted).unwrap();
        let failed = outcome(RunState::FunctionFailed, EvidenceKind::Destination);
        assert_eq!(run.learn(failed), Ok(Learned::Better));
        assert_eq!(run.id().to_string(), "adder/8f5f#Failed");
        let good = || outcome(RunState::Succeeded, EvidenceKind::Destination);
        assert_eq!(run.learn(good()), Ok(Learned::Contradicted));
        assert_eq!(run.learn(good()), Ok(Learned::Contradicted));
        assert_eq!((run.state(), run.outcome().unwrap().warnings.len()), (RunState::FunctionFailed, 1));
        assert_eq!(run.learn(outcome(RunState::Succeeded, EvidenceKind::TextLog)), Ok(Learned::Weaker));
    }
}
