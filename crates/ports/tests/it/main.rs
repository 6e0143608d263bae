//! The ports as their users meet them.

mod records;
