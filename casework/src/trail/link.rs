//! A link as the API shows it: what the ticket said when it was linked, and who approved it since.

use record::entries::Payload;
use record::ids::{EventId, TenantId};
use record::scale::Severity;
use record::state::{ApprovalState, Link};
use serde::Serialize;
use serde_json::Value;
use store::{Db, StoreError};
use utoipa::ToSchema;

use super::proven::{Proven, Standing};
use crate::linking::{ASSIGNEE, REPORTER, TICKET, why_not_on_ticket};
use crate::ticket_page::page_of;

/// A ticket that belongs to an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// The link's own entry.
    #[schema(value_type = String)]
    pub id: EventId,
    /// What is linked.
    #[serde(rename = "type")]
    #[schema(example = "JIRA_TICKET")]
    pub kind: &'static str,
    /// The key by which the ticket was named.
    #[schema(example = "AI-GOV-142")]
    pub external_id: String,
    /// Where the ticket is.
    pub url: Option<String>,
    /// RESOLVED if Jira showed the ticket, else UNRESOLVED.
    pub state: &'static str,
    /// Where the ticket was named: COMMIT_MESSAGE, BRANCH, MANUAL, …
    pub found_in: &'static str,
    /// When the ticket was read.
    pub fetched_at: Option<String>,
    /// What the ticket said then. Nothing of one that a security level hides.
    pub data: TicketData,
    /// What the caller of a manual link says of it; nobody checked that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub asserted: Option<Value>,
    /// Why the issue itself shows no link to the event, where it was to show one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_on_ticket: Option<String>,
    /// How much it matters, by its ticket.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Whether it was revoked.
    pub revoked: bool,
    /// What was found when the link's entry was looked at.
    pub standing: Standing,
}

/// What a ticket said when it was linked, and the approvals that count now.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketData {
    /// What it said.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub detail: Option<Value>,
    /// Who worked on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<String>,
    /// The approvals that count now.
    pub approvals: Vec<ApprovalView>,
}

/// An approval that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalView {
    /// Its HUMAN_REVIEW entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// Who approved: that person's name as it was then, or the random id where it was erased.
    pub approver: String,
    /// In what role.
    pub role: String,
    /// When.
    pub approved_at: String,
}

/// The most links of an event that are shown.
const MOST_SHOWN: usize = 25;

/// An event's first links, revoked ones among them.
pub(super) fn links_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    event: &EventId,
) -> Result<Vec<LinkView>, StoreError> {
    let links = db.links_of_event(tenant, event)?;
    let views = links
        .iter()
        .take(MOST_SHOWN)
        .map(|link| link_view(db, tenant, link));
    views.filter_map(Result::transpose).collect()
}

/// A link; none if its entry is no link.
pub(crate) fn link_view(
    db: &mut Db<'_>,
    tenant: &TenantId,
    link: &Link,
) -> Result<Option<LinkView>, StoreError> {
    let Some(row) = db.entry(tenant, link.seq)? else {
        return Ok(None);
    };
    let Payload::LinkAdded(added) = Payload::parse(&row.entry.kind, &row.entry.payload)? else {
        return Ok(None);
    };
    let proven = Proven::of(db, tenant, &row, false)?;
    let mut text = |name: &str| -> Result<Option<String>, StoreError> {
        let value = db.beside(tenant, &row.entry, name)?;
        Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
    };
    let (assignee, reporter) = (text(ASSIGNEE)?, text(REPORTER)?);
    let data = TicketData {
        detail: db.beside(tenant, &row.entry, TICKET)?,
        assignee,
        reporter,
        approvals: match &link.ticket {
            Some((site, issue)) => approvals_of(db, tenant, site, issue)?,
            None => Vec::new(),
        },
    };
    let not_on_ticket = match &added.ticket {
        Some(ticket) => why_not_on_ticket(db, tenant, ticket, &added.event)?,
        None => None,
    };
    Ok(Some(LinkView {
        id: link.link.clone(),
        kind: "JIRA_TICKET",
        external_id: added.ticket_key.to_string(),
        url: match &added.ticket {
            Some(ticket) => page_of(db, tenant, &ticket.site, &ticket.key)?,
            None => None,
        },
        state: match added.ticket {
            Some(_) => "RESOLVED",
            None => "UNRESOLVED",
        },
        found_in: added.found_in.as_str(),
        fetched_at: added.fetched_at,
        data,
        asserted: db.beside(tenant, &row.entry, "asserted")?,
        not_on_ticket,
        severity: row.entry.severity.parse().unwrap_or(Severity::Info),
        revoked: link.revoked,
        standing: proven.standing,
    }))
}

/// The approvals of a ticket that count now.
pub(super) fn approvals_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &record::ids::SiteId,
    issue: &record::ids::IssueId,
) -> Result<Vec<ApprovalView>, StoreError> {
    let mut views = Vec::new();
    for approval in db.approvals(tenant, site, issue)? {
        if approval.state != ApprovalState::Counting || approval.decision != "APPROVED" {
            continue;
        }
        let name = match db.entry(tenant, approval.seq)? {
            Some(row) => db.beside(tenant, &row.entry, "displayName")?,
            None => None,
        };
        let name = name.and_then(|name| name.as_str().map(str::to_owned));
        views.push(ApprovalView {
            event: approval.event,
            approver: name.unwrap_or_else(|| approval.reviewer.to_string()),
            role: approval.role,
            approved_at: approval.reviewed_at,
        });
    }
    Ok(views)
}
