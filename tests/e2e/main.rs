//! The programs working together: the real server on real ports, a Jira look-alike on the other side, and
//! the real verifier over what came of it. Each story ends with a verdict on the ledger.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way, and says what it saw"
)]

mod access_matrix;
mod acknowledgements;
mod api;
mod api_access;
mod api_events;
mod api_fields;
mod api_jira;
mod api_jira_account;
mod api_jira_secrets;
mod api_links;
mod api_trail;
mod approval_steps;
mod assessment;
mod assistants;
mod building;
mod catalog_change;
mod claim_checks;
mod command_line;
mod commit_statuses;
mod convergence;
mod corrections;
mod coverage;
mod data_center;
mod data_center_access;
mod deputies;
mod descriptor;
mod emergency;
mod events;
mod evidence;
mod feeds;
mod forge;
mod forgery;
mod gate;
mod gate_accused;
mod gate_tampered;
mod gate_unread;
mod github_look_alike;
mod heard;
mod integrations_page;
mod invocation;
mod keep;
mod key_desk;
mod lent_rights;
mod licence;
mod lifecycle;
mod lost_replies;
mod mailbox;
mod mails;
mod monitoring;
mod notices;
mod outage;
mod panel;
mod program;
mod rechecks;
mod reports;
mod review;
mod rules;
mod rules_of_code;
mod same_site;
mod scan;
mod settings;
mod signing;
mod storm;
mod tenants;
mod terminal;
mod tools;
mod trailers;
mod verdicts;
mod waivers;
mod webhook;
mod whole;
mod withdrawn;
mod work;
mod world;
