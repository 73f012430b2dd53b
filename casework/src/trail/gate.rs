//! The gate, for whoever asks before a merge or a deployment: open only if every ticket has an approval that counts, and
//! every commit is recorded and belongs to such a ticket. For each reason that it is shut, a sentence and what to do.

use std::collections::BTreeSet;

use record::ids::{CommitSha, EventId, TenantId, TicketKey};
use record::state::{Ticket, TicketApproval};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use crate::Casework;
use crate::error::CaseError;
use crate::events::subject_of_commit;

/// The most entries that are looked up for one commit.
const MOST_ABOUT: i64 = 100;

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
}

/// Why the gate is shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateReason {
    /// The kind of reason: TICKET_UNKNOWN, TICKET_DELETED, NOT_APPROVED, REJECTED, APPROVAL_STALE, COMMIT_UNKNOWN,
    /// COMMIT_WITHOUT_TICKET, NOTHING_ASKED.
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
            let mut reasons = Vec::new();
            if tickets.is_empty() && commits.is_empty() {
                reasons.push(nothing_asked());
            }
            let mut about: BTreeSet<TicketKey> = tickets.into_iter().collect();
            for commit in commits {
                match tickets_of(db, &tenant, &commit)? {
                    None => reasons.push(commit_unknown(&commit)),
                    Some(of_it) if of_it.is_empty() => reasons.push(without_ticket(&commit)),
                    Some(of_it) => about.extend(of_it),
                }
            }
            for key in &about {
                let known = db.tickets_by_key(&tenant, key)?;
                if known.is_empty() {
                    reasons.push(ticket_unknown(key));
                }
                reasons.extend(known.iter().filter_map(shut_by));
            }
            let state = match reasons.is_empty() {
                true => GateState::Open,
                false => GateState::Closed,
            };
            Ok(GateView {
                state,
                tickets: about.iter().map(ToString::to_string).collect(),
                reasons,
            })
        });
        Ok(read.await?)
    }
}

/// The tickets that a commit belongs to, by links that hold; none if the commit is not recorded.
fn tickets_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    commit: &CommitSha,
) -> Result<Option<BTreeSet<TicketKey>>, StoreError> {
    let about = db.positions_about(tenant, &subject_of_commit(commit), MOST_ABOUT)?;
    if about.is_empty() {
        return Ok(None);
    }
    let mut keys = BTreeSet::new();
    for seq in about {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let id: EventId = row
            .entry
            .id
            .parse()
            .map_err(|_| StoreError::Row("entries"))?;
        for link in db.links_of_event(tenant, &id)? {
            if link.revoked {
                continue;
            }
            if let Some((site, issue)) = &link.ticket {
                // By its present key: tickets move.
                let now = db.ticket(tenant, site, issue)?.map(|row| row.ticket.key);
                keys.insert(now.unwrap_or(link.ticket_key));
            }
        }
    }
    Ok(Some(keys))
}

fn shut_by(ticket: &Ticket) -> Option<GateReason> {
    let key = &ticket.key;
    let reason = |code, sentence: String, next: &str| {
        Some(GateReason {
            code,
            about: key.to_string(),
            sentence,
            next: next.to_owned(),
        })
    };
    if ticket.deleted {
        let next = "Link the change to an issue that exists.";
        return reason(
            "TICKET_DELETED",
            format!("{key} was deleted in Jira."),
            next,
        );
    }
    match ticket.approval {
        TicketApproval::Approved => None,
        TicketApproval::None => reason(
            "NOT_APPROVED",
            format!("Nobody has approved {key}."),
            "Ask an approver of the project to approve it: in its Countersign panel, or by a comment that begins with \
             /approve.",
        ),
        TicketApproval::Rejected => reason(
            "REJECTED",
            format!("{key} was rejected."),
            "Read the reason, change the issue, and ask an approver of the project again.",
        ),
        TicketApproval::Stale => reason(
            "APPROVAL_STALE",
            format!("{key} changed after it was approved."),
            "Ask an approver of the project to look at the issue as it is now, and to approve it again.",
        ),
    }
}

fn ticket_unknown(key: &TicketKey) -> GateReason {
    GateReason {
        code: "TICKET_UNKNOWN",
        about: key.to_string(),
        sentence: format!("Countersign has not read {key}."),
        next: "Check the key. If it is right, edit the issue or comment on it, so that Countersign reads it."
            .to_owned(),
    }
}

fn commit_unknown(commit: &CommitSha) -> GateReason {
    GateReason {
        code: "COMMIT_UNKNOWN",
        about: commit.to_string(),
        sentence: format!("The commit {commit} is not recorded."),
        next: "Push it to the code host, and check that its webhook reaches Countersign."
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
