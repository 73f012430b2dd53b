//! Which deployments belong to a ticket: those of what is linked with it.

use std::collections::BTreeSet;

use record::entries::{EntryType, Payload, Reported};
use record::ids::TenantId;
use record::state::Ticket;
use store::{Db, EntriesWanted, StoreError};

use crate::events::subject_of_commit;

/// The most links of a ticket, and deployments of one commit, that are looked at, the latest.
const MOST_LINKS: i64 = 1_000;
const MOST_DEPLOYMENTS: i64 = 500;

/// The positions of a ticket's deployments that were received before a moment, and whether these are all.
pub(super) fn deployments(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
    to: &str,
) -> Result<(BTreeSet<u64>, bool), StoreError> {
    let (mut found, mut commits) = (BTreeSet::new(), BTreeSet::new());
    let links = db.links_of_ticket(tenant, &ticket.site, &ticket.issue, MOST_LINKS)?;
    let mut all = (links.len() as i64) < MOST_LINKS;
    for link in links.into_iter().filter(|link| !link.revoked) {
        let Some(seq) = db.position(tenant, &link.event)? else {
            continue;
        };
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        if let Payload::Deployment(reported) = &payload
            && reported.is_deployed()
            && row.entry.at.as_str() < to
        {
            found.insert(seq);
        }
        commits.extend(payload.reported().and_then(|it| it.commit.clone()));
    }
    for commit in commits {
        let of_commit = EntriesWanted {
            kind: Some(EntryType::Deployment.as_str()),
            subject: Some(subject_of_commit(&commit)),
            to: Some(to.to_owned()),
            ..EntriesWanted::default()
        };
        let some = db.positions_wanted(tenant, &of_commit, MOST_DEPLOYMENTS)?;
        all &= (some.len() as i64) < MOST_DEPLOYMENTS;
        for seq in some {
            let Some(row) = db.entry(tenant, seq)? else {
                continue;
            };
            let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
            if payload.reported().is_some_and(Reported::is_deployed) {
                found.insert(seq);
            }
        }
    }
    Ok((found, all))
}
