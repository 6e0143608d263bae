//! The embedded store: runs and jobs in one SQLite file.
