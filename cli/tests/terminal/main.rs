//! The program itself, against a server of a few lines on a free port. What the real server answers is for the
//! end-to-end tests; here it is what is sent, what is said, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test ends where its ground gives way")]

mod assistants;
mod calls;
mod foreign_files;
mod gate;
mod history;
mod key;
mod program;
mod reading;
mod server;
mod sync;
mod tickets;
mod trace;
mod writing;
