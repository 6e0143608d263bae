//! Counts of requests, and their text for Prometheus. Labels have few values: templates of addresses, never names of
//! runs or jobs.

use axum::http::{Method, StatusCode};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The upper ends of the bins of request durations, in seconds.
const BINS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The counts since the server started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, String), Requests>>,
}

/// The requests of one method and address template.
#[derive(Debug, Default)]
struct Requests {
    statuses: BTreeMap<u16, u64>,
    bins: [u64; BINS.len()],
    seconds: f64,
}

/// A value to show beside the counts.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// The name, without the prefix of all names.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) help: &'static str,
    /// The values, each with the text of its labels, such as `state="unknown"`.
    pub(crate) values: Vec<(String, u64)>,
}

impl Metrics {
    /// Counts a request that was answered.
    pub(crate) fn count(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let of = requests.entry((known(method), route.to_owned())).or_default();
        *of.statuses.entry(status.as_u16()).or_default() += 1;
        let seconds = took.as_secs_f64();
        of.seconds += seconds;
        if let Some(bin) = BINS.iter().position(|end| seconds <= *end).and_then(|at| of.bins.get_mut(at)) {
            *bin += 1;
        }
    }

    /// The text for Prometheus.
    pub(crate) fn text(&self, gauges: &[Gauge]) -> String {
        let mut text = String::new();
        // Writing to a string never fails.
        let _ = self.write(&mut text, gauges);
        text
    }

    fn write(&self, text: &mut String, gauges: &[Gauge]) -> fmt::Result {
        for Gauge { name, help, values } in gauges {
            writeln!(text, "# HELP lamplight_{name} {help}\n# TYPE lamplight_{name} gauge")?;
            for (labels, value) in values {
                let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
                writeln!(text, "lamplight_{name}{labels} {value}")?;
            }
        }
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "lamplight_http_requests_total";
        writeln!(text, "# HELP {name} Requests that were answered.\n# TYPE {name} counter")?;
        for ((method, route), of) in &*requests {
            for (status, count) in &of.statuses {
                writeln!(
                    text,
                    "{name}{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                )?;
            }
        }
        let name = "lamplight_http_request_duration_seconds";
        writeln!(text, "# HELP {name} Time until the answer began.\n# TYPE {name} histogram")?;
        for ((method, route), of) in &*requests {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let (mut below, count) = (0, of.statuses.values().sum::<u64>());
            for (end, bin) in BINS.iter().zip(of.bins) {
                below += bin;
                writeln!(text, "{name}_bucket{{{labels},le=\"{end}\"}} {below}")?;
            }
            writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}")?;
            writeln!(text, "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {count}", of.seconds)?;
        }
        Ok(())
    }
}

/// The method, if it is a usual one: a caller can send any text.
fn known(method: &Method) -> &'static str {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.into_iter().find(|usual| *usual == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_template_and_status() {
        let metrics = Metrics::default();
        for (method, ms) in
            [(Method::GET, 1), (Method::GET, 40), (Method::from_bytes(b"EVIL").unwrap(), 90_000)]
        {
            metrics.count(&method, "/runs/{name}", StatusCode::OK, Duration::from_millis(ms));
        }
        let queued = Gauge { name: "runs_queued", help: "Runs that wait.", values: vec![(String::new(), 7)] };
        let text = metrics.text(&[queued]);
        for line in [
            "lamplight_runs_queued 7",
            "lamplight_http_requests_total{method=\"GET\",route=\"/runs/{name}\",status=\"200\"} 2",
            "lamplight_http_request_duration_seconds_bucket{method=\"GET\",route=\"/runs/{name}\",le=\"0.002\"} 1",
            "lamplight_http_request_duration_seconds_bucket{method=\"GET\",route=\"/runs/{name}\",le=\"0.05\"} 2",
            "lamplight_http_request_duration_seconds_bucket{method=\"other\",route=\"/runs/{name}\",le=\"30\"} 0",
            "lamplight_http_request_duration_seconds_bucket{method=\"other\",route=\"/runs/{name}\",le=\"+Inf\"} 1",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
        assert!(!text.contains("EVIL"));
    }
}
