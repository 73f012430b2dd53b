//! Tickets as people write them, and what has to follow from them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what stands beside the test functions is test code too"
)]

mod bounds;
mod denials;
mod examples;
mod organisation;
mod parents;
mod patients;
mod payments;
mod prompts;
mod registration;
mod relevance;
mod several_frameworks;
mod ticket;
mod validation;
mod wire;
