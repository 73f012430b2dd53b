//! Emergency releases on which nobody decided in time: that is an entry, the gate is shut again, and the ticket is told.
//! Several servers may look at once: each entry counts once.

use chrono::{DateTime, Utc};
use record::entries::EmergencyOverdue;
use record::ids::{IssueId, SiteId, TenantId};
use record::scale::Severity;
use store::{NewEntry, ReleaseOver, StoreError};

use super::tell;
use crate::effects::announce;
use crate::error::CaseError;
use crate::times::{instant, minute};
use crate::{Casework, server, subject_of};

/// How many are dealt with in one go.
const AT_ONCE: i64 = 100;

impl Casework {
    /// Records on which releases nobody decided in time, seen from this moment; how many were recorded.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn mind_emergencies(&self, at: DateTime<Utc>) -> Result<usize, CaseError> {
        let now = instant(at.timestamp_millis());
        let (mut minded, mut after) = (0, None);
        loop {
            let (until, from) = (now.clone(), after.clone());
            let over = self.store.read(move |db| -> Result<_, StoreError> {
                db.releases_over(&until, from.as_ref(), AT_ONCE)
            });
            let over = over.await?;
            after = over.last().map(|it| it.place.clone());
            for ReleaseOver { ticket, .. } in over {
                // What is wrong with one holds up no other; the verifier finds it.
                let Some((tenant, ticket)) = ticket else {
                    continue;
                };
                let recorded = self.overdue(&tenant, ticket.site, ticket.issue, now.clone());
                match recorded.await {
                    Ok(told) => minded += usize::from(told),
                    Err(error) => tracing::warn!(%tenant, %error, "a release could not be minded"),
                }
            }
            if after.is_none() {
                return Ok(minded);
            }
        }
    }

    /// Whether anything was recorded.
    async fn overdue(
        &self,
        tenant: &TenantId,
        site: SiteId,
        issue: IssueId,
        now: String,
    ) -> Result<bool, CaseError> {
        self.store
            .write(tenant, move |tx| -> Result<bool, CaseError> {
                let tenant = tx.tenant().clone();
                let Some(row) = tx.db().ticket(&tenant, &site, &issue)? else {
                    return Ok(false);
                };
                let Some(release) = row.ticket.release.clone() else {
                    return Ok(false);
                };
                let Some(until) = release.until.filter(|until| *until <= now) else {
                    return Ok(false);
                };
                let day = minute(&until);
                tx.append(NewEntry {
                    subject: subject_of(&site, &issue),
                    once: format!("emergency-overdue:{}", release.event),
                    payload: EmergencyOverdue {
                        ticket: row.ticket.named(),
                        release: release.event,
                        until,
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: Severity::High,
                    actor: server(),
                    source: "COUNTERSIGN",
                })?;
                announce(tx, &site, &issue)?;
                if !row.ticket.deleted {
                    tell(
                        tx,
                        (&site, &issue),
                        "Countersign: this issue was released in an emergency, and nobody decided on it in time.",
                        &format!(
                            " The time was over at {day}. Its gate is shut, and this is recorded as a finding: an \
                             approver has to approve or reject it."
                        ),
                    )?;
                }
                Ok(true)
            })
            .await
    }
}
