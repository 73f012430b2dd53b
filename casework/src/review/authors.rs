//! The commits that are linked with a ticket, and who wrote them: as the commits say, which no code host vouches for. Known
//! by the address where the person's profile in Jira shows it, else by the name alone, so that a namesake is kept out
//! rather than an author let in.

use jira::rest::User;
use record::entries::{EntryType, Payload};
use record::facts::TicketSnapshot;
use record::ids::{EventId, IssueId, SiteId, TenantId};
use serde_json::Value;
use store::{Db, StoreError, Tx};

use crate::error::CaseError;
use crate::linking::PAYLOAD;
use crate::{ActiveSite, Casework};

/// How many of a ticket's links are looked at, the latest first.
const MOST_LINKS: i64 = 1_000;
/// Who stands behind a commit.
const SIGNERS: [&str; 2] = ["author", "committer"];

impl Casework {
    /// Whether this person wrote or committed what is linked with the ticket.
    pub(crate) async fn wrote_commits(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        user: &User,
    ) -> Result<bool, CaseError> {
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), ticket.id.clone());
        let signed = self.store.read(move |db| -> Result<_, StoreError> {
            let mut signed = Vec::new();
            for (_, payload) in commits(db, &tenant, &id, &issue)? {
                let commit = payload.get("commit").cloned().unwrap_or_default();
                signed.extend(SIGNERS.iter().filter_map(|name| commit.get(*name).cloned()));
            }
            Ok(signed)
        });
        Ok(signed.await?.iter().any(|signer| is_of(signer, user)))
    }
}

/// The events of the commits that are linked with a ticket.
pub(super) fn commits_linked(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
) -> Result<Vec<EventId>, StoreError> {
    let tenant = tx.tenant().clone();
    let commits = commits(tx.db(), &tenant, site, issue)?;
    Ok(commits.into_iter().map(|(event, _)| event).collect())
}

fn commits(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
) -> Result<Vec<(EventId, Value)>, StoreError> {
    let mut commits = Vec::new();
    let links = db.links_of_ticket(tenant, site, issue, MOST_LINKS)?;
    for link in links.into_iter().filter(|link| !link.revoked) {
        let Some(seq) = db.position(tenant, &link.event)? else {
            continue;
        };
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        let commit = said
            .reported()
            .and_then(|reported| reported.commit.as_ref());
        if said.kind() == EntryType::ConfigChange && commit.is_some() {
            let payload = db.beside(tenant, &row.entry, PAYLOAD)?.unwrap_or_default();
            commits.push((link.event, payload));
        }
    }
    Ok(commits)
}

fn is_of(signer: &Value, user: &User) -> bool {
    let says = |member: &str| {
        signer
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let same = |one: &str, other: &str| {
        !one.is_empty() && one.trim().to_lowercase() == other.trim().to_lowercase()
    };
    match &user.email {
        Some(address) if !says("email").is_empty() => same(says("email"), address),
        _ => same(says("name"), &user.display_name),
    }
}
