//! REPORT lines: what Lambda measured of one execution, as it stands in the function's log.

use serde::Deserialize;
use std::{fmt, str::FromStr};

/// What Lambda measured of one execution.
///
/// Read from both forms of the log (Lambda Developer Guide, "Working with Lambda function logs" and "Telemetry API
/// event schema"): the text line `REPORT RequestId: …` and the JSON record of type `platform.report`. `Display`
/// writes the text line.
///
/// # Guarantees
/// - Reading never panics, whatever the text.
///
/// ```
/// use lamplight_aws_model::Report;
///
/// let log = "START RequestId: 8f50 Version: $LATEST\n\
///            END RequestId: 8f50\n\
///            REPORT RequestId: 8f50\tDuration: 201.67 ms\tBilled Duration: 202 ms\t\
///            Memory Size: 128 MB\tMax Memory Used: 81 MB\tInit Duration: 480.25 ms\t\n";
/// let report = Report::find(log, Some("8f50")).ok_or("no report")?;
/// assert_eq!((report.billed_ms, report.memory_mb, report.max_memory_mb), (202, 128, Some(81)));
/// assert!(Report::find(log, Some("another")).is_none());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The request that the execution served.
    pub request_id: String,
    /// How long the handler ran, in milliseconds; finite and not negative.
    pub duration_ms: f64,
    /// How long is charged, in milliseconds. It includes a cold start's initialisation and a billed restore.
    pub billed_ms: u64,
    /// The memory that the function was given, in MiB.
    pub memory_mb: u64,
    /// The most memory that it used, in MiB.
    pub max_memory_mb: Option<u64>,
    /// How long a cold start's initialisation took, in milliseconds; `None` for a warm start.
    pub init_ms: Option<f64>,
    /// How long restoring a snapshot took, in milliseconds (`SnapStart` only).
    pub restore_ms: Option<f64>,
    /// How much of the restore is charged, in milliseconds (`SnapStart` only).
    pub billed_restore_ms: Option<u64>,
    /// How the execution ended. In the text form it stands there only for timeouts and crashes: its absence does
    /// not prove success, for a handled exception leaves none.
    pub status: Option<ReportStatus>,
    /// Why the environment failed, such as `Runtime.OutOfMemory`.
    pub error_type: Option<String>,
}

/// How an execution ended, by the platform's own account (Telemetry API, `Status`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportStatus {
    /// It answered.
    Success,
    /// The function reported an error.
    Failure,
    /// The environment broke.
    Error,
    /// It ran out of time.
    Timeout,
    /// A word that we do not know yet.
    Other(String),
}

impl ReportStatus {
    /// The word in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for ReportStatus {
    fn from(word: &str) -> Self {
        match word {
            "success" => Self::Success,
            "failure" => Self::Failure,
            "error" => Self::Error,
            "timeout" => Self::Timeout,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Report {
    /// Finds the last report of a request in a log, or the last of any request. The last counts: the function can
    /// print such a line too, but only before the platform does, and an event that is tried again keeps its id.
    pub fn find(log: &str, request_id: Option<&str>) -> Option<Self> {
        let wanted = |report: &Self| request_id.is_none_or(|id| report.request_id == id);
        log.lines().rev().filter_map(Self::parse_line).find(wanted)
    }

    /// Reads one line of a log, in either form. `None` for every other line, and for a report cut short.
    ///
    /// ```
    /// use lamplight_aws_model::Report;
    ///
    /// let line = r#"{"time":"2026-01-01T00:00:00Z","type":"platform.report","record":{"requestId":"8f50",
    ///     "metrics":{"durationMs":5.5,"billedDurationMs":6,"memorySizeMB":128},"status":"success"}}"#;
    /// assert_eq!(Report::parse_line(line).map(|report| report.billed_ms), Some(6));
    /// assert_eq!(Report::parse_line("INIT_REPORT Init Duration: 229 ms\tPhase: init"), None);
    /// ```
    pub fn parse_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('{') { parse_json(line) } else { parse_text(line) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\t",
            self.request_id, self.duration_ms, self.billed_ms, self.memory_mb
        )?;
        if let Some(used) = self.max_memory_mb {
            write!(f, "Max Memory Used: {used} MB\t")?;
        }
        if let Some(init) = self.init_ms {
            write!(f, "Init Duration: {init:.2} ms\t")?;
        }
        if let Some(restore) = self.restore_ms {
            write!(f, "Restore Duration: {restore:.2} ms\t")?;
        }
        if let Some(billed) = self.billed_restore_ms {
            write!(f, "Billed Restore Duration: {billed} ms\t")?;
        }
        if let Some(status) = &self.status {
            write!(f, "Status: {}\t", status.as_str())?;
        }
        if let Some(error_type) = &self.error_type {
            write!(f, "Error Type: {error_type}\t")?;
        }
        Ok(())
    }
}

/// The text form. Fields are told apart by their labels and not by tabs or order: tabs become spaces where logs are
/// copied, and the runtime emulator writes the fields in another order.
fn parse_text(line: &str) -> Option<Report> {
    const START: &str = "REPORT RequestId: ";
    // A function that prints no line end leaves its last words in front.
    let start = line.rfind(START)?;
    if line[..start].ends_with('_') {
        return None;
    }
    let (request_id, fields) = split_word(&line[start + START.len()..]);
    Some(Report {
        request_id: Some(request_id).filter(|id| !id.is_empty())?.to_owned(),
        duration_ms: milliseconds(field(fields, "Duration")?)?,
        billed_ms: number(field(fields, "Billed Duration")?, "ms")?,
        memory_mb: number(field(fields, "Memory Size")?, "MB")?,
        max_memory_mb: field(fields, "Max Memory Used").and_then(|text| number(text, "MB")),
        init_ms: field(fields, "Init Duration").and_then(milliseconds),
        restore_ms: field(fields, "Restore Duration").and_then(milliseconds),
        billed_restore_ms: field(fields, "Billed Restore Duration").and_then(|text| number(text, "ms")),
        status: field(fields, "Status").map(|text| split_word(text).0.into()),
        error_type: field(fields, "Error Type").map(|text| split_word(text).0.to_owned()),
    })
}

/// All labels, so that a field is found by its whole label: "Duration" ends four of them.
const LABELS: [&str; 9] = [
    "Duration",
    "Billed Duration",
    "Memory Size",
    "Max Memory Used",
    "Init Duration",
    "Restore Duration",
    "Billed Restore Duration",
    "Status",
    "Error Type",
];

/// What follows the first `label`, to the end of the line.
fn field<'a>(fields: &'a str, label: &str) -> Option<&'a str> {
    let mut rest = fields.trim_start();
    while !rest.is_empty() {
        let here = LABELS.iter().find_map(|known| {
            let value = rest.strip_prefix(known)?.strip_prefix(':')?.trim_start();
            Some((*known, value))
        });
        match here {
            Some((known, value)) if known == label => return Some(value),
            Some((_, value)) => rest = split_word(value).1,
            None => rest = split_word(rest).1,
        }
    }
    None
}

/// The first word, and what follows it and the space behind it.
fn split_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

fn milliseconds(text: &str) -> Option<f64> {
    // Rust reads more digits than fit as infinity.
    number(text, "ms").filter(|value: &f64| value.is_finite())
}

/// A number in front of its unit: digits with at most one dot. No sign, no exponent, no `inf`, which Rust would read.
fn number<T: FromStr>(text: &str, unit: &str) -> Option<T> {
    let (digits, rest) = split_word(text);
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_decimal && split_word(rest).0 == unit).then(|| digits.parse().ok())?
}

/// The JSON form. Members that we do not know are passed over.
fn parse_json(line: &str) -> Option<Report> {
    let Event { kind, record } = serde_json::from_str(line).ok()?;
    let Record { request_id, metrics, status, error_type } = record;
    let sane = [Some(metrics.duration_ms), metrics.init_duration_ms, metrics.restore_duration_ms]
        .into_iter()
        .flatten()
        .all(|value| value.is_finite() && value >= 0.0);
    (kind == "platform.report" && sane).then(|| Report {
        request_id,
        duration_ms: metrics.duration_ms,
        billed_ms: metrics.billed_duration_ms,
        memory_mb: metrics.memory_size_mb,
        max_memory_mb: metrics.max_memory_used_mb,
        init_ms: metrics.init_duration_ms,
        restore_ms: metrics.restore_duration_ms,
        billed_restore_ms: metrics.billed_restore_duration_ms,
        status: status.as_deref().map(ReportStatus::from),
        error_type,
    })
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    record: Record,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    request_id: String,
    metrics: Metrics,
    status: Option<String>,
    error_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    duration_ms: f64,
    billed_duration_ms: u64,
    #[serde(rename = "memorySizeMB")]
    memory_size_mb: u64,
    #[serde(rename = "maxMemoryUsedMB")]
    max_memory_used_mb: Option<u64>,
    init_duration_ms: Option<f64>,
    restore_duration_ms: Option<f64>,
    billed_restore_duration_ms: Option<u64>,
}
