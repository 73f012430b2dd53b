//! A local Jira Cloud look-alike that speaks the real protocols: Connect lifecycle with signed install,
//! query-string hashes, context tokens, webhooks with retries, and the part of the REST API that companion apps
//! use. It can be a Jira Data Center as well, as far as its REST API and webhooks go. Its world lives in memory and ends
//! with it.
//!
//! It deliberately shares no code with the apps it tests, knows no SQL, and evaluates no workflow conditions.
//! It trusts whoever can reach it: bind it to a loopback address.

mod actions;
mod adf;
mod clock;
mod config;
mod connect;
mod control;
mod fault;
mod forge;
mod handle;
mod host;
mod jql;
mod refusal;
mod rest;
mod server;
mod site;
mod view;
mod webhook;
mod world;

pub use actions::Actions;
pub use config::{Action, ActionError, Config, Deployment};
pub use connect::descriptor::DescriptorError;
pub use connect::lifecycle::{Installed, LifecycleError};
pub use connect::token::{RawToken, TokenError, TokenKey};
pub use fault::{Fault, FaultKind, RequestLine};
pub use forge::FORGE_APP;
pub use handle::{NotIdle, Sandbox};
pub use refusal::{LimitReason, Refusal};
pub use server::StartError;
pub use webhook::{Delivery, DeliveryState, EventKind, Flow, ReleaseOrder};
pub use world::{
    ALICE, APPROVERS_GROUP, APPROVERS_ROLE, AccountId, BEN, CARLA, DAN, ERIN, Edit, IssueRef,
    IssueType, NewIssue, Permission, Priority, RoleActor, Status, WorldError,
};
