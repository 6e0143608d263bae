//! What a job, a run and its outcome are: pure rules, no IO.
