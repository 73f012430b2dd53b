//! The gate, for whoever asks before a merge or a deployment: open only if every ticket has an approval that counts, and
//! every commit is recorded and belongs to such a ticket. For each reason that it is shut, a sentence and what to do.

mod reasons;

use std::collections::BTreeSet;

use record::entries::{Enforcement, IntegrationState, Payload, Reporter};
use record::ids::{CommitSha, EventId, ProjectKey, SiteId, TenantId, TicketKey};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use crate::Casework;
use crate::error::CaseError;
use crate::events::subject_of_commit;
use crate::gate::enforcement_for;
use crate::times::instant;
use reasons::{
    commit_unknown, not_linked_yet, not_read_yet, nothing_asked, project_not_read, released,
    shut_by, site_gone, site_not_read, ticket_unknown, too_much, unresolved, without_ticket,
};

/// How long a site whose readings fail counts as read: what the usual schedule makes of three of them.
const LONGEST_UNREAD_MS: i64 = 15 * 60 * 1_000;
/// The most entries that are looked up for one commit.
const MOST_ABOUT: i64 = 1_000;

/// Open or shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GateState {
    /// Everything that was asked about may go ahead.
    Open,
    /// Something may not.
    Closed,
}

/// How the gate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateView {
    /// Open or shut.
    pub state: GateState,
    /// The tickets that were asked about or that commits belong to.
    pub tickets: Vec<String>,
    /// Why it is shut; empty if it is open.
    pub reasons: Vec<GateReason>,
    /// What would keep it shut, and does not: of tickets in projects whose settings only observe, and of those that were
    /// released in an emergency, as RELEASED.
    pub observed: Vec<GateReason>,
}

/// Why the gate is shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateReason {
    /// The kind of reason: TICKET_UNKNOWN, TICKET_DELETED, NOT_APPROVED, MORE_APPROVALS, REJECTED, APPROVAL_STALE,
    /// NOT_READ_YET, SITE_NOT_READ, SITE_GONE, PROJECT_NOT_READ, COMMIT_UNKNOWN, COMMIT_WITHOUT_TICKET,
    /// TICKET_UNRESOLVED, NOT_LINKED_YET, TOO_MUCH_RECORDED, NOTHING_ASKED.
    pub code: &'static str,
    /// The ticket or commit.
    pub about: String,
    /// What is the matter.
    pub sentence: String,
    /// The next thing to do.
    pub next: String,
}

impl Casework {
    /// How the gate stands for these tickets and commits together.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn gate(
        &self,
        tenant: &TenantId,
        tickets: Vec<TicketKey>,
        commits: Vec<CommitSha>,
    ) -> Result<GateView, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let (mut reasons, mut observed) = (Vec::new(), Vec::new());
            if tickets.is_empty() && commits.is_empty() {
                reasons.push(nothing_asked());
            }
            let mut about: BTreeSet<TicketKey> = tickets.into_iter().collect();
            let by_code_host = db.code_hosts(&tenant)?.into_iter().flatten();
            let by_code_host = by_code_host
                .into_iter()
                .any(|host| host.state == IntegrationState::Enabled);
            for commit in commits {
                let judged = judge(db, &tenant, &commit, by_code_host)?;
                reasons.extend(judged.reasons);
                about.extend(judged.tickets);
            }
            let (sites, now) = (db.sites_in_use(&tenant)?, store::now());
            for key in &about {
                let known = db.tickets_by_key(&tenant, key)?;
                if known.is_empty() {
                    reasons.push(match is_read(db, &tenant, &sites, &key.project())? {
                        true => ticket_unknown(key),
                        false => project_not_read(key),
                    });
                }
                for ticket in &known {
                    match enforcement_for(db, &tenant, ticket)? {
                        Enforcement::Enforce => match ticket.released_at(&now) {
                            Some(until) if !ticket.deleted => observed.push(released(key, until)),
                            _ => reasons.extend(shut_by(db, &tenant, ticket)?),
                        },
                        Enforcement::Observe => observed.extend(shut_by(db, &tenant, ticket)?),
                        Enforcement::Off => {}
                    }
                    if !sites.contains(&ticket.site) {
                        reasons.push(site_gone(key));
                    } else if db.ticket_has_news(&tenant, &ticket.site, &ticket.issue)? {
                        reasons.push(not_read_yet(key));
                    } else if let Some(unread) = unread(db, &tenant, &ticket.site)? {
                        reasons.push(site_not_read(key, &unread));
                    }
                }
            }
            let state = match reasons.is_empty() {
                true => GateState::Open,
                false => GateState::Closed,
            };
            Ok(GateView {
                state,
                tickets: about.iter().map(ToString::to_string).collect(),
                reasons,
                observed,
            })
        });
        Ok(read.await?)
    }
}

/// Whether some site of these is read in this project: those with the app are read in all.
fn is_read(
    db: &mut Db<'_>,
    tenant: &TenantId,
    sites: &[SiteId],
    project: &ProjectKey,
) -> Result<bool, StoreError> {
    for site in sites {
        let opened = db.jira_integration(tenant, site)?;
        let opened = opened.filter(|it| it.state == IntegrationState::Enabled);
        if opened.is_none_or(|it| it.projects.contains(project)) {
            return Ok(true);
        }
    }
    Ok(sites.is_empty())
}

/// Since when a site cannot be read.
enum Unread {
    /// It was read to the end then, and not since.
    Since(String),
    /// It never was.
    Ever,
}

/// Whether the readings of a site that a token opens fail, for too long: nobody knows what happened there, and a webhook
/// alone does not say it, since decisions are read in Jira.
fn unread(db: &mut Db<'_>, tenant: &TenantId, site: &SiteId) -> Result<Option<Unread>, StoreError> {
    let opened = db.jira_integration(tenant, site)?;
    if opened.is_none_or(|it| it.state != IntegrationState::Enabled) {
        return Ok(None);
    }
    let read = db.sync_state(tenant, site)?.unwrap_or_default();
    let too_long_ago = instant(store::now_ms() - LONGEST_UNREAD_MS);
    Ok(match (read.last_error, read.synced_at) {
        (Some(_), None) => Some(Unread::Ever),
        (Some(_), Some(since)) if since < too_long_ago => Some(Unread::Since(since)),
        _ => None,
    })
}

/// What was found of a commit.
#[derive(Default)]
struct Judged {
    tickets: BTreeSet<TicketKey>,
    reasons: Vec<GateReason>,
}

/// The tickets that a commit belongs to, by links that hold. Where there is a code host, what others report of a commit is
/// not what was pushed. What cannot be looked through to the end, or is not yet, keeps the gate shut.
fn judge(
    db: &mut Db<'_>,
    tenant: &TenantId,
    commit: &CommitSha,
    by_code_host: bool,
) -> Result<Judged, StoreError> {
    let mut judged = Judged::default();
    let about = db.positions_about(tenant, &subject_of_commit(commit), MOST_ABOUT)?;
    if about.len() as i64 == MOST_ABOUT {
        judged.reasons.push(too_much(commit));
        return Ok(judged);
    }
    let mut recorded = false;
    for seq in about {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        let by = said.reported().map(|reported| &reported.by);
        if by_code_host && !matches!(by, Some(Reporter::CodeHost(_))) {
            continue;
        }
        recorded = true;
        let id: EventId = row
            .entry
            .id
            .parse()
            .map_err(|_| StoreError::Row("entries"))?;
        if db.event_waits(tenant, &id)? {
            judged.reasons.push(not_linked_yet(commit));
        }
        for link in db
            .links_of_event(tenant, &id)?
            .into_iter()
            .filter(|link| !link.revoked)
        {
            match &link.ticket {
                // By its present key: tickets move.
                Some((site, issue)) => {
                    let now = db.ticket(tenant, site, issue)?.map(|row| row.ticket.key);
                    judged.tickets.insert(now.unwrap_or(link.ticket_key));
                }
                None => judged.reasons.push(unresolved(commit, &link.ticket_key)),
            }
        }
    }
    if !recorded {
        judged.reasons.push(commit_unknown(commit));
    } else if judged.tickets.is_empty() && judged.reasons.is_empty() {
        judged.reasons.push(without_ticket(commit));
    }
    Ok(judged)
}
