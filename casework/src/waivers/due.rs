//! Waivers whose end is near, or came: that is an entry, and the ticket is told by one comment that is edited in place.
//! Several servers may look at once: each entry counts once.

use chrono::{DateTime, Days, SecondsFormat, Utc};
use jira::adf::{Inline, document};
use record::entries::{Payload, TicketId, WaiverEnd, WaiverEnded, WaiverExpiring};
use record::facts::Tracker;
use record::ids::TenantId;
use record::scale::Severity;
use record::state::{Waiver, WaiverState};
use serde_json::json;
use store::{Effect, NewEntry, StoreError, Tx};

use crate::error::CaseError;
use crate::{Casework, server, subject_of};

/// The mark by which the comment is found, and the effect that writes it.
pub(crate) const WAIVER_MARK: &str = "countersign-waiver";
pub(crate) const WAIVER_EFFECT: &str = "comment:countersign-waiver";

/// How long before its end a waiver is warned of, in days.
const WARNED_DAYS: u64 = 7;
/// How many are dealt with in one go.
const AT_ONCE: i64 = 100;

impl Casework {
    /// Records which waivers will soon hold no longer and which do not any more, seen from this moment; how many there
    /// were.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn mind_waivers(&self, at: DateTime<Utc>) -> Result<usize, CaseError> {
        let in_words = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let (now, soon) = (in_words(at), in_words(at + Days::new(WARNED_DAYS)));
        let at = now.clone();
        let due = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.waivers_due(&at, &soon, AT_ONCE) });
        let due = due.await?;
        let count = due.len();
        for (tenant, waiver) in due {
            self.mind(&tenant, waiver, now.clone()).await?;
        }
        Ok(count)
    }

    async fn mind(&self, tenant: &TenantId, waiver: Waiver, now: String) -> Result<(), CaseError> {
        let title = self
            .assessor
            .catalog()
            .requirement_title(&waiver.requirement);
        let title = title.unwrap_or(&waiver.requirement).to_owned();
        self.store
            .write(tenant, move |tx| -> Result<(), CaseError> {
                let tenant = tx.tenant().clone();
                let Some(waiver) = tx.db().waiver(&tenant, &waiver.waiver)? else {
                    return Ok(());
                };
                let ended = waiver.until <= now;
                match waiver.state {
                    WaiverState::Given | WaiverState::Expiring if ended => {}
                    WaiverState::Given => {}
                    WaiverState::Expiring | WaiverState::Ended | WaiverState::Superseded => {
                        return Ok(());
                    }
                }
                let Some(row) = tx.db().ticket(&tenant, &waiver.site, &waiver.issue)? else {
                    return Ok(());
                };
                tx.append(entry(&waiver, &row.ticket.key, ended))?;
                match row.ticket.deleted {
                    true => Ok(()),
                    false => tell(tx, &waiver, &title, ended),
                }
            })
            .await
    }
}

fn entry(waiver: &Waiver, key: &record::ids::TicketKey, ended: bool) -> NewEntry {
    let ticket = TicketId {
        tracker: Tracker::Jira,
        site: waiver.site.clone(),
        id: waiver.issue.clone(),
        key: key.clone(),
    };
    let (payload, once): (Payload, String) = match ended {
        true => (
            WaiverEnded {
                ticket,
                waiver: waiver.waiver.clone(),
                requirement: waiver.requirement.clone(),
                reason: WaiverEnd::Expired,
                by: None,
            }
            .into(),
            format!("waiver-ended:{}", waiver.waiver),
        ),
        false => (
            WaiverExpiring {
                ticket,
                waiver: waiver.waiver.clone(),
                requirement: waiver.requirement.clone(),
                until: waiver.until.clone(),
            }
            .into(),
            format!("waiver-expiring:{}", waiver.waiver),
        ),
    };
    NewEntry {
        subject: subject_of(&waiver.site, &waiver.issue),
        payload,
        beside: Vec::new(),
        severity: if ended {
            Severity::Medium
        } else {
            Severity::Low
        },
        actor: server(),
        source: "COUNTERSIGN",
        once,
    }
}

fn tell(tx: &mut Tx<'_>, waiver: &Waiver, title: &str, ended: bool) -> Result<(), CaseError> {
    let day = waiver.until.get(..10).unwrap_or(&waiver.until);
    let (news, next) = match ended {
        true => (
            format!("Countersign: the waiver of “{title}” ended on {day}."),
            " The issue has to meet the requirement again, or an approver waives it anew.",
        ),
        false => (
            format!("Countersign: the waiver of “{title}” ends on {day}."),
            " Until then meet the requirement, or ask an approver for another waiver.",
        ),
    };
    let words = document(&[vec![Inline::Strong(news), Inline::Text(next.to_owned())]]);
    Ok(tx.send(&Effect {
        site: waiver.site.clone(),
        issue: waiver.issue.clone(),
        name: WAIVER_EFFECT.to_owned(),
        body: json!({ "body": words, "mayBegin": true }),
    })?)
}
