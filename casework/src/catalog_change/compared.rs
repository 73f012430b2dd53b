//! A page of tickets as they are recorded, beside what they would be.

use std::collections::HashMap;
use std::sync::Arc;

use compliance::requirement_set::RequirementSet;
use compliance::{Assessment, Assessor};
use record::entries::Payload;
use record::ids::TenantId;
use record::state::{Ticket, TicketApproval};
use store::{Db, StoreError};

use super::effect::{CatalogEffect, Tally, TicketEffect};
use super::told::Told;
use super::{Judged, OpenTickets};
use crate::Casework;
use crate::corrections::Said;
use crate::error::CaseError;
use crate::published::published_set;

/// A ticket whose verdict changes.
pub(super) struct Changed {
    pub(super) judged: Judged,
    before: Before,
    now: Ticket,
}

/// What is recorded of it.
struct Before {
    set: RequirementSet,
    frameworks: Vec<String>,
}

/// A page.
pub(super) struct Compared {
    changed: Vec<Changed>,
    read: usize,
    not_recorded: usize,
    unreadable: usize,
}

impl Casework {
    pub(super) async fn compare(
        &self,
        tenant: &TenantId,
        page: &OpenTickets,
        assessor: &Arc<Assessor>,
    ) -> Result<Compared, CaseError> {
        let read = page.tickets.len();
        let Some(site) = &page.site else {
            return Ok(Compared::nothing());
        };
        let (whose, id, tickets) = (tenant.clone(), site.site.clone(), page.tickets.clone());
        let recorded = self.store.read(move |db| -> Result<_, StoreError> {
            let mut recorded = Vec::new();
            for snapshot in tickets {
                if let Some(row) = db.ticket(&whose, &id, &snapshot.id)?
                    && !row.ticket.deleted
                    && !row.content_key.is_empty()
                {
                    let said = db.corrections(&whose, &id, &snapshot.id)?;
                    recorded.push((snapshot, row, Said::from(said)));
                }
            }
            Ok(recorded)
        });
        let recorded = recorded.await?;
        let not_recorded = read - recorded.len();
        let assessor = Arc::clone(assessor);
        let judging = tokio::task::spawn_blocking(move || {
            let judged = recorded.into_iter().map(|(snapshot, row, said)| {
                let now = row.ticket.clone();
                (Judged::of(&assessor, snapshot, row, &said), now)
            });
            let differing = judged.filter(|(judged, now)| differs(&judged.assessment, now));
            differing.collect::<Vec<_>>()
        });
        let differing = judging
            .await
            .map_err(|_| CaseError::Unreadable("a ticket that cannot be assessed"))?;
        let whose = tenant.clone();
        let changed = self.store.read(move |db| {
            let mut sets = HashMap::new();
            let changed = differing.into_iter().map(|(judged, now)| {
                let before = before(db, &whose, &now, &mut sets)?;
                Ok(Changed {
                    judged,
                    before,
                    now,
                })
            });
            changed.collect::<Result<Vec<_>, StoreError>>()
        });
        Ok(Compared {
            changed: changed.await?,
            read,
            not_recorded,
            unreadable: page.unreadable,
        })
    }
}

/// Whether anything follows that is not recorded. The same verdict under another catalog is no news for a ticket.
fn differs(assessment: &Assessment, now: &Ticket) -> bool {
    assessment.requirements.version() != now.requirement_set
        || assessment.security_level.as_str() != now.severity
        || assessment.risk.score.tenths() != now.risk_tenths
}

fn before(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
    sets: &mut HashMap<String, RequirementSet>,
) -> Result<Before, StoreError> {
    if !sets.contains_key(&ticket.requirement_set) {
        let set = published_set(db, tenant, &ticket.requirement_set)?.unwrap_or_default();
        sets.insert(ticket.requirement_set.clone(), set);
    }
    let frameworks = match db.entry(tenant, ticket.assessed_seq)? {
        Some(row) => match Payload::parse(&row.entry.kind, &row.entry.payload)? {
            Payload::TicketAssessed(said) => said.frameworks.into_iter().map(|it| it.id).collect(),
            _ => Vec::new(),
        },
        None => Vec::new(),
    };
    Ok(Before {
        set: sets
            .get(&ticket.requirement_set)
            .cloned()
            .unwrap_or_default(),
        frameworks,
    })
}

impl Compared {
    const fn nothing() -> Self {
        Self {
            changed: Vec::new(),
            read: 0,
            not_recorded: 0,
            unreadable: 0,
        }
    }

    pub(super) fn changed(&self) -> &[Changed] {
        &self.changed
    }

    /// Counted up.
    pub(super) fn effect(&self, assessor: &Assessor, next: Option<String>) -> CatalogEffect {
        let mut tally = Tally::default();
        for ticket in &self.changed {
            tally.add(&ticket.before.set, &ticket.judged.assessment.requirements);
            tally.frameworks(
                &ticket.before.frameworks,
                &ticket.judged.assessment.frameworks,
            );
        }
        CatalogEffect {
            catalog: assessor.catalog().version().to_owned(),
            read: self.read,
            not_recorded: self.not_recorded,
            unreadable: self.unreadable,
            changed: self.changed.len(),
            stale: self.changed.iter().filter(|it| it.becomes_stale()).count(),
            requirements: tally.requirements(),
            frameworks: tally.all_frameworks(),
            conflicts: tally.conflicts(),
            tickets: self.changed.iter().map(Changed::in_short).collect(),
            next,
        }
    }
}

impl Changed {
    fn set(&self) -> &RequirementSet {
        &self.judged.assessment.requirements
    }

    fn becomes_stale(&self) -> bool {
        self.now.approval == TicketApproval::Approved
            && self.set().version() != self.now.requirement_set
    }

    fn in_short(&self) -> TicketEffect {
        TicketEffect {
            ticket: self.now.key.to_string(),
            gained: missing_from(self.set(), &self.before.set),
            lost: missing_from(&self.before.set, self.set()),
            severity: self.judged.assessment.security_level.as_str(),
            stale: self.becomes_stale(),
        }
    }

    /// What the ticket is told; nothing where its requirements are the same.
    pub(super) fn told(&self) -> Option<Told> {
        let title = |set: &RequirementSet, id: &String| {
            let known = set.get(id).map(|it| it.title.clone());
            known.unwrap_or_else(|| id.clone())
        };
        if self.set().version() == self.now.requirement_set {
            return None;
        }
        let effect = self.in_short();
        Some(Told {
            gained: effect
                .gained
                .iter()
                .map(|id| title(self.set(), id))
                .collect(),
            lost: effect
                .lost
                .iter()
                .map(|id| title(&self.before.set, id))
                .collect(),
            stale: effect.stale,
        })
    }
}

/// The ids that one set has and the other lacks.
fn missing_from(of: &RequirementSet, other: &RequirementSet) -> Vec<String> {
    let of = of.requirements.iter();
    of.filter(|it| other.get(it.id.as_str()).is_none())
        .map(|it| it.id.as_str().to_owned())
        .collect()
}
