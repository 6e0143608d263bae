//! The pages as a browser gets them.

mod browser;
mod markup;
mod seed;

mod access;
mod events;
mod every_page;
mod hostile;
mod jobs;
mod runs;
