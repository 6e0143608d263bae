//! The use cases: one file per verb, the only place where effects are ordered.
