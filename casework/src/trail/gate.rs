//! The gate, for whoever asks before a merge or a deployment: open only if every ticket has an approval that counts, and
//! every commit is recorded and belongs to such a ticket. For each reason that it is shut, a sentence and what to do.

use std::collections::BTreeSet;

use record::entries::{Enforcement, IntegrationState, Payload, Reporter};
use record::ids::{CommitSha, EventId, TenantId, TicketKey};
use record::state::{Ticket, TicketApproval};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use crate::Casework;
use crate::error::CaseError;
use crate::events::subject_of_commit;
use crate::gate::enforcement_for;
use crate::lately::{Lately, stale_in_words};
use crate::panel::not_counted;
use crate::times::minute;

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
    /// NOT_READ_YET, SITE_GONE, COMMIT_UNKNOWN, COMMIT_WITHOUT_TICKET, TICKET_UNRESOLVED, NOT_LINKED_YET,
    /// TOO_MUCH_RECORDED, NOTHING_ASKED.
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
                    reasons.push(ticket_unknown(key));
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

/// Why a ticket keeps the gate shut, if it does.
fn shut_by(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Option<GateReason>, StoreError> {
    if !ticket.deleted && ticket.approval == TicketApproval::Approved {
        return Ok(None);
    }
    let key = &ticket.key;
    let lately = Lately::of(db, tenant, ticket)?;
    let (code, mut sentence, next) = match ticket.approval {
        _ if ticket.deleted => (
            "TICKET_DELETED",
            format!("{key} was deleted in Jira."),
            "Link the change to an issue that exists.",
        ),
        TicketApproval::None | TicketApproval::Approved => (
            "NOT_APPROVED",
            format!("Nobody has approved {key}."),
            "Ask an approver of the project to approve it: by a comment that begins with /approve, or in the issue's \
             Countersign panel if the site has the app.",
        ),
        TicketApproval::Partly => (
            "MORE_APPROVALS",
            format!("{key} has an approval and needs another one."),
            "Ask somebody else who may approve; the issue's Countersign panel says how many are needed, and of which group.",
        ),
        TicketApproval::Rejected => (
            "REJECTED",
            format!("{key} was rejected."),
            "Read the reason, change the issue, and ask an approver of the project again.",
        ),
        TicketApproval::Stale => (
            "APPROVAL_STALE",
            format!("{}.", stale_in_words(lately.stale, key.as_str())),
            "Ask an approver of the project to look at the issue as it is now, and to approve it again.",
        ),
    };
    let mut next = next.to_owned();
    if let (Some(why), false) = (lately.not_counted, ticket.deleted) {
        sentence.push_str(&format!(" {}.", not_counted(why)));
        next.push_str(&format!(
            " `countersign show {key}` says whose decision does not count."
        ));
    }
    Ok(Some(GateReason {
        code,
        about: key.to_string(),
        sentence,
        next,
    }))
}

fn released(key: &TicketKey, until: &str) -> GateReason {
    reason(
        "RELEASED",
        key.as_str(),
        format!(
            "{key} was released in an emergency until {}, and is not approved.",
            minute(until)
        ),
        "Ask an approver of the project to decide on it before that.",
    )
}

fn ticket_unknown(key: &TicketKey) -> GateReason {
    GateReason {
        code: "TICKET_UNKNOWN",
        about: key.to_string(),
        sentence: format!("Countersign has not read {key}."),
        next: "Check the key. If it is right, edit the issue or comment on it, or have its site read (`countersign sync`)."
            .to_owned(),
    }
}

fn commit_unknown(commit: &CommitSha) -> GateReason {
    GateReason {
        code: "COMMIT_UNKNOWN",
        about: commit.to_string(),
        sentence: format!("The commit {commit} is not recorded."),
        next: "Give the whole hash, push the commit to the code host, and check that its webhook reaches Countersign."
            .to_owned(),
    }
}

fn without_ticket(commit: &CommitSha) -> GateReason {
    GateReason {
        code: "COMMIT_WITHOUT_TICKET",
        about: commit.to_string(),
        sentence: format!("The commit {commit} belongs to no issue that Jira shows."),
        next: "Name the issue's key in the commit message, or link it with `countersign link`."
            .to_owned(),
    }
}

fn nothing_asked() -> GateReason {
    GateReason {
        code: "NOTHING_ASKED",
        about: String::new(),
        sentence: "No issue and no commit was named.".to_owned(),
        next: "Name an issue's key, or a range of commits that is not empty.".to_owned(),
    }
}

fn reason(code: &'static str, about: &str, sentence: String, next: &str) -> GateReason {
    GateReason {
        code,
        about: about.to_owned(),
        sentence,
        next: next.to_owned(),
    }
}

fn unresolved(commit: &CommitSha, key: &TicketKey) -> GateReason {
    reason(
        "TICKET_UNRESOLVED",
        commit.as_str(),
        format!("The commit {commit} names {key}, which Jira does not show."),
        "Make the issue visible to Countersign, or revoke that link with the reason.",
    )
}

fn too_much(commit: &CommitSha) -> GateReason {
    reason(
        "TOO_MUCH_RECORDED",
        commit.as_str(),
        format!("More is recorded of the commit {commit} than can be looked through."),
        "Ask the gate about its issues instead, and see who reports so much.",
    )
}

fn not_linked_yet(commit: &CommitSha) -> GateReason {
    reason(
        "NOT_LINKED_YET",
        commit.as_str(),
        format!("The issues that the commit {commit} names are still being looked up."),
        "Ask again in a minute.",
    )
}

fn not_read_yet(key: &TicketKey) -> GateReason {
    reason(
        "NOT_READ_YET",
        key.as_str(),
        format!("{key} has news that Countersign has not read yet."),
        "Ask again in a minute.",
    )
}

fn site_gone(key: &TicketKey) -> GateReason {
    reason(
        "SITE_GONE",
        key.as_str(),
        format!("Countersign hears no more of the site of {key}."),
        "Install the app there again, or connect the site.",
    )
}
