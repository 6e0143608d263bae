//! What the simulated provider keeps, and how a qualifier leads to a version of a function.

use crate::{FakeFunction, FakeProvider};
use lamplight_domain::{
    Alias, AsyncSettings, EnvironmentVariable, Function, LayerVersion, PermissionStatement, Readiness,
    Redacted, Routing, Tags,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The number that stands for the unpublished version: published ones count from 1.
pub(crate) const LATEST: u64 = 0;

/// Everything that can be changed.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) functions: BTreeMap<String, KeptFunction>,
    pub(crate) layers: BTreeMap<String, KeptLayer>,
    /// What goes wrong with the next changes.
    pub(crate) faults: VecDeque<Fault>,
    /// How often a new or changed version is described before it is ready.
    pub(crate) pending: u32,
    revisions: u64,
}

/// What goes wrong with one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is made, and its answer is lost.
    LoseAnswer,
    /// It never arrives, and nobody can tell.
    LoseRequest,
    /// It is throttled.
    Throttle,
}

impl State {
    /// A revision that nothing has yet, in the form of the real ones.
    pub(crate) fn next_revision(&mut self) -> String {
        self.revisions += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.revisions)
    }

    /// Takes in a scripted function. Each version that one of its aliases leads to is published.
    pub(crate) fn script(&mut self, script: FakeFunction) {
        let script = Arc::new(script);
        let described = described(&script);
        let mut of_revision = |number| Version {
            number,
            described: Function { revision: Some(self.next_revision()), ..described.clone() },
            behaviour: Arc::clone(&script),
            pending: 0,
            fresh: false,
        };
        let mut function = KeptFunction::new(of_revision(LATEST));
        for number in script.aliases.values().filter_map(|version| version.parse().ok()) {
            function.versions.entry(number).or_insert_with(|| of_revision(number));
            function.newest = function.newest.max(number);
        }
        for (name, version) in &script.aliases {
            let alias = KeptAlias {
                version: version.clone(),
                description: None,
                routing: Routing::new(),
                revision: self.next_revision(),
                calls: 0,
            };
            function.aliases.insert(name.clone(), alias);
        }
        self.functions.insert(script.name.to_string(), function);
    }
}

/// A function with all that hangs on it.
pub(crate) struct KeptFunction {
    pub(crate) latest: Version,
    /// The published versions.
    pub(crate) versions: BTreeMap<u64, Version>,
    /// The highest number that was ever published; none is given twice.
    pub(crate) newest: u64,
    /// What `$LATEST.PUBLISHED` leads to.
    pub(crate) latest_published: Option<u64>,
    pub(crate) aliases: BTreeMap<String, KeptAlias>,
    /// By qualifier; the function's own is under the empty text.
    pub(crate) policies: BTreeMap<String, KeptPolicy>,
    /// By qualifier; the function's own are under `$LATEST`, as the real provider has it.
    pub(crate) async_invocations: BTreeMap<String, KeptAsyncSettings>,
    pub(crate) reserved: Option<u32>,
    pub(crate) tags: Tags,
}

/// The statements that allow something, in the order in which they were added.
pub(crate) struct KeptPolicy {
    pub(crate) statements: Vec<PermissionStatement>,
    pub(crate) revision: Option<String>,
}

/// A layer with its versions and their policies.
#[derive(Default)]
pub(crate) struct KeptLayer {
    pub(crate) versions: BTreeMap<u64, LayerVersion>,
    pub(crate) policies: BTreeMap<u64, KeptPolicy>,
}

/// What is set about queued calls.
pub(crate) struct KeptAsyncSettings {
    pub(crate) settings: AsyncSettings,
    pub(crate) last_modified: String,
}

impl KeptFunction {
    pub(crate) fn new(latest: Version) -> Self {
        Self {
            latest,
            versions: BTreeMap::new(),
            newest: LATEST,
            latest_published: None,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
            async_invocations: BTreeMap::new(),
            reserved: None,
            tags: Tags::new(),
        }
    }

    /// The number of the version that a version's text means, where there is such a version.
    pub(crate) fn number_of_version(&self, version: &str) -> Option<u64> {
        let number = match version {
            "$LATEST" => LATEST,
            "$LATEST.PUBLISHED" => self.latest_published?,
            text => text.parse().ok().filter(|number| *number != LATEST)?,
        };
        self.version(number).map(|_| number)
    }

    /// The number of the version that a qualifier leads to: an alias to its own version, whatever its routing.
    pub(crate) fn number(&self, qualifier: Option<&str>) -> Option<u64> {
        match qualifier {
            None => Some(LATEST),
            Some(text) => match self.aliases.get(text) {
                Some(alias) => self.number_of_version(&alias.version),
                None => self.number_of_version(text),
            },
        }
    }

    pub(crate) fn version(&self, number: u64) -> Option<&Version> {
        if number == LATEST { Some(&self.latest) } else { self.versions.get(&number) }
    }

    /// Describes what a qualifier leads to, to somebody who asked.
    pub(crate) fn look(&mut self, qualifier: Option<&str>) -> Option<Function> {
        match self.number(qualifier)? {
            LATEST => Some(self.latest.look()),
            number => self.versions.get_mut(&number).map(Version::look),
        }
    }

    /// The unpublished version and the published ones, in their order.
    pub(crate) fn all_versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.latest).chain(self.versions.values())
    }

    /// Forgets what hung on a version or alias that is gone.
    pub(crate) fn forget(&mut self, qualifier: &str) {
        self.policies.remove(qualifier);
        self.async_invocations.remove(qualifier);
    }

    /// The version that serves the next call, which is counted.
    pub(crate) fn route(&mut self, qualifier: Option<&str>) -> Option<&Version> {
        let routed =
            qualifier.and_then(|text| self.aliases.get_mut(text)).and_then(KeptAlias::next_elsewhere);
        let number = match routed {
            Some(version) => self.number_of_version(&version)?,
            None => self.number(qualifier)?,
        };
        self.version(number)
    }
}

/// The function as it was at one time.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) number: u64,
    /// Without version and readiness.
    pub(crate) described: Function,
    /// How it answers.
    pub(crate) behaviour: Arc<FakeFunction>,
    /// How often it is still described as not ready.
    pub(crate) pending: u32,
    /// Whether it was never ready.
    pub(crate) fresh: bool,
}

impl Version {
    /// Its number in the provider's words.
    pub(crate) fn name(&self) -> String {
        if self.number == LATEST { "$LATEST".to_owned() } else { self.number.to_string() }
    }

    /// As a listing has it, which tells no state.
    pub(crate) fn listed(&self) -> Function {
        let function = Function { version: Some(self.name()), ..self.described.clone() };
        if self.number == LATEST {
            function
        } else {
            Function { reference: format!("{}:{}", function.reference, self.number), ..function }
        }
    }

    /// With its state.
    pub(crate) fn with_state(&self) -> Function {
        let mut function = self.listed();
        let pending = self.pending > 0;
        let (state, update) = match (pending, self.fresh) {
            (true, true) => ("Pending", "InProgress"),
            (true, false) => ("Active", "InProgress"),
            (false, _) => ("Active", "Successful"),
        };
        function.state = Some(state.to_owned());
        function.state_reason = (state == "Pending").then(|| "The function is being created.".to_owned());
        function.update_status = Some(update.to_owned());
        function.readiness = Some(if pending { Readiness::Pending } else { Readiness::Ready });
        function
    }

    /// Describes it to somebody who asked: one description less until it is ready.
    pub(crate) fn look(&mut self) -> Function {
        let function = self.with_state();
        self.pending = self.pending.saturating_sub(1);
        self.fresh &= self.pending > 0;
        function
    }

    /// Begins a change that is done after so many descriptions.
    pub(crate) fn begin_change(&mut self, pending: u32) {
        self.pending = pending;
        self.fresh &= pending > 0;
    }
}

/// A name that leads to versions.
pub(crate) struct KeptAlias {
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) routing: Routing,
    pub(crate) revision: String,
    /// How many calls were made through it since its routing was set.
    pub(crate) calls: u64,
}

impl KeptAlias {
    pub(crate) fn describe(&self, function: &lamplight_domain::FunctionName, name: &str) -> Alias {
        Alias {
            name: name.to_owned(),
            reference: format!("{}:{name}", FakeProvider::arn(function)),
            version: self.version.clone(),
            description: self.description.clone(),
            routing: self.routing.clone(),
            revision: Some(self.revision.clone()),
        }
    }

    /// Whether anything goes to that version.
    pub(crate) fn uses(&self, version: &str) -> bool {
        self.version == version || self.routing.contains_key(version)
    }

    /// Counts a call, and names the other version where that one serves it. Shares are spread evenly: with a weight of
    /// 0.1 it is every tenth call.
    fn next_elsewhere(&mut self) -> Option<String> {
        let (version, weight) = self.routing.iter().next()?;
        self.calls += 1;
        #[expect(
            clippy::cast_precision_loss,
            reason = "nobody calls a simulator more often than a double counts exactly"
        )]
        // What is a whole number but for rounding counts as one.
        let share = |calls: u64| (calls as f64 * weight + 1e-9).floor();
        (share(self.calls) > share(self.calls - 1)).then(|| version.clone())
    }
}

/// What a scripted function is described as.
fn described(function: &FakeFunction) -> Function {
    let mut described = Function::new(function.name.clone(), FakeProvider::arn(&function.name));
    described.settings.description = Some(function.description.clone()).filter(|text| !text.is_empty());
    described.settings.runtime = Some(function.runtime.clone());
    described.settings.timeout_seconds = Some(function.timeout_seconds);
    described.settings.memory_mb = Some(function.memory_mb);
    described.architecture = Some("x86_64".to_owned());
    described.package_type = Some("Zip".to_owned());
    described.code_sha256 = Some(made_up_sha256(function.name.as_str()));
    let variables = function.environment.iter();
    described.settings.environment = Some(
        variables
            .map(|(key, value)| EnvironmentVariable { key: key.clone(), value: Redacted::new(value.clone()) })
            .collect(),
    );
    described
}

/// A text in the form of a checksum, the same for the same code: for code that was never uploaded here.
pub(crate) fn made_up_sha256(code: &str) -> String {
    // FNV-1a, run on until there are digits enough. The last digit and the sign make 32 bytes of Base64.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut round = |number: u8| {
        for byte in code.bytes().chain([number]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash
    };
    let [first, second, third] = [round(0), round(1), round(2)];
    let digits = format!("{first:016x}{second:016x}{third:016x}");
    format!("{}0=", &digits[..42])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(weight: f64) -> KeptAlias {
        KeptAlias {
            version: "1".to_owned(),
            description: None,
            routing: Routing::from([("2".to_owned(), weight)]),
            revision: String::new(),
            calls: 0,
        }
    }

    #[test]
    fn shares_of_calls_are_exact_and_spread_evenly() {
        for (weight, of_a_hundred) in [(0.0, 0), (0.01, 1), (0.1, 10), (0.29, 29), (0.5, 50), (1.0, 100)] {
            let mut alias = alias(weight);
            let elsewhere = (0..100).filter(|_| alias.next_elsewhere().is_some()).count();
            assert_eq!(elsewhere, of_a_hundred, "{weight}");
        }
        let mut tenth = alias(0.1);
        let served: Vec<usize> = (1..=20).filter(|_| tenth.next_elsewhere().is_some()).collect();
        assert_eq!(served, [10, 20]);
    }

    #[test]
    fn made_up_checksums_have_the_form_of_real_ones_and_differ() {
        let (one, other) = (made_up_sha256("adder"), made_up_sha256("greeter"));
        assert_eq!((one.len(), one.ends_with("0=")), (44, true));
        assert_ne!(one, other);
        assert_eq!(one, made_up_sha256("adder"));
    }
}
