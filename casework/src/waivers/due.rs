//! Waivers whose end is near, or came: that is an entry, and the ticket is told, each by one comment that is edited in place.
//! Several servers may look at once: each entry counts once.

use chrono::{DateTime, Days, SecondsFormat, Utc};
use record::entries::{WaiverEnd, WaiverExpiring};
use record::ids::TenantId;
use record::scale::Severity;
use record::state::{Ticket, Waiver, WaiverState};
use store::{DueWaiver, NewEntry, StoreError, Tx};

use super::ended;
use crate::effects::tell_news;
use crate::error::CaseError;
use crate::{Casework, server, subject_of};

/// The mark by which a waiver's comment is found: before the number of the waiver's entry.
const MARK: &str = "countersign-waiver-";

/// How long before its end a waiver is warned of, in days.
const WARNED_DAYS: u64 = 7;
/// How many are dealt with in one go.
const AT_ONCE: i64 = 100;

impl Casework {
    /// Records which waivers will soon hold no longer and which do not any more, seen from this moment; how many were
    /// recorded.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn mind_waivers(&self, at: DateTime<Utc>) -> Result<usize, CaseError> {
        let in_words = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let (now, soon) = (in_words(at), in_words(at + Days::new(WARNED_DAYS)));
        let (mut minded, mut after) = (0, None);
        loop {
            let (at, until, from) = (now.clone(), soon.clone(), after.clone());
            let due = self.store.read(move |db| -> Result<_, StoreError> {
                db.waivers_due(&at, &until, from.as_ref(), AT_ONCE)
            });
            let due = due.await?;
            after = due.last().cloned().map(|it| it.place);
            for DueWaiver { waiver, .. } in due {
                // What is wrong with one holds up no other; the verifier finds it.
                let Some((tenant, waiver)) = waiver else {
                    continue;
                };
                match self.mind(&tenant, waiver, now.clone()).await {
                    Ok(told) => minded += usize::from(told),
                    Err(error) => tracing::warn!(%tenant, %error, "a waiver could not be minded"),
                }
            }
            if after.is_none() {
                return Ok(minded);
            }
        }
    }

    /// Whether anything was recorded.
    async fn mind(
        &self,
        tenant: &TenantId,
        waiver: Waiver,
        now: String,
    ) -> Result<bool, CaseError> {
        let title = self
            .assessor
            .catalog()
            .requirement_title(&waiver.requirement);
        let title = title.unwrap_or(&waiver.requirement).to_owned();
        self.store
            .write(tenant, move |tx| -> Result<bool, CaseError> {
                let tenant = tx.tenant().clone();
                let Some(waiver) = tx.db().waiver(&tenant, &waiver.waiver)? else {
                    return Ok(false);
                };
                let is_over = waiver.until <= now;
                match waiver.state {
                    WaiverState::Given | WaiverState::Expiring if is_over => {}
                    WaiverState::Given => {}
                    WaiverState::Expiring | WaiverState::Ended | WaiverState::Superseded => {
                        return Ok(false);
                    }
                }
                let Some(row) = tx.db().ticket(&tenant, &waiver.site, &waiver.issue)? else {
                    return Ok(false);
                };
                tx.append(entry(&waiver, &row.ticket, is_over))?;
                if !row.ticket.deleted {
                    tell(tx, &waiver, &title, is_over)?;
                }
                Ok(true)
            })
            .await
    }
}

fn entry(waiver: &Waiver, ticket: &Ticket, is_over: bool) -> NewEntry {
    let ticket = ticket.named();
    if is_over {
        return ended(&ticket, waiver.clone(), WaiverEnd::Expired, None);
    }
    NewEntry {
        subject: subject_of(&waiver.site, &waiver.issue),
        once: format!("waiver-expiring:{}", waiver.waiver),
        payload: WaiverExpiring {
            ticket,
            waiver: waiver.waiver.clone(),
            requirement: waiver.requirement.clone(),
            until: waiver.until.clone(),
        }
        .into(),
        beside: Vec::new(),
        severity: Severity::Low,
        actor: server(),
        source: "COUNTERSIGN",
    }
}

fn tell(tx: &mut Tx<'_>, waiver: &Waiver, title: &str, is_over: bool) -> Result<(), CaseError> {
    let day = waiver.until.get(..10).unwrap_or(&waiver.until);
    let (news, next) = match is_over {
        true => (
            format!("Countersign: the waiver of “{title}” ended on {day}."),
            " The issue has to meet the requirement again, or an approver waives it anew.",
        ),
        false => (
            format!("Countersign: the waiver of “{title}” ends on {day}."),
            " Until then meet the requirement, or ask an approver for another waiver.",
        ),
    };
    let mark = format!("{MARK}{}", waiver.seq);
    let of = (&waiver.site, &waiver.issue);
    Ok(tell_news(tx, of, &mark, &news, next)?)
}
