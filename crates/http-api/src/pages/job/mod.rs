//! One job: its form, its parameters, its settings.

mod fields;
mod form;
mod head;
mod new;
mod parameters;
mod settings;

pub use form::{run, show_form};
pub use new::{create, show_new};
pub use parameters::{save_parameters, show_parameters};
pub use settings::{remove, save_settings, show_settings};
