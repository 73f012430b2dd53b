//! One client of Jira's REST interface. Its credentials differ; its calls do so only where Jira Data Center's interface
//! is another than Cloud's, which the credential tells.
//!
//! Every call is listed in [`operations`] and made through it. Of a site the client keeps nothing but what
//! Jira refused and what the calls cost: what has to wait is not sent, and the error says how long. Whether
//! to try again is the caller's decision, except for one wait of at most two seconds within a call.

mod app_field;
mod approval_step;
mod budget;
mod capture;
mod client;
mod clock;
mod comment;
mod error;
mod field_text;
mod history;
mod hold_off;
mod issue;
mod limits;
mod notice;
pub mod operations;
mod paging;
mod permission;
mod project;
mod property;
mod rate_limit;
mod remote_link;
mod role;
mod search;
mod search_by_position;
mod server_info;
mod site;
mod status;
mod user;
mod worklog;

pub use app_field::AppField;
pub use approval_step::{ApprovalStep, StepAnswer};
pub use budget::Quota;
pub use capture::{CustomFields, Field, RiskFields};
pub use client::{Client, HttpSettings, NoClient, SiteClient, Written};
pub use clock::Clock;
pub use comment::{Comment, CommentDraft, MARK_PROPERTY, NotAMark, OutboxMark};
pub use error::RestError;
pub use history::{Histories, History, HistoryItem, instant_ms};
pub use issue::TicketName;
pub use limits::{LimitsNow, PointsSpent, Waiting};
pub use notice::Notice;
pub use operations::Operation;
pub use permission::TicketPermissions;
pub use project::Project;
pub use property::{NotAProperty, PropertyKey, PropertyValue};
pub use rate_limit::{RateLimitReason, RateLimitScope};
pub use remote_link::{NotALink, RemoteLink};
pub use role::{Group, Role, RoleActors};
pub use search::{FoundTicket, PageToken, SearchPage, TicketPage};
pub use site::{ApiToken, Credential, PersonalToken, Site};
pub use status::Status;
pub use user::{AccountKind, User};
pub use worklog::Worklog;
