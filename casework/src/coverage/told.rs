//! What the entries say of one ticket up to a moment: what it was assessed as, where approval stood, what was claimed,
//! and when it was deployed. Links are those that hold now; everything else is as it was then. Each kind of entry is asked
//! for by itself, so that many of one kind hide none of another.

use std::collections::{BTreeMap, BTreeSet};

use compliance::Assessment;
use record::entries::{EntryType, Found, Payload};
use record::ids::{EventId, TenantId};
use record::state::{Approving, Ticket, TicketApproval};
use store::{Db, EntriesWanted, EntryRow, StoreError};

use super::CoverageWanted;
use super::deployed::deployments;
use super::view::{CoveredApproval, CoveredDeployment, CoveredWaiver};
use crate::assess::ASSESSMENT;
use crate::developing::{ClaimView, checked_of, claim_of};
use crate::linking::PAYLOAD;
use crate::statement::Stated;
use crate::subject_of;

/// The most entries of one kind about a ticket that are looked at, the latest.
const MOST_OF_A_KIND: i64 = 1_000;

/// What decides, besides assessments and deployments.
const DECIDING: [EntryType; 6] = [
    EntryType::HumanReview,
    EntryType::ApprovalStale,
    EntryType::RequirementWaived,
    EntryType::WaiverEnded,
    EntryType::ImplementationClaimed,
    EntryType::ClaimChecked,
];

/// What is told of a ticket.
pub(super) struct Told {
    /// None where its words were erased, or are not of this release's form.
    pub(super) assessment: Option<Assessment>,
    pub(super) first_assessed: String,
    pub(super) approval: CoveredApproval,
    pub(super) first_approved: Option<String>,
    /// In the order they were made.
    pub(super) claims: Vec<ToldClaim>,
    /// Those that held at the end, by requirement, with the position since which they did.
    pub(super) waivers: BTreeMap<String, (u64, CoveredWaiver)>,
    /// The last one, with its position.
    pub(super) deployed: Option<(u64, CoveredDeployment)>,
    /// When it was deployed in the period without an approval, the first time.
    pub(super) unapproved_at: Option<String>,
    pub(super) truncated: bool,
}

/// A claim, as it stood.
pub(super) struct ToldClaim {
    /// The position of its entry.
    pub(super) seq: u64,
    /// The position of the entry that ended it: its marker is gone, or it was claimed anew.
    pub(super) ended: Option<u64>,
    pub(super) replaced: bool,
    pub(super) view: ClaimView,
}

impl Told {
    /// None if nothing was received about it in the period, or it was not assessed by its end.
    pub(super) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        ticket: &Ticket,
        wanted: &CoverageWanted,
    ) -> Result<Option<Self>, StoreError> {
        let about = |kind: Option<EntryType>| EntriesWanted {
            kind: kind.map(EntryType::as_str),
            subject: Some(subject_of(&ticket.site, &ticket.issue)),
            to: Some(wanted.to.clone()),
            ..EntriesWanted::default()
        };
        let assessed = about(Some(EntryType::TicketAssessed));
        let earliest = EntriesWanted {
            earliest_first: true,
            ..assessed.clone()
        };
        let first = db.positions_wanted(tenant, &earliest, 1)?.pop();
        let last = db.positions_wanted(tenant, &assessed, 1)?.pop();
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(None);
        };
        let mut telling = Telling::of(wanted);
        let mut in_order = BTreeSet::new();
        for kind in DECIDING {
            let some = db.positions_wanted(tenant, &about(Some(kind)), MOST_OF_A_KIND)?;
            telling.truncated |= some.len() as i64 == MOST_OF_A_KIND;
            in_order.extend(some);
        }
        let (deployed, all) = deployments(db, tenant, ticket, &wanted.to)?;
        telling.truncated |= !all;
        in_order.extend(deployed);
        for seq in in_order {
            if let Some(row) = db.entry(tenant, seq)? {
                telling.take(db, tenant, &row)?;
            }
        }
        let in_period = EntriesWanted {
            from: Some(wanted.from.clone()),
            ..about(None)
        };
        let heard_of = !db.positions_wanted(tenant, &in_period, 1)?.is_empty();
        if !heard_of && !telling.deployed_in_period {
            return Ok(None);
        }
        let row = db.entry(tenant, last)?.ok_or(StoreError::Row("entries"))?;
        let words = db.beside(tenant, &row.entry, ASSESSMENT)?;
        let first = db.entry(tenant, first)?.ok_or(StoreError::Row("entries"))?;
        let end = wanted.end();
        telling.waivers.retain(|_, (_, waiver)| waiver.until >= end);
        Ok(Some(Self {
            assessment: words.and_then(|words| serde_json::from_value(words).ok()),
            first_assessed: first.entry.at,
            approval: telling.approval,
            first_approved: telling.first_approved,
            claims: telling.claims,
            waivers: telling.waivers,
            deployed: telling.deployed,
            unapproved_at: telling.unapproved_at,
            truncated: telling.truncated,
        }))
    }
}

/// The entries, taken one after the other.
struct Telling<'w> {
    wanted: &'w CoverageWanted,
    approval: CoveredApproval,
    approving: Approving,
    first_approved: Option<String>,
    claims: Vec<ToldClaim>,
    waivers: BTreeMap<String, (u64, CoveredWaiver)>,
    deployed: Option<(u64, CoveredDeployment)>,
    deployed_in_period: bool,
    unapproved_at: Option<String>,
    truncated: bool,
}

impl<'w> Telling<'w> {
    fn of(wanted: &'w CoverageWanted) -> Self {
        Self {
            wanted,
            approval: CoveredApproval::default(),
            approving: Approving::default(),
            first_approved: None,
            claims: Vec::new(),
            waivers: BTreeMap::new(),
            deployed: None,
            deployed_in_period: false,
            unapproved_at: None,
            truncated: false,
        }
    }

    fn take(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        row: &EntryRow,
    ) -> Result<(), StoreError> {
        let (seq, at) = (row.entry.seq, row.entry.at.clone());
        let id = row.entry.id.parse::<EventId>();
        let id = id.map_err(|_| StoreError::Row("entries"))?;
        match Payload::parse(&row.entry.kind, &row.entry.payload)? {
            Payload::HumanReview(review) => {
                let standing = self.approving.decide(&id, &review, self.approval.state);
                if standing == TicketApproval::Approved {
                    self.first_approved
                        .get_or_insert_with(|| review.reviewed_at.clone());
                }
                self.approval = match standing {
                    TicketApproval::None => CoveredApproval::default(),
                    standing => CoveredApproval::by(standing, review),
                };
            }
            Payload::ApprovalStale(stale) if self.approving.make_stale(&stale.approval) => {
                self.approval.state = TicketApproval::Stale;
            }
            Payload::ImplementationClaimed(claim) => {
                if let Some(earlier) = &claim.replaces {
                    let earlier = self.claims.iter_mut().find(|it| it.view.event == *earlier);
                    if let Some(earlier) = earlier {
                        (earlier.ended, earlier.replaced) = (Some(seq), true);
                    }
                }
                self.claims.push(ToldClaim {
                    seq,
                    ended: None,
                    replaced: false,
                    view: claim_of(db, tenant, row, claim)?,
                });
            }
            Payload::ClaimChecked(checked) => {
                let (claim, found) = (checked.claim.clone(), checked.found);
                let checked = checked_of(db, tenant, row, checked)?;
                let about = self.claims.iter_mut().find(|it| it.view.event == claim);
                if let Some(about) = about {
                    about.ended = (found == Found::Gone).then_some(seq);
                    about.view.checked = Some(checked);
                }
            }
            Payload::RequirementWaived(waived) => {
                let stated = Stated::beside(db, tenant, &row.entry, false)?;
                let waiver = CoveredWaiver {
                    event: id,
                    until: waived.until,
                    by: waived.by.person,
                    role: waived.by.role,
                    reason: stated.reason,
                };
                // One that is given anew while it holds has held since it was given first.
                let earlier = self.waivers.get(&waived.requirement);
                let held = earlier.filter(|(_, earlier)| earlier.until > at);
                let since = held.map_or(seq, |(since, _)| *since);
                self.waivers.insert(waived.requirement, (since, waiver));
            }
            Payload::WaiverEnded(ended) => {
                self.waivers
                    .retain(|_, (_, waiver)| waiver.event != ended.waiver);
            }
            Payload::Deployment(reported) => {
                let payload = db.beside(tenant, &row.entry, PAYLOAD)?.unwrap_or_default();
                let environment = [
                    &payload["deployment"]["environment"],
                    &payload["environment"],
                ];
                let environment = environment.into_iter().find_map(|name| name.as_str());
                let deployed = CoveredDeployment {
                    event: id,
                    at: reported.claimed_at.unwrap_or_else(|| at.clone()),
                    environment: environment.map(str::to_owned),
                    approved: self.approval.state == TicketApproval::Approved,
                };
                if at >= self.wanted.from {
                    self.deployed_in_period = true;
                    if !deployed.approved {
                        self.unapproved_at
                            .get_or_insert_with(|| deployed.at.clone());
                    }
                }
                self.deployed = Some((seq, deployed));
            }
            _ => {}
        }
        Ok(())
    }
}
