//! What the entries say of one ticket up to a moment: what it was assessed as, where approval stood, what was claimed,
//! and when it was deployed. Links are those that hold now; everything else is as it was then.

use std::collections::{BTreeMap, BTreeSet};

use compliance::Assessment;
use record::entries::{Decision, EntryType, Payload};
use record::ids::{EventId, TenantId};
use record::state::Ticket;
use store::{Db, EntriesWanted, EntryRow, StoreError};

use super::CoverageWanted;
use super::view::{CoveredApproval, CoveredDeployment, CoveredWaiver};
use crate::assess::ASSESSMENT;
use crate::developing::{ClaimView, claim_of};
use crate::events::subject_of_commit;
use crate::linking::PAYLOAD;
use crate::subject_of;
use crate::waivers::REASON;

/// The most entries about a ticket, links of it, and deployments of one commit that are looked at, the latest.
const MOST_ABOUT: i64 = 1_000;
const MOST_LINKS: i64 = 200;
const MOST_DEPLOYMENTS: i64 = 50;

/// What is told of a ticket.
pub(super) struct Told {
    pub(super) assessment: Assessment,
    pub(super) first_assessed: String,
    pub(super) approval: CoveredApproval,
    pub(super) first_approved: Option<String>,
    pub(super) claims: Vec<ClaimView>,
    /// Those that held at the end, by requirement.
    pub(super) waivers: BTreeMap<String, CoveredWaiver>,
    pub(super) deployed: Option<CoveredDeployment>,
    pub(super) truncated: bool,
}

impl Told {
    /// None if nothing was received about it in the period, or nothing is known that it was assessed as.
    pub(super) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        ticket: &Ticket,
        wanted: &CoverageWanted,
    ) -> Result<Option<Self>, StoreError> {
        let about = EntriesWanted {
            subject: Some(subject_of(&ticket.site, &ticket.issue)),
            to: Some(wanted.to.clone()),
            ..EntriesWanted::default()
        };
        let about = db.positions_wanted(tenant, &about, MOST_ABOUT)?;
        let truncated = about.len() as i64 == MOST_ABOUT;
        let mut in_order: BTreeSet<u64> = about.into_iter().collect();
        in_order.extend(deployments(db, tenant, ticket, &wanted.to)?);
        let mut telling = Telling::default();
        for seq in in_order {
            if let Some(row) = db.entry(tenant, seq)? {
                telling.take(db, tenant, row)?;
            }
        }
        let in_period = telling
            .last
            .as_deref()
            .is_some_and(|last| last >= wanted.from.as_str());
        let end = wanted.to.clone().min(store::now());
        telling.waivers.retain(|_, waiver| waiver.until > end);
        match (telling.assessed, in_period) {
            (Some((first_assessed, row)), true) => {
                let words = db.beside(tenant, &row.entry, ASSESSMENT)?;
                let assessment = words.and_then(|words| serde_json::from_value(words).ok());
                Ok(assessment.map(|assessment| Self {
                    assessment,
                    first_assessed,
                    approval: telling.approval,
                    first_approved: telling.first_approved,
                    claims: telling.claims,
                    waivers: telling.waivers,
                    deployed: telling.deployed,
                    truncated,
                }))
            }
            _ => Ok(None),
        }
    }
}

/// The deployments of what is linked with a ticket.
fn deployments(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
    to: &str,
) -> Result<BTreeSet<u64>, StoreError> {
    let (mut found, mut commits) = (BTreeSet::new(), BTreeSet::new());
    for link in db.links_of_ticket(tenant, &ticket.site, &ticket.issue, MOST_LINKS)? {
        let Some(seq) = db.position(tenant, &link.event)?.filter(|_| !link.revoked) else {
            continue;
        };
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        if matches!(payload, Payload::Deployment(_)) && row.entry.at.as_str() < to {
            found.insert(seq);
        }
        commits.extend(
            payload
                .reported()
                .and_then(|reported| reported.commit.clone()),
        );
    }
    for commit in commits {
        let of_commit = EntriesWanted {
            kind: Some(EntryType::Deployment.as_str()),
            subject: Some(subject_of_commit(&commit)),
            to: Some(to.to_owned()),
            ..EntriesWanted::default()
        };
        found.extend(db.positions_wanted(tenant, &of_commit, MOST_DEPLOYMENTS)?);
    }
    Ok(found)
}

/// The entries, taken one after the other.
#[derive(Default)]
struct Telling {
    /// When the first assessment was received, and the last one.
    assessed: Option<(String, EntryRow)>,
    approval: CoveredApproval,
    counting: Option<EventId>,
    first_approved: Option<String>,
    claims: Vec<ClaimView>,
    waivers: BTreeMap<String, CoveredWaiver>,
    deployed: Option<CoveredDeployment>,
    /// When the last entry was received.
    last: Option<String>,
}

impl Telling {
    fn take(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        row: EntryRow,
    ) -> Result<(), StoreError> {
        let at = row.entry.at.clone();
        let id = || {
            row.entry
                .id
                .parse::<EventId>()
                .map_err(|_| StoreError::Row("entries"))
        };
        match Payload::parse(&row.entry.kind, &row.entry.payload)? {
            Payload::TicketAssessed(_) => {
                let first = self
                    .assessed
                    .take()
                    .map_or_else(|| at.clone(), |(first, _)| first);
                self.assessed = Some((first, row));
            }
            Payload::HumanReview(review) => {
                self.counting = None;
                self.approval = match review.decision {
                    Decision::Approved => {
                        self.counting = Some(id()?);
                        self.first_approved
                            .get_or_insert_with(|| review.reviewed_at.clone());
                        CoveredApproval::by("APPROVED", review)
                    }
                    Decision::Rejected => CoveredApproval::by("REJECTED", review),
                    Decision::Withdrawn => CoveredApproval::default(),
                };
            }
            Payload::ApprovalStale(stale) if self.counting.as_ref() == Some(&stale.approval) => {
                self.counting = None;
                self.approval.state = "STALE";
            }
            Payload::ImplementationClaimed(claim) => {
                let claim = claim_of(db, tenant, &row, claim)?;
                self.claims.push(claim);
            }
            Payload::RequirementWaived(waived) => {
                let reason = db.beside(tenant, &row.entry, REASON)?;
                let waiver = CoveredWaiver {
                    event: id()?,
                    until: waived.until,
                    by: waived.by.person,
                    role: waived.by.role,
                    reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)),
                };
                self.waivers.insert(waived.requirement, waiver);
            }
            Payload::WaiverEnded(ended) => {
                self.waivers
                    .retain(|_, waiver| waiver.event != ended.waiver);
            }
            // A host names each state that a deployment comes to; a caller of the API reports one that is done.
            Payload::Deployment(reported)
                if reported
                    .action
                    .as_ref()
                    .is_none_or(|action| action.as_str() == "SUCCESS") =>
            {
                let payload = db.beside(tenant, &row.entry, PAYLOAD)?.unwrap_or_default();
                let environment = [
                    &payload["deployment"]["environment"],
                    &payload["environment"],
                ];
                let environment = environment.into_iter().find_map(|name| name.as_str());
                self.deployed = Some(CoveredDeployment {
                    event: id()?,
                    at: reported.claimed_at.unwrap_or_else(|| at.clone()),
                    environment: environment.map(str::to_owned),
                    approved: self.counting.is_some(),
                });
            }
            _ => {}
        }
        self.last = Some(at);
        Ok(())
    }
}
