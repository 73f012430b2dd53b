//! Tickets that come without an approval to where their project asks for one. Nobody can be kept from moving a ticket in
//! Jira from here; that it was done is an entry, and the ticket is told. What counted is judged as of the moment of the
//! move, by what the ledger knows of it: an edit that was heard of later only makes an approval stale later.

use jira::adf::{Inline, document};
use jira::rest::{Histories, History, Status};
use record::entries::{Enforcement, GateBypassed, Payload, TicketId};
use record::facts::Tracker;
use record::ids::{IssueId, SiteId, TenantId};
use record::scale::Severity;
use record::state::{Approving, TicketApproval};
use store::{Db, NewEntry, StoreError};

use crate::effects::comment;
use crate::error::CaseError;
use crate::moves::moved_by;
use crate::people::person_for;
use crate::review::instant;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// The mark by which the comment is found.
const MARK: &str = "countersign-bypass";
/// The most entries about a ticket that are looked through, the latest ones.
const MOST_ABOUT: i64 = 10_000;

impl Casework {
    /// Records which changes of status since then, milliseconds since 1970, went around the gate. These are the site's
    /// statuses, where the rules name categories.
    pub(crate) async fn record_bypasses(
        &self,
        site: &ActiveSite,
        histories: &Histories,
        (issue, since_ms): (&IssueId, i64),
        statuses: &[Status],
    ) -> Result<(), CaseError> {
        let settings = self.settings_of(site, &histories.key.project()).await?;
        let Some(settings) = settings.filter(|settings| {
            settings.rules.enforcement != Enforcement::Off
                && !settings.rules.gated_statuses.is_empty()
        }) else {
            return Ok(());
        };
        let since_ms = since_ms.max(self.set_at_ms(site, &settings).await?);
        for change in histories.changes.iter().rev() {
            let moved = moved_by(change, statuses).filter(|_| change.at_ms >= since_ms);
            let Some(moved) = moved else {
                continue;
            };
            let Some(named) = settings.rules.gated(&moved) else {
                continue;
            };
            let enforced = settings.rules.enforcement == Enforcement::Enforce;
            let ticket = TicketId {
                tracker: Tracker::Jira,
                site: site.site.clone(),
                id: issue.clone(),
                key: histories.key.clone(),
            };
            self.record_bypass(site, ticket, change, (moved.to, named), enforced)
                .await?;
        }
        Ok(())
    }

    async fn record_bypass(
        &self,
        site: &ActiveSite,
        ticket: TicketId,
        change: &History,
        (status, named): (&str, &str),
        enforced: bool,
    ) -> Result<(), CaseError> {
        let once = format!("bypassed:{}:{}", site.site, change.id);
        let at = instant(change.at_ms);
        let (key, moment) = (once.clone(), at.clone());
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), ticket.id.clone());
        let passed = self.store.read(move |db| -> Result<_, StoreError> {
            Ok(db.position_under(&tenant, &key)?.is_some()
                || was_open(db, &tenant, &id, &issue, &moment)?)
        });
        if passed.await? {
            return Ok(());
        }
        let (change, site_id) = (change.clone(), site.site.clone());
        let (status, named) = (status.to_owned(), named.to_owned());
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                let by = match &change.author {
                    Some(account) => Some(person_for(tx, &site_id, account)?),
                    None => None,
                };
                let issue = ticket.id.clone();
                tx.append(NewEntry {
                    subject: subject_of(&site_id, &issue),
                    actor: by.as_ref().map_or_else(server, person),
                    payload: GateBypassed {
                        ticket,
                        status: named,
                        changelog: change.id,
                        by,
                        moved_at: at,
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: match enforced {
                        true => Severity::High,
                        false => Severity::Medium,
                    },
                    source: "JIRA",
                    once,
                })?;
                let words = [
                    Inline::Strong(format!(
                        "Countersign: this issue came into “{status}” without an approval that counts."
                    )),
                    Inline::Text(
                        " It is recorded. Ask an approver of the project to decide on the issue."
                            .to_owned(),
                    ),
                ];
                let words = document(&[words.to_vec()]);
                Ok(comment(tx, &site_id, &issue, MARK, &words)?)
            })
            .await
    }
}

/// Whether the ticket's gate stood open at that time: by an approval that counted, or by a release in an emergency.
fn was_open(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
    at: &str,
) -> Result<bool, StoreError> {
    let mut about = db.positions_about(tenant, &subject_of(site, issue), MOST_ABOUT)?;
    about.sort_unstable();
    let (mut approving, mut approval) = (Approving::default(), TicketApproval::None);
    let mut released_until = None;
    for seq in about {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let (entry, received) = (&row.entry, row.entry.at.as_str());
        if !CONCERN.contains(&entry.kind.as_str()) {
            continue;
        }
        match Payload::parse(&entry.kind, &entry.payload)? {
            Payload::HumanReview(review) if review.reviewed_at.as_str() <= at => {
                let event = entry.id.parse().map_err(|_| StoreError::Row("entries"))?;
                approval = approving.decide(&event, &review, approval);
                if matches!(
                    approval,
                    TicketApproval::Approved | TicketApproval::Rejected
                ) {
                    released_until = None;
                }
            }
            Payload::ApprovalStale(stale) if received <= at => {
                approving.make_stale(&stale.approval);
                approval = TicketApproval::Stale;
            }
            Payload::EmergencyReleased(released) if received <= at => {
                released_until = Some(released.until);
            }
            _ => {}
        }
    }
    let released = released_until.is_some_and(|until| until.as_str() > at);
    Ok(released || approval == TicketApproval::Approved)
}

/// The types of the entries that a gate stands by.
const CONCERN: [&str; 3] = ["HUMAN_REVIEW", "APPROVAL_STALE", "EMERGENCY_RELEASED"];
