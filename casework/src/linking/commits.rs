//! The commits that belong to a ticket: by whatever event names them, a push, a pull request, a workflow. What each asks
//! of them (who wrote them, whether an approval covers them, how they stand) is not decided here.

use record::entries::{Payload, Reporter};
use record::ids::{CommitSha, EventId, IssueId, SiteId, TenantId};
use store::{Db, StoreError};

/// How many of a ticket's links are looked at, the latest first.
const MOST_LINKS: i64 = 1_000;

/// An event that carries a commit and is linked with a ticket, or was.
pub(crate) struct LinkedCommit {
    pub(crate) link: EventId,
    pub(crate) event: EventId,
    /// The event's position.
    pub(crate) seq: u64,
    pub(crate) sha: CommitSha,
    pub(crate) by: Reporter,
    /// When the link was recorded, as entries write times.
    pub(crate) linked_at: String,
    pub(crate) revoked: bool,
}

/// The commits of a ticket, by links that hold; the latest link first.
pub(crate) fn linked_commits(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
) -> Result<Vec<LinkedCommit>, StoreError> {
    let mut commits = ever_linked_commits(db, tenant, site, issue)?;
    commits.retain(|commit| !commit.revoked);
    Ok(commits)
}

/// The same, by revoked links too.
pub(crate) fn ever_linked_commits(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
) -> Result<Vec<LinkedCommit>, StoreError> {
    let mut commits = Vec::new();
    for link in db.links_of_ticket(tenant, site, issue, MOST_LINKS)? {
        let Some(seq) = db.position(tenant, &link.event)? else {
            continue;
        };
        let (Some(row), Some(made)) = (db.entry(tenant, seq)?, db.entry(tenant, link.seq)?) else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        let Some(reported) = said.reported() else {
            continue;
        };
        if let Some(sha) = reported.commit.clone() {
            commits.push(LinkedCommit {
                link: link.link,
                event: link.event,
                seq,
                sha,
                by: reported.by.clone(),
                linked_at: made.entry.at,
                revoked: link.revoked,
            });
        }
    }
    Ok(commits)
}
