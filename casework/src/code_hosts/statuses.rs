//! The status of commits, where the code host's interface is open to us: how the gate stands for a commit, written again
//! whenever something happens to one of its tickets, so that a branch's rules can ask for it.

use std::collections::BTreeSet;

use github::{Access, ApiError, CommitState, CommitStatus, RepositoryName};
use record::entries::{IntegrationState, Reporter};
use record::ids::{CodeHostId, CommitSha, IssueId, SiteId, TenantId};
use serde_json::Value;
use store::{Db, Effect, OutboxItem, StoreError, Tx};
use url::Url;

use crate::Casework;
use crate::error::CaseError;
use crate::linking::{PAYLOAD, ever_linked_commits};
use crate::trail::{GateState, GateView};

/// What the effects are called, the code host's id aside.
pub(crate) const STATUSES_EFFECT: &str = "commit-statuses:";
/// What the status is called on the code host.
const CONTEXT: &str = "countersign";
/// How many of a ticket's commits get their status; the latest.
const MOST_COMMITS: usize = 100;
/// What keeps the gate shut for a moment only.
const SOON: [&str; 2] = ["NOT_READ_YET", "NOT_LINKED_YET"];

/// Decides that the ticket's commits are to get their status, where that can be written.
pub(crate) fn set_statuses(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    for host in tx.db().code_hosts(&tenant)?.into_iter().flatten() {
        if host.state == IntegrationState::Enabled && host.access.is_some() {
            tx.send(&Effect {
                site: site.clone(),
                issue: issue.clone(),
                name: format!("{STATUSES_EFFECT}{}", host.host),
                body: serde_json::json!({}),
            })?;
        }
    }
    Ok(())
}

impl Casework {
    /// Has the ticket's commits on this code host say how the gate stands for each.
    pub(crate) async fn have_statuses(
        &self,
        item: &OutboxItem,
        host: &str,
    ) -> Result<(), CaseError> {
        let host: CodeHostId = host
            .parse()
            .map_err(|_| CaseError::Unreadable("a code host's id"))?;
        let known = self.known_code_host(Some(host.clone())).await?;
        let Some(known) = known.filter(|known| known.tenant == item.tenant) else {
            return Ok(());
        };
        let Some(access) = &known.access else {
            return Ok(());
        };
        let (tenant, effect) = (item.tenant.clone(), item.effect.clone());
        let commits = self
            .store
            .read(move |db| commits_of(db, &tenant, (&effect.site, &effect.issue), &host));
        let mut commits = commits.await?;
        commits.retain(|(repository, _)| known.looks_at_repository(repository));
        if commits.is_empty() {
            return Ok(());
        }
        self.write_statuses(item, &known.host.base_url, access, commits)
            .await
    }

    /// Writes what can be written; gives the first reason that something could not.
    async fn write_statuses(
        &self,
        item: &OutboxItem,
        base_url: &str,
        access: &Access,
        commits: BTreeSet<(String, CommitSha)>,
    ) -> Result<(), CaseError> {
        let pages = Url::parse(base_url).map_err(|_| CaseError::Unreadable("an address"))?;
        let api = self.github()?;
        let opened = api.open(&pages, access, store::now_ms() / 1_000).await?;
        let mut failed = None;
        for (repository, commit) in commits {
            let Ok(repository) = repository.parse::<RepositoryName>() else {
                continue;
            };
            let gate = self.gate(&item.tenant, Vec::new(), vec![commit.clone()]);
            let gate = gate.await?;
            let status = status_of(&gate);
            let written = opened
                .set_status(&repository, commit.as_str(), &status)
                .await;
            let error = match written {
                Ok(()) if gate.reasons.iter().any(|why| SOON.contains(&why.code)) => {
                    Some(CaseError::NotSettled)
                }
                Ok(()) => None,
                Err(error @ ApiError::RateLimited { .. }) => return Err(error.into()),
                Err(error @ (ApiError::NotFound | ApiError::Refused(422))) => {
                    match opened.has_commit(&repository, commit.as_str()).await? {
                        // It is gone from there, as after a forced push.
                        false => None,
                        true => Some(error.into()),
                    }
                }
                Err(error) => Some(error.into()),
            };
            failed = failed.or(error);
        }
        failed.map_or(Ok(()), Err)
    }
}

/// The commits that this code host reported and that belong to the ticket, or did, with their repositories. How one
/// stands without a link that was revoked, its gate says.
fn commits_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    (site, issue): (&SiteId, &IssueId),
    host: &CodeHostId,
) -> Result<BTreeSet<(String, CommitSha)>, StoreError> {
    let mut linked = ever_linked_commits(db, tenant, site, issue)?;
    linked.retain(|commit| matches!(&commit.by, Reporter::CodeHost(by) if by == host));
    let mut commits = BTreeSet::new();
    for commit in linked {
        if commits.len() == MOST_COMMITS {
            break;
        }
        let Some(row) = db.entry(tenant, commit.seq)? else {
            continue;
        };
        let payload = db.beside(tenant, &row.entry, PAYLOAD)?.unwrap_or_default();
        let repository = payload.pointer("/repository/fullName");
        if let Some(repository) = repository.and_then(Value::as_str) {
            commits.insert((repository.to_owned(), commit.sha));
        }
    }
    Ok(commits)
}

fn status_of(gate: &GateView) -> CommitStatus {
    let observed = gate.observed.first();
    let (state, description) = match (gate.state, gate.reasons.first()) {
        (GateState::Open, _) => (
            CommitState::Success,
            observed.map_or_else(
                || "Nothing keeps it back.".to_owned(),
                |why| format!("Open all the same: {}", why.sentence),
            ),
        ),
        (GateState::Closed, Some(why)) => (CommitState::Failure, why.sentence.clone()),
        (GateState::Closed, None) => (CommitState::Failure, "Not approved.".to_owned()),
    };
    CommitStatus {
        state,
        description,
        context: CONTEXT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_the_first_reason() {
        let shut = GateView {
            state: GateState::Closed,
            tickets: Vec::new(),
            observed: Vec::new(),
            reasons: vec![crate::trail::GateReason {
                code: "NOT_APPROVED",
                about: "PAY-7".to_owned(),
                sentence: "Nobody has approved PAY-7.".to_owned(),
                next: String::new(),
            }],
        };
        assert_eq!(status_of(&shut).description, "Nobody has approved PAY-7.");
        assert_eq!(status_of(&shut).state, CommitState::Failure);
    }
}
