//! Charts of runs over time: by outcome, and how long they took. Their labels are HTML, their shapes stretch.

use super::{Markup, escaped, number, took};
use askama::filters::Safe;
use lamplight_domain::{Histogram, RunState, Timestamp};
use lamplight_ports::{BucketLength, ChartBucket};
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

/// The period of a chart, divided into steps of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From this time.
    pub since: Timestamp,
    /// Up to this time.
    pub until: Timestamp,
    /// The buckets to read.
    pub bucket: BucketLength,
    /// The length of a step in seconds: a whole number of buckets.
    step: i64,
}

impl Period {
    /// Chooses the steps, so that there are at most about 60 of them and their buckets are still kept.
    pub fn new(since: Timestamp, until: Timestamp, now: Timestamp) -> Self {
        const HOUR: i64 = 3600;
        let span = until.duration_since(since).as_secs();
        let is_recent = now.duration_since(since).as_secs() <= 48 * HOUR;
        let (bucket, step) = match span {
            ..=7200 if is_recent => (BucketLength::FiveMinutes, 300),
            7201..=172_800 if is_recent => (BucketLength::FiveMinutes, HOUR / 2),
            ..=216_000 => (BucketLength::Hour, HOUR),
            216_001..=1_296_000 => (BucketLength::Hour, 6 * HOUR),
            _ => (BucketLength::Day, 24 * HOUR * (span / (60 * 24 * HOUR)).max(1)),
        };
        Self { since, until, bucket, step }
    }

    fn first(&self) -> i64 {
        self.since.as_second().div_euclid(self.step) * self.step
    }

    fn steps(&self) -> usize {
        let steps = (self.until.as_second() - self.first()).div_euclid(self.step) + 1;
        usize::try_from(steps.clamp(1, 400)).unwrap_or(1)
    }

    fn start(&self, index: usize) -> Timestamp {
        let offset = i64::try_from(index).unwrap_or_default().saturating_mul(self.step);
        Timestamp::from_second(self.first().saturating_add(offset)).unwrap_or(self.until)
    }

    fn index(&self, at: Timestamp) -> Option<usize> {
        let index = usize::try_from((at.as_second() - self.first()).div_euclid(self.step)).ok()?;
        (index < self.steps()).then_some(index)
    }

    /// The start and the end of a step in words.
    fn words(&self, index: usize) -> String {
        let (start, end) = (self.start(index), self.start(index + 1));
        let day = |at: Timestamp| clock(at, "%Y-%m-%d");
        let time = |at: Timestamp| clock(at, "%H:%M");
        if self.step >= 86_400 {
            format!("{} UTC", day(start))
        } else {
            format!("{} {} to {} UTC", day(start), time(start), time(end))
        }
    }

    /// Five labels below the chart.
    fn axis(&self) -> String {
        let format =
            if self.until.duration_since(self.since).as_secs() > 172_800 { "%m-%d" } else { "%H:%M" };
        let label = |quarter: usize| {
            format!("<span>{}</span>", clock(self.start(self.steps() * quarter / 4), format))
        };
        format!("<div class=\"xax\">{}</div>", (0..=4).map(label).collect::<String>())
    }
}

/// A time in UTC in a format.
fn clock(at: Timestamp, format: &str) -> String {
    at.strftime(format).to_string()
}

/// The states of a bar, from the bottom up, with their classes.
const STACK: [(RunState, &str, &str); 6] = [
    (RunState::Succeeded, "c-okl", "succeeded"),
    (RunState::Validated, "c-off", "validated"),
    (RunState::Accepted, "c-run", "accepted"),
    (RunState::Unknown, "c-unk", "unknown"),
    (RunState::Rejected, "c-rej", "rejected"),
    (RunState::FunctionFailed, "c-bad", "failed"),
];

/// Runs by outcome.
pub struct OutcomeChart {
    /// The plot.
    pub plot: Markup,
    /// What the colours and shapes mean, with totals.
    pub legend: Markup,
    /// The steps with runs, in words, and the counts of the states in the order of the legend's states.
    pub rows: Vec<(String, Vec<String>)>,
    /// The headings of these counts.
    pub headings: Vec<&'static str>,
    counts: BTreeMap<&'static str, u64>,
}

impl OutcomeChart {
    /// The chart of these buckets. `link` is the address of a list that begins and ends at two times.
    pub fn new(
        period: &Period,
        buckets: &[ChartBucket],
        link: impl Fn(Timestamp, Timestamp) -> String,
    ) -> Self {
        let mut steps = vec![[0_u64; STACK.len()]; period.steps()];
        let mut totals = [0_u64; STACK.len()];
        for bucket in buckets {
            let place = STACK.iter().position(|(state, ..)| *state == bucket.state);
            if let (Some(place), Some(index)) = (place, period.index(bucket.start)) {
                let count = bucket.durations.count();
                steps[index][place] += count;
                totals[place] += count;
            }
        }
        let used = |place: &usize| {
            totals[*place] > 0 || matches!(STACK[*place].2, "succeeded" | "failed" | "unknown")
        };
        let shown: Vec<usize> = (0..STACK.len()).filter(used).collect();
        let most = nice(steps.iter().map(|counts| counts.iter().sum::<u64>()).max().unwrap_or_default());
        let rows = steps.iter().enumerate().filter(|(_, counts)| counts.iter().any(|count| *count > 0));
        Self {
            plot: Safe(plot(period, &steps, &shown, most, link)),
            legend: Safe(shown.iter().map(|place| legend(STACK[*place], totals[*place])).collect()),
            rows: rows
                .map(|(index, counts)| {
                    (period.words(index), shown.iter().map(|place| number(counts[*place])).collect())
                })
                .collect(),
            headings: shown.iter().map(|place| STACK[*place].2).collect(),
            counts: STACK.iter().zip(totals).map(|((_, _, word), total)| (*word, total)).collect(),
        }
    }

    /// The counts in a sentence: `304 runs have ended: 16 failed, 2 have an unknown outcome.`
    pub fn sentence(&self) -> String {
        let all: u64 = self.counts.values().sum();
        let of = |word: &str| self.counts.get(word).copied().unwrap_or_default();
        let mut parts = Vec::new();
        for (word, text) in
            [("failed", "failed"), ("unknown", "with an unknown outcome"), ("rejected", "rejected")]
        {
            if of(word) > 0 {
                parts.push(format!("{} {text}", number(of(word))));
            }
        }
        let ended = super::count(all, "run");
        if parts.is_empty() {
            format!("{ended} ended in this period.")
        } else {
            format!("{ended} ended in this period: {}.", parts.join(", "))
        }
    }
}

fn legend((_, class, word): (RunState, &str, &str), total: u64) -> String {
    let shape = match class {
        "c-rej" => "<rect class=\"c-rej\" x=\"1\" y=\"1\" width=\"10\" height=\"10\" rx=\"1\"/>".to_owned(),
        "c-unk" => {
            "<rect class=\"c-unk\" width=\"12\" height=\"12\" rx=\"2\"/><rect width=\"12\" height=\"12\" \
                    fill=\"url(#hatch)\"/>"
                .to_owned()
        }
        class => format!("<rect class=\"{class}\" width=\"12\" height=\"12\" rx=\"2\"/>"),
    };
    format!(
        "<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\">{shape}</svg>{word} {}</span>",
        number(total)
    )
}

fn plot(
    period: &Period,
    steps: &[[u64; STACK.len()]],
    shown: &[usize],
    most: u64,
    link: impl Fn(Timestamp, Timestamp) -> String,
) -> String {
    const HEIGHT: f64 = 120.0;
    let width = 960.0 / as_f64(steps.len() as u64);
    let mut svg = format!(
        "<div class=\"yax\"><span>{}</span><span>{}</span><span>0</span></div><svg class=\"plotsvg tall\" \
         viewBox=\"0 0 960 120\" preserveAspectRatio=\"none\" role=\"group\" aria-label=\"Runs by outcome over time\">\
         <defs><pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0v5\"/></pattern></defs><path class=\"axis\" \
         d=\"M0 60h960M0 .5h960\" vector-effect=\"non-scaling-stroke\"/>",
        number(most),
        half(most),
    );
    for (index, counts) in steps.iter().enumerate() {
        if counts.iter().all(|count| *count == 0) {
            continue;
        }
        let left = width * as_f64(index as u64);
        let words: Vec<String> =
            shown.iter().map(|place| format!("{} {}", number(counts[*place]), STACK[*place].2)).collect();
        let label = format!("{}: {}", period.words(index), words.join(", "));
        // Writing to a `String` cannot fail.
        let _ = write!(
            svg,
            "<a href=\"{}\" aria-label=\"{label}\" tabindex=\"-1\"><title>{label}</title><rect x=\"{left:.1}\" \
             width=\"{width:.1}\" height=\"120\" fill=\"transparent\"/>",
            escaped(&link(period.start(index), period.start(index + 1)))
        );
        let mut top = HEIGHT;
        for place in shown.iter().copied().filter(|place| counts[*place] > 0) {
            let height = HEIGHT * as_f64(counts[place]) / as_f64(most);
            top -= height;
            let (x, bar) = (width.mul_add(0.1, left), width * 0.8);
            let shape = format!(
                "x=\"{x:.1}\" y=\"{top:.1}\" width=\"{bar:.1}\" height=\"{:.1}\"",
                (height - 1.0).max(1.0)
            );
            let class = STACK[place].1;
            let _ = write!(svg, "<rect class=\"bar {class}\" {shape}/>");
            if class == "c-unk" {
                let _ = write!(svg, "<rect {shape} fill=\"url(#hatch)\"/>");
            }
        }
        svg.push_str("</a>");
    }
    svg.push_str("</svg>");
    svg + &period.axis()
}

/// How long runs took that the function answered.
pub struct DurationChart {
    /// The plot.
    pub plot: Markup,
    /// The median and the 95th percentile of the whole period; `None` if no function answered.
    pub whole: Option<(String, String)>,
}

impl DurationChart {
    /// The chart of these buckets.
    pub fn new(period: &Period, buckets: &[ChartBucket]) -> Self {
        let answered = buckets
            .iter()
            .filter(|bucket| matches!(bucket.state, RunState::Succeeded | RunState::FunctionFailed));
        let mut steps: BTreeMap<usize, Histogram> = BTreeMap::new();
        let mut whole = Histogram::default();
        for bucket in answered {
            if let Some(index) = period.index(bucket.start) {
                steps.entry(index).or_default().merge(&bucket.durations);
                whole.merge(&bucket.durations);
            }
        }
        let points = |share: f64| -> Vec<(usize, f64)> {
            steps.iter().filter_map(|(index, all)| Some((*index, all.quantile_ms(share)?))).collect()
        };
        let (half, most) = (points(0.5), points(0.95));
        let top = most.iter().map(|(_, ms)| *ms).fold(1.0, f64::max);
        let shown = |share: f64| whole.quantile_ms(share).map(in_words);
        let numbers = shown(0.5).zip(shown(0.95));
        let label = numbers.as_ref().map_or_else(
            || "Duration: no function answered".to_owned(),
            |(half, most)| format!("Duration: half of the runs within {half}, 95 of 100 within {most}"),
        );
        let svg = format!(
            "<div class=\"yax\"><span>{}</span><span>{}</span><span>0</span></div><svg class=\"plotsvg\" \
             viewBox=\"0 0 960 64\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\"><path class=\"axis\" \
             d=\"M0 32h960M0 .5h960\" vector-effect=\"non-scaling-stroke\"/>{}{}</svg>{}",
            in_words(top),
            in_words(top / 2.0),
            line("l-b", &most, top, period.steps()),
            line("l-a", &half, top, period.steps()),
            period.axis()
        );
        Self { plot: Safe(svg), whole: numbers }
    }
}

fn line(class: &str, points: &[(usize, f64)], top: f64, steps: usize) -> String {
    let width = 960.0 / as_f64(steps as u64);
    let at = |(index, ms): &(usize, f64)| {
        format!("{:.0},{:.1}", width * (as_f64(*index as u64) + 0.5), (ms / top).mul_add(-62.0, 63.0))
    };
    let mut points: Vec<String> = points.iter().map(at).collect();
    if let [only] = points.as_slice() {
        // One point is a short line, or it would not be seen.
        let (x, y) = only.split_once(',').unwrap_or_default();
        points.push(format!("{},{y}", x.parse::<f64>().unwrap_or_default() + 8.0));
    }
    format!(
        "<polyline class=\"{class}\" points=\"{}\" vector-effect=\"non-scaling-stroke\"/>",
        points.join(" ")
    )
}

fn in_words(ms: f64) -> String {
    took(Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default())
}

/// The next number from 1, 2, 5 times a power of ten, so that the middle of the axis is a short number.
fn nice(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for factor in [2, 4, 10] {
            let limit = power.saturating_mul(factor);
            if most <= limit {
                return limit;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn half(most: u64) -> String {
    number(most / 2)
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs are far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn bucket(start: &str, state: RunState, count: u64) -> ChartBucket {
        let mut durations = Histogram::default();
        durations.add(Histogram::bin(Duration::from_millis(900)), count);
        ChartBucket { start: time(start), state, durations }
    }

    fn day() -> Period {
        Period::new(time("2026-01-13T03:00:00Z"), time("2026-01-14T03:00:00Z"), time("2026-01-14T03:00:00Z"))
    }

    #[test]
    fn bars_add_up_and_link_to_their_step() {
        let buckets = [
            bucket("2026-01-13T12:05:00Z", RunState::Succeeded, 3),
            bucket("2026-01-13T12:10:00Z", RunState::FunctionFailed, 1),
            bucket("2026-01-13T12:20:00Z", RunState::Unknown, 1),
            bucket("2020-01-01T00:00:00Z", RunState::Unknown, 9),
        ];
        let chart = OutcomeChart::new(&day(), &buckets, |from, to| format!("/runs?from={from}&to={to}"));
        assert_eq!(chart.sentence(), "5 runs ended in this period: 1 failed, 1 with an unknown outcome.");
        let Safe(plot) = &chart.plot;
        assert_eq!(plot.matches("<a ").count(), 1);
        assert!(plot.contains("from=2026-01-13T12:00:00Z&#38;to=2026-01-13T12:30:00Z"), "{plot}");
        assert!(plot.contains("2026-01-13 12:00 to 12:30 UTC: 3 succeeded, 1 unknown, 1 failed"), "{plot}");
        assert_eq!(chart.rows.len(), 1);
        assert_eq!(chart.rows[0].1, ["3", "1", "1"]);
    }

    #[test]
    fn percentiles_are_those_of_what_the_function_answered() {
        let buckets = [
            bucket("2026-01-13T12:05:00Z", RunState::Succeeded, 3),
            bucket("2026-01-13T12:05:00Z", RunState::Unknown, 3),
        ];
        let chart = DurationChart::new(&day(), &buckets);
        assert!(chart.whole.is_some());
        let none = DurationChart::new(&day(), &buckets[1..]);
        assert_eq!(none.whole, None);
        assert!(none.plot.0.contains("no function answered"));
    }

    #[test]
    fn a_long_period_has_few_steps() {
        let now = time("2026-01-14T03:00:00Z");
        for (since, bucket) in [
            ("2026-01-14T02:00:00Z", BucketLength::FiveMinutes),
            ("2026-01-13T03:00:00Z", BucketLength::FiveMinutes),
            ("2026-01-07T03:00:00Z", BucketLength::Hour),
            ("2025-12-15T03:00:00Z", BucketLength::Day),
            ("2016-01-14T03:00:00Z", BucketLength::Day),
        ] {
            let period = Period::new(time(since), now, now);
            assert_eq!(period.bucket, bucket, "{since}");
            assert!((10..130).contains(&period.steps()), "{since}: {}", period.steps());
        }
        let old = Period::new(time("2025-06-01T00:00:00Z"), time("2025-06-01T01:00:00Z"), now);
        assert_eq!(old.bucket, BucketLength::Hour, "short buckets are not kept");
    }
}
