//! What a list of runs has, as its filter and its page say.

use lamplight_domain::Timestamp;
use lamplight_ports::{PageRequest, PortError, RunFilter, RunPlace, RunSummary, RunText, SearchWords};

/// A filter, ready to be applied.
pub(crate) struct Listing<'a> {
    pub(crate) filter: &'a RunFilter,
    pub(crate) words: SearchWords,
    /// Only runs before this place.
    pub(crate) before: (i64, String),
    /// Only runs from this start on.
    pub(crate) since: i64,
    pub(crate) limit: usize,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(filter: &'a RunFilter, page: &PageRequest) -> Result<Self, PortError> {
        let marker = page.marker.as_deref().map(RunPlace::from_marker).transpose()?;
        let marker =
            marker.map_or((i64::MAX, String::new()), |place| (place.started_at, place.key.to_string()));
        // No key is empty, so this is before all runs of that time.
        let before = filter.before.map_or(i64::MAX, Timestamp::as_microsecond);
        Ok(Self {
            filter,
            words: SearchWords::parse(filter.text.as_deref().unwrap_or_default()),
            before: marker.min((before, String::new())),
            since: filter.since.map_or(i64::MIN, Timestamp::as_microsecond),
            limit: page.limit(),
        })
    }

    /// Whether all runs are listed, apart from the time of their start.
    pub(crate) fn has_no_condition(&self) -> bool {
        let RunFilter {
            job,
            function,
            request_id,
            connection,
            parent,
            states,
            scope,
            text: _,
            since: _,
            before: _,
        } = self.filter;
        self.words.words().is_empty()
            && scope.is_unlimited()
            && states.is_empty()
            && (job.is_none() && function.is_none() && request_id.is_none())
            && (connection.is_none() && parent.is_none())
    }

    /// Whether the filter asks only for runs that have not ended. There are not many, and their text is in their rows.
    pub(crate) fn is_of_open_runs(&self) -> bool {
        !self.filter.states.is_empty() && self.filter.states.iter().all(|state| !state.is_final())
    }

    /// Whether a run matches. Words are looked for only in runs that have not ended; the text index finds the others.
    pub(crate) fn matches(&self, run: &RunSummary, parent: Option<&str>) -> bool {
        let filter = self.filter;
        let words = || RunText {
            key: run.key.as_str().replace('-', ""),
            job: run.job.as_ref().map(ToString::to_string).unwrap_or_default(),
            function: run.function.to_string(),
            connection: run.connection.as_ref().map(ToString::to_string).unwrap_or_default(),
            error: String::new(),
        };
        (filter.job.is_none() || run.job == filter.job)
            && filter.function.as_ref().is_none_or(|name| run.function == *name)
            && (filter.request_id.is_none() || run.request_id == filter.request_id)
            && (filter.connection.is_none() || run.connection == filter.connection)
            && filter.parent.as_ref().is_none_or(|own| parent == Some(own.to_string().as_str()))
            && (filter.states.is_empty() || filter.states.contains(&run.state))
            && self.is_in_scope(run)
            && (!self.is_of_open_runs() || self.words.match_run(&words()))
    }

    fn is_in_scope(&self, run: &RunSummary) -> bool {
        let scope = &self.filter.scope;
        scope.is_unlimited()
            || run.connection.as_ref().is_some_and(|connection| scope.includes(connection, run.job.as_ref()))
    }
}
