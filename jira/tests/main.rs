//! What is Atlassian's, held to vectors, to a Jira look-alike and to answers made up. One program for all of it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way"
)]

mod descriptor;
mod fake_http;
mod install;
mod invocation;
mod jwt_guards;
mod jwt_vectors;
mod limited_site;
mod manifest_scopes;
mod qsh_vectors;
mod rest_budget;
mod rest_data_center;
mod rest_hold_offs;
mod rest_paging;
mod rest_people;
mod rest_positions;
mod rest_refusals;
mod rest_tickets;
mod rest_transport;
mod sandbox_site;
mod searchable;
mod vectors;
mod webhooks;
