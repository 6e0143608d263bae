//! The real clock, sleep, ids, paths and environment: the only ambient authority.
