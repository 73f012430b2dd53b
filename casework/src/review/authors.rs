//! Who wrote the commits that are linked with a ticket: as the commits say, which no code host vouches for. Known by the
//! address, where the person's profile in Jira shows it, or by the name, so that a namesake
//! is kept out rather than an author let in.

use std::collections::BTreeSet;

use jira::rest::User;
use record::facts::TicketSnapshot;
use record::ids::{CommitSha, TenantId};
use serde_json::Value;
use store::{Db, StoreError};

use crate::error::CaseError;
use crate::events::subject_of_commit;
use crate::linking::{PAYLOAD, linked_commits};
use crate::{ActiveSite, Casework};

/// How many entries of one commit are looked at.
const MOST_ENTRIES: i64 = 50;
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
