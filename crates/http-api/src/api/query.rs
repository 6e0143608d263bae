//! Reads queries. What an endpoint does not know is refused, so that a misspelt filter does not show everything.

use crate::Problem;
use axum::{
    extract::{FromRequestParts, Query as Pairs},
    http::request::Parts,
};
use lamplight_domain::{RunState, Timestamp};
use lamplight_ports::PageRequest;
use std::{fmt::Display, str::FromStr, time::Duration};

/// The pairs of a query that were not taken yet.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| Problem::invalid(format!("the query cannot be read: {error}")))?;
        Ok(Self(pairs))
    }
}

/// The size of a page if the caller does not say.
const PAGE: u32 = 100;

/// The longest wait in seconds.
const LONGEST_WAIT: u64 = 60;

impl Query {
    /// All values of a name.
    pub(crate) fn all(&mut self, name: &str) -> Vec<String> {
        let (mine, others) = std::mem::take(&mut self.0).into_iter().partition(|(own, _)| own == name);
        self.0 = others;
        let mine: Vec<(String, String)> = mine;
        mine.into_iter().map(|(_, value)| value).collect()
    }

    /// The value of a name. An empty one counts as none, because a form sends each of its fields.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut values = self.all(name).into_iter();
        match (values.next(), values.next()) {
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
            (_, Some(_)) => Err(Problem::invalid(format!("{name} is given more than once"))),
        }
    }

    /// The parsed value of a name.
    pub(crate) fn parse<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let wrong = |error: T::Err| Problem::invalid(format!("{name}: {error}"));
        self.text(name)?.map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// The states in a list, which may be repeated and separated by commas.
    pub(crate) fn states(&mut self, name: &str) -> Result<Vec<RunState>, Problem> {
        let given = self.all(name);
        let texts =
            given.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|text| !text.is_empty());
        texts
            .map(|text| {
                let state = RunState::ALL.into_iter().find(|state| state.as_str() == text);
                state.ok_or_else(|| Problem::invalid(format!("{name}: {text:?} is not a state of a run")))
            })
            .collect()
    }

    /// A point in time.
    pub(crate) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.parse(name)
    }

    /// `true` or `false`; false if left out.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        Ok(self.parse(name)?.unwrap_or(false))
    }

    /// Which page of a list is wanted.
    pub(crate) fn page(&mut self) -> Result<PageRequest, Problem> {
        let size = self.parse("limit")?.unwrap_or(PAGE);
        if !(1..=PageRequest::LARGEST).contains(&size) {
            return Err(Problem::invalid(format!("limit must be 1 to {}", PageRequest::LARGEST)));
        }
        Ok(PageRequest { marker: self.text("marker")?, size })
    }

    /// How long to wait for the end of a run; `None` if the caller does not want to.
    pub(crate) fn wait(&mut self) -> Result<Option<Duration>, Problem> {
        match self.parse::<u64>("wait")? {
            Some(seconds) if seconds > LONGEST_WAIT => {
                Err(Problem::invalid(format!("wait must be 0 to {LONGEST_WAIT} seconds")))
            }
            seconds => Ok(seconds.map(Duration::from_secs)),
        }
    }

    /// Refuses what was not taken.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::invalid(format!("the query has an unknown parameter {name:?}"))),
        }
    }
}
