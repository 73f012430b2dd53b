//! The sandbox seen from outside: a tiny app is installed in it and everything goes over HTTP.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way"
)]

mod faults;
mod install;
mod lookup;
mod pages;
mod rest;
mod tiny_app;
mod webhooks;
