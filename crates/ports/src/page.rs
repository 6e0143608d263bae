//! Listings that come in pages.

/// Some things in the provider's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end. A page may be empty and not the last.
    pub next_marker: Option<String>,
}
