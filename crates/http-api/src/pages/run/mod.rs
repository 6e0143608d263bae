//! One run in every state.

mod again;
mod cards;
mod page;
mod steps;
mod verdict;

pub use again::arguments_of;
pub use page::{cards, find, note, own_settings, run_again, show_run_by_id, show_run_page, verdict_event};
pub use verdict::in_words;
