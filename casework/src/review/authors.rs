//! The commits that are linked with a ticket, by whatever names it, and who wrote them: as the commits say, which no code
//! host vouches for. Known by the address, where the person's profile in Jira shows it, or by the name, so that a namesake
//! is kept out rather than an author let in.

use std::collections::BTreeSet;

use jira::rest::User;
use record::entries::Payload;
use record::facts::TicketSnapshot;
use record::ids::{CommitSha, EventId, IssueId, SiteId, TenantId};
use serde_json::Value;
use store::{Db, StoreError, Tx};

use crate::error::CaseError;
use crate::events::subject_of_commit;
use crate::linking::PAYLOAD;
use crate::{ActiveSite, Casework};

/// How many of a ticket's links are looked at, the latest first, and how many entries of one commit.
const MOST_LINKS: i64 = 1_000;
const MOST_ENTRIES: i64 = 50;
/// Who stands behind a commit.
const SIGNERS: [&str; 2] = ["author", "committer"];

/// An event that carries a commit and is linked with a ticket.
pub(crate) struct LinkedCommit {
    pub(crate) link: EventId,
    pub(crate) event: EventId,
    pub(crate) sha: CommitSha,
    /// When the link was recorded.
    pub(crate) linked_at: String,
}

impl Casework {
    /// Whether this person wrote or committed what is linked with the ticket.
    pub(crate) async fn wrote_commits(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        user: &User,
    ) -> Result<bool, CaseError> {
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), ticket.id.clone());
        let signers = self.store.read(move |db| -> Result<_, StoreError> {
            let linked = linked_commits(db, &tenant, &id, &issue)?.into_iter();
            let shas: BTreeSet<CommitSha> = linked.map(|linked| linked.sha).collect();
            let mut signers = Vec::new();
            for sha in shas {
                signers.extend(signers_of(db, &tenant, &sha)?);
            }
            Ok(signers)
        });
        Ok(signers.await?.iter().any(|signer| is_of(signer, user)))
    }
}

/// The events that carry the commits that a decision on the code covers.
pub(super) fn commits_linked(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
) -> Result<BTreeSet<EventId>, StoreError> {
    let tenant = tx.tenant().clone();
    let linked = linked_commits(tx.db(), &tenant, site, issue)?;
    Ok(linked.into_iter().map(|linked| linked.event).collect())
}

/// What is linked with a ticket and carries a commit, by links that hold.
pub(crate) fn linked_commits(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
) -> Result<Vec<LinkedCommit>, StoreError> {
    let mut commits = Vec::new();
    let links = db.links_of_ticket(tenant, site, issue, MOST_LINKS)?;
    for link in links.into_iter().filter(|link| !link.revoked) {
        let Some(seq) = db.position(tenant, &link.event)? else {
            continue;
        };
        let (Some(row), Some(made)) = (db.entry(tenant, seq)?, db.entry(tenant, link.seq)?) else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        if let Some(sha) = said.reported().and_then(|reported| reported.commit.clone()) {
            commits.push(LinkedCommit {
                link: link.link,
                event: link.event,
                sha,
                linked_at: made.entry.at,
            });
        }
    }
    Ok(commits)
}

/// Who stands behind a commit, as each push says that told of it, alone or among others.
fn signers_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    sha: &CommitSha,
) -> Result<Vec<Value>, StoreError> {
    let mut signers = Vec::new();
    for seq in db.positions_about(tenant, &subject_of_commit(sha), MOST_ENTRIES)? {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let payload = db.beside(tenant, &row.entry, PAYLOAD)?.unwrap_or_default();
        let several = payload.get("commits").and_then(Value::as_array);
        let commits = payload
            .get("commit")
            .into_iter()
            .chain(several.into_iter().flatten());
        for commit in commits {
            signers.extend(SIGNERS.iter().filter_map(|name| commit.get(*name).cloned()));
        }
    }
    Ok(signers)
}

fn is_of(signer: &Value, user: &User) -> bool {
    let says = |member: &str, known: &str| {
        let said = signer
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default();
        !known.trim().is_empty() && said.trim().to_lowercase() == known.trim().to_lowercase()
    };
    let by_address = user
        .email
        .as_ref()
        .is_some_and(|address| says("email", address));
    by_address || says("name", &user.display_name)
}
