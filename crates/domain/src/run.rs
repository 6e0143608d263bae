//! One execution of a job: a recorded intent, its attempts, and at most one outcome, which may be learned better.

use crate::{
    Attempt, Evidence, EvidenceKind, FunctionName, Intent, Outcome, RawJson, Revision, RunId, RunIdError,
    RunKey, RunState, RunnerId, Status, Warning, argument::same_name,
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
    /// The state refused.
    pub to: RunState,
}

/// What [`Run::learn`] made of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned {
    /// It rests on better evidence and took the place of the one before.
    Better,
    /// It rests on evidence as good and says the same; nothing changed.
    Confirmed,
    /// It rests on evidence as good and says something else: the first stays, with a warning.
    Contradicted,
    /// It rests on weaker evidence; nothing changed.
    Weaker,
}

/// One execution.
///
/// It is [`Queued`](RunState::Queued) until a runner starts it, then [`Running`](RunState::Running), and concluded
/// once. What follows from that order is not stored twice: the state is that of the outcome, or follows from
/// `running_since`.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was recorded before a call left.
    pub intent: Intent,
    /// The calls made, in their order.
    pub attempts: Vec<Attempt>,
    runner: Option<RunnerId>,
    running_since: Option<Timestamp>,
    outcome: Option<Outcome>,
    /// Until when the runner holds the run, if it holds it by a lease. A store fills it in: claiming and heartbeats
    /// change it, and no update of the run does.
    pub lease_until: Option<Timestamp>,
    /// Which change of the record this is.
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

impl Run {
    /// A run that waits for a runner.
    pub fn queue(intent: Intent) -> Self {
        let parts =
            RunParts { intent, attempts: Vec::new(), runner: None, running_since: None, outcome: None };
        Self::from(parts)
    }

    /// A run that `runner` makes now.
    pub fn begin(intent: Intent, runner: RunnerId) -> Self {
        let running_since = Some(intent.started_at);
        Self { runner: Some(runner), running_since, ..Self::queue(intent) }
    }

    /// Gives a queued run to a runner. Whether it may be taken from another one is the store's to say, by the lease.
    pub fn claim(&mut self, runner: RunnerId) -> Result<(), TransitionError> {
        self.must_be(RunState::Queued, RunState::Queued)?;
        self.runner = Some(runner);
        Ok(())
    }

    /// Makes a queued run a running one. This has to be recorded before its first call leaves: from then on it is
    /// never queued again.
    pub fn start(&mut self, runner: RunnerId, now: Timestamp) -> Result<(), TransitionError> {
        self.must_be(RunState::Queued, RunState::Running)?;
        self.runner = Some(runner);
        self.running_since = Some(now);
        Ok(())
    }

    /// Records how the run ended. A run that has ended is not changed. One that was never started can only be
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

    /// Takes in what was found out about a run after its outcome was recorded.
    ///
    /// # Guarantees
    /// - Only [better evidence](EvidenceKind::strength) changes the outcome. What the earlier one knew besides, such as
    ///   the request id, stays.
    /// - Of two outcomes with evidence as good the first stays; where they differ, the run carries a warning, once.
    /// - A run without an outcome learns nothing, nor does any from an outcome that is not an end of the function.
    pub fn learn(&mut self, learned: Outcome) -> Result<Learned, TransitionError> {
        let is_end =
            matches!(learned.state, RunState::Succeeded | RunState::FunctionFailed | RunState::Rejected);
        let refusal = self.refusal(learned.state);
        let Some(own) = self.outcome.take() else { return Err(refusal) };
        if !is_end {
            self.outcome = Some(own);
            return Err(refusal);
        }
        let (own, result) = weigh(own, learned);
        self.outcome = Some(own);
        Ok(result)
    }

    /// Adds a warning to the outcome; a run without one has nothing to warn of.
    pub fn warn(&mut self, warning: Warning) {
        if let Some(outcome) = &mut self.outcome {
            outcome.warnings.push(warning);
        }
    }

    fn must_be(&self, state: RunState, to: RunState) -> Result<(), TransitionError> {
        if self.state() == state { Ok(()) } else { Err(self.refusal(to)) }
    }

    fn refusal(&self, to: RunState) -> TransitionError {
        TransitionError { key: self.intent.key.clone(), from: self.state(), to }
    }

    /// The run's own key.
    pub fn key(&self) -> &RunKey {
        &self.intent.key
    }

    /// The name of the function called.
    pub fn function_name(&self) -> &FunctionName {
        &self.intent.function.name
    }

    /// Where the run is in its life.
    pub fn state(&self) -> RunState {
        match (&self.outcome, self.running_since) {
            (Some(outcome), _) => outcome.state,
            (None, Some(_)) => RunState::Running,
            (None, None) => RunState::Queued,
        }
    }

    /// How it ended; `None` before it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The value of an output, its name compared without case; `None` where the run has none of that name.
    pub fn output(&self, name: &str) -> Option<&RawJson> {
        let outputs = &self.outcome.as_ref()?.outputs;
        outputs.iter().find(|output| same_name(output.name.as_str(), name)).map(|output| &output.value)
    }

    /// The process that makes its calls; `None` before one has claimed it.
    pub fn runner(&self) -> Option<&RunnerId> {
        self.runner.as_ref()
    }

    /// Since when calls can have been made.
    pub fn running_since(&self) -> Option<Timestamp> {
        self.running_since
    }

    /// What the state rests on; `None` before it has ended.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.outcome.as_ref().map(|outcome| &outcome.evidence)
    }

    /// The provider's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.outcome.as_ref().and_then(|outcome| outcome.request_id.as_deref())
    }

    /// When its outcome was known.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.outcome.as_ref().map(|outcome| outcome.ended_at)
    }

    /// The status that follows from the state.
    pub fn status(&self) -> Status {
        self.state().status()
    }

    /// The run's identity for other systems: with the provider's request id where it gave one, else with
    /// the run's own key.
    pub fn id(&self) -> Result<RunId, RunIdError> {
        let local = || format!("{}{}", RunId::LOCAL, self.key());
        let request_id = self.request_id().map_or_else(local, str::to_owned);
        RunId::new(self.function_name().clone(), &request_id, self.status())
    }
}

impl From<RunParts> for Run {
    /// A run of the first revision that nobody holds by a lease.
    fn from(parts: RunParts) -> Self {
        let RunParts { intent, attempts, runner, running_since, outcome } = parts;
        let revision = Revision::FIRST;
        Self { intent, attempts, runner, running_since, outcome, lease_until: None, revision }
    }
}

/// The outcome that stands of the own one and of what was learned.
fn weigh(mut own: Outcome, learned: Outcome) -> (Outcome, Learned) {
    let strength = |outcome: &Outcome| EvidenceKind::strength(outcome.evidence.kind);
    match strength(&learned).cmp(&strength(&own)) {
        std::cmp::Ordering::Greater => (learned.after(own), Learned::Better),
        std::cmp::Ordering::Less => (own, Learned::Weaker),
        std::cmp::Ordering::Equal if learned.state == own.state => (own, Learned::Confirmed),
        // Evidence that says nothing of the end contradicts nothing.
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
        assert_eq!(run.id().unwrap().to_string(), "adder/local-0199#Unknown");
        let mut good = outcome(RunState::Succeeded, EvidenceKind::Answered);
        good.request_id = Some("8f5f".into());
        run.conclude(good).unwrap();
        assert_eq!(run.id().unwrap().to_string(), "adder/8f5f#Success");
        let before = run.clone();
        assert!(run.conclude(Outcome::unknown(EvidenceKind::RunnerGone, NOW)).is_err());
        assert_eq!(run, before);
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
    fn what_is_learned_keeps_what_only_the_answer_said() {
        let mut run = Run::begin(intent(), runner());
        let mut accepted = outcome(RunState::Accepted, EvidenceKind::Queued);
        accepted.request_id = Some("8f5f".into());
        run.conclude(accepted).unwrap();
        let failed = outcome(RunState::FunctionFailed, EvidenceKind::Destination);
        assert_eq!(run.learn(failed), Ok(Learned::Better));
        assert_eq!(run.id().unwrap().to_string(), "adder/8f5f#Failed");
        let good = || outcome(RunState::Succeeded, EvidenceKind::Destination);
        assert_eq!(run.learn(good()), Ok(Learned::Contradicted));
        assert_eq!(run.learn(good()), Ok(Learned::Contradicted));
        assert_eq!((run.state(), run.outcome().unwrap().warnings.len()), (RunState::FunctionFailed, 1));
        assert_eq!(run.learn(outcome(RunState::Succeeded, EvidenceKind::TextLog)), Ok(Learned::Weaker));
    }
}
