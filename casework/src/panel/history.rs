//! What happened to a ticket, from the entries about it.

use record::entries::{
    Correction, Decision, Found, GateState, LinkAdded, NotCounted, NoticeOutcome, Payload,
    Reviewer, SecurityTeamNotified, StaleReason, VerdictChange, WaiverEnd,
};
use record::ids::{CommitSha, TenantId};
use serde::Serialize;
use serde_json::Value;
use store::{Db, EntryRow, StoreError};

use crate::review::HIDDEN_COMMENT;
use crate::times::minute;

/// The most entries shown.
const MOST_LINES: i64 = 50;

/// One entry, in words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryLine {
    /// Its position.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it was received.
    pub at: String,
    /// What it says.
    pub what: String,
    /// Who, where somebody did it and is not erased.
    pub who: Option<String>,
    /// What that person wrote, where it is not erased.
    pub comment: Option<String>,
    /// The first digits of its hash.
    pub short_hash: String,
    /// Whether its bytes give the recorded hash; computed just now.
    pub intact: bool,
}

pub(crate) fn of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    subject: &str,
) -> Result<Vec<HistoryLine>, StoreError> {
    let mut lines = Vec::new();
    for seq in db.positions_about(tenant, subject, MOST_LINES)? {
        if let Some(row) = db.entry(tenant, seq)?
            && let Some(line) = line(db, tenant, &row)?
        {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// In what role somebody decided, and whether in somebody's place.
fn role_of(reviewer: &Reviewer) -> String {
    let role = &reviewer.role;
    match (&reviewer.in_place_of, &reviewer.speaks_for) {
        (Some(_), Some(group)) => format!("{role}, in the place of somebody of {group}"),
        (Some(_), None) => format!("{role}, in somebody's place"),
        (None, _) => role.clone(),
    }
}

fn line(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
) -> Result<Option<HistoryLine>, StoreError> {
    let entry = &row.entry;
    let payload = Payload::parse(&entry.kind, &entry.payload)?;
    let Some(what) = in_words(db, tenant, &payload)? else {
        return Ok(None);
    };
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    Ok(Some(HistoryLine {
        seq: entry.seq,
        id: entry.id.clone(),
        kind: entry.kind.clone(),
        at: entry.at.clone(),
        what,
        who: text(db.beside(tenant, entry, "displayName")?),
        comment: match text(db.beside(tenant, entry, "comment")?) {
            Some(comment) => Some(comment),
            None => text(db.beside(tenant, entry, HIDDEN_COMMENT)?),
        },
        short_hash: row.leaf.to_string()[..12].to_owned(),
        intact: row.intact,
    }))
}

/// What an entry about a ticket says, in words that hold nothing of what its people wrote; none of any other entry.
pub(crate) fn in_words(
    db: &mut Db<'_>,
    tenant: &TenantId,
    payload: &Payload,
) -> Result<Option<String>, StoreError> {
    let what = match payload {
        Payload::TicketAssessed(assessed) => {
            let verdict = format!("{}, risk {}", assessed.severity, assessed.risk_tenths);
            match assessed.change {
                VerdictChange::First => format!("Assessed: {verdict}"),
                VerdictChange::Raised => format!("Raised to {verdict}"),
                VerdictChange::Lowered => format!("Lowered to {verdict}"),
                VerdictChange::Changed => format!("Requirements changed at {verdict}"),
                VerdictChange::Confirmed => format!("Edited, still {verdict}"),
            }
        }
        Payload::HumanReview(review) => match review.decision {
            Decision::Approved => format!("Approved as {}", role_of(&review.reviewer)),
            Decision::Rejected => format!("Rejected as {}", role_of(&review.reviewer)),
            Decision::Withdrawn => {
                format!("Decision withdrawn as {}", role_of(&review.reviewer))
            }
        },
        Payload::ApprovalStale(stale) => match stale.reason {
            StaleReason::ContentChanged => "Approval stale: the issue was edited".to_owned(),
            StaleReason::RequirementsChanged => {
                "Approval stale: other requirements apply".to_owned()
            }
            StaleReason::TicketDeleted => "Approval stale: the issue was deleted".to_owned(),
            StaleReason::CommentEdited => "Approval stale: its comment was edited".to_owned(),
            StaleReason::Moved => "Approval stale: the issue moved to another project".to_owned(),
            StaleReason::CommitsAdded => "Approval stale: a commit came after it".to_owned(),
            StaleReason::CommentDeleted => "Approval stale: its comment was deleted".to_owned(),
        },
        Payload::EmergencyReleased(released) => format!(
            "Released in an emergency until {}, as {}",
            minute(&released.until),
            released.by.role
        ),
        Payload::EmergencyOverdue(_) => {
            "Nobody decided in time after the release in an emergency".to_owned()
        }
        Payload::GateBypassed(bypassed) => match bypassed.status.strip_prefix("category:") {
            Some(category) => format!("Came into {category} without an approval"),
            None => format!("Came into “{}” without an approval", bypassed.status),
        },
        Payload::GateTampered(tampered) => match (tampered.found, tampered.stands) {
            (Some(GateState::Open), GateState::Closed) => "Gate opened by hand",
            _ => "Gate written by hand",
        }
        .to_owned(),
        Payload::ReviewNotCounted(review) => not_counted(review.reason).to_owned(),
        Payload::LinkAdded(link) => linked(db, tenant, link)?,
        Payload::ImplementationClaimed(claim) => {
            format!("Said to be met in the code: {}", claim.requirement)
        }
        Payload::ClaimChecked(checked) => match checked.found {
            Found::Present => "Code found again where it was claimed",
            Found::Moved => "Code of a requirement moved",
            Found::Drifted => "Code of a requirement changed since it was claimed",
            Found::Gone => "A marker of a requirement is gone from the code",
        }
        .to_owned(),
        Payload::FindingCorrected(corrected) => {
            let said = match corrected.correction {
                Correction::Added => "Said to be involved",
                Correction::Dismissed => "Said not to be involved",
                Correction::Restored => "Left to the words of the issue again",
            };
            format!(
                "{said}: {}, as {}",
                corrected.indicator,
                role_of(&corrected.by)
            )
        }
        Payload::RequirementWaived(waived) => {
            let day = waived.until.get(..10).unwrap_or(&waived.until);
            format!(
                "Waived until {day} as {}: {}",
                role_of(&waived.by),
                waived.requirement
            )
        }
        Payload::WaiverExpiring(expiring) => {
            let day = expiring.until.get(..10).unwrap_or(&expiring.until);
            format!("A waiver ends on {day}: {}", expiring.requirement)
        }
        Payload::WaiverEnded(ended) => match ended.reason {
            WaiverEnd::Expired => format!("A waiver ended: {}", ended.requirement),
            WaiverEnd::NotAsked => {
                format!(
                    "A waiver ended, as nothing asks for it: {}",
                    ended.requirement
                )
            }
            WaiverEnd::Withdrawn => format!("A waiver was taken back: {}", ended.requirement),
        },
        Payload::MonitoringRequested(_) => "Deployed, and to be watched".to_owned(),
        Payload::MonitoringAcknowledged(_) => "What was deployed is watched".to_owned(),
        Payload::MonitoringOverdue(_) => {
            "Nobody said in time to watch what was deployed".to_owned()
        }
        Payload::RequirementsAcknowledged(_) => "Requirements read".to_owned(),
        Payload::SecurityTeamNotified(told) => notified(told),
        Payload::LinkRevoked(_) => "A link was revoked".to_owned(),
        Payload::TicketDeleted(_) => "Deleted in Jira".to_owned(),
        Payload::TicketMoved(moved) => format!("Moved here from {}", moved.from),
        Payload::TicketResolved(_) => "Resolved in Jira".to_owned(),
        _ => return Ok(None),
    };
    Ok(Some(what))
}

/// What Jira said when it was asked to mail a group.
fn notified(told: &SecurityTeamNotified) -> String {
    let group = &told.group;
    match (told.outcome, told.status) {
        (NoticeOutcome::Taken, _) => format!("Jira mails it to “{group}”"),
        (NoticeOutcome::Refused, Some(status)) => {
            format!("Jira did not mail it to “{group}”: it refused with status {status}")
        }
        (NoticeOutcome::Refused, None) => {
            format!("Jira did not mail it to “{group}”: it refused")
        }
        (NoticeOutcome::Unknown, _) => {
            format!("Whether Jira mails it to “{group}” is not known: it did not answer")
        }
    }
}

/// What was decided in Jira and does not count, and why.
pub(crate) const fn not_counted(reason: NotCounted) -> &'static str {
    match reason {
        NotCounted::Machine => "A decision in Jira does not count: a program made it",
        NotCounted::Inactive => "A decision in Jira does not count: the account is not active",
        NotCounted::NoPermission => {
            "A decision in Jira does not count: that person may not view the issue and comment on it"
        }
        NotCounted::OwnTicket => {
            "A decision in Jira does not count: that person is assignee or reporter"
        }
        NotCounted::Author => {
            "A decision in Jira does not count: that person wrote commits of the issue"
        }
        NotCounted::NotInRole => "A decision in Jira does not count: that person is no approver",
        NotCounted::NoRole => "A decision in Jira does not count: the project has no approvers",
        NotCounted::CommentEdited => "A decision in Jira does not count: its comment was edited",
        NotCounted::ChangedSince => {
            "A decision in Jira does not count: the issue was edited after it"
        }
        NotCounted::Overtaken => {
            "A decision in Jira does not count: a later one was recorded before it"
        }
        NotCounted::NothingToWithdraw => {
            "Nothing was withdrawn: no decision of that person's stood"
        }
        NotCounted::NoReason => "A rejection in Jira does not count: it says no reason",
    }
}

/// What was linked: the commit, by the first digits of its hash, or the kind of event.
fn linked(db: &mut Db<'_>, tenant: &TenantId, link: &LinkAdded) -> Result<String, StoreError> {
    let row = match db.position(tenant, &link.event)? {
        Some(seq) => db.entry(tenant, seq)?,
        None => None,
    };
    let Some(row) = row else {
        return Ok("Linked with an event".to_owned());
    };
    let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let commit = said
        .reported()
        .and_then(|reported| reported.commit.as_ref());
    let kind = row.entry.kind.to_lowercase().replace('_', " ");
    Ok(match (row.entry.kind.as_str(), commit) {
        ("CONFIG_CHANGE", Some(commit)) => format!("Commit {}", short(commit)),
        (_, Some(commit)) => format!("Linked with: {kind} of {}", short(commit)),
        (_, None) => format!("Linked with: {kind}"),
    })
}

fn short(commit: &CommitSha) -> &str {
    commit.as_str().get(..12).unwrap_or(commit.as_str())
}
