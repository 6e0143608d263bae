//! The parts that pages share. Only here is markup built outside of templates, from values that cannot contain any.

mod chart;
mod command;
mod escape;
mod json;
mod marks;
mod state;
mod text;
mod time;

pub use chart::{DurationChart, OutcomeChart, Period};
pub use command::{as_body, as_words};
pub use escape::{Shown, as_content, escaped};
pub use json::{Cut, MOST_SHOWN, cut_text, pretty_json};
pub use marks::marks;
pub use state::{badge, icon, look, state_badge};
pub use text::{count, money, number, took};
pub use time::{ago, date, exact, exact_text, took_ms};

/// Markup that is shown as it is.
pub type Markup = askama::filters::Safe<String>;
