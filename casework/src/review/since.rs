//! What happened to a ticket after a decision was made in Jira, which was heard of later: edits, commits, and that whoever
//! decided had a part in it then.

use jira::rest::{Histories, History};
use record::entries::{ReviewScope, ReviewVia};
use record::ids::AccountId;
use record::scale::RiskTenths;
use record::state::Settings;
use store::StoreError;

use super::heard::Heard;
use crate::error::CaseError;
use crate::linking::linked_commits;
use crate::times::instant;
use crate::{ActiveSite, Casework};

/// The fields whose change is a change of content, as histories name them: ids, and names on old servers.
const CONTENT: [&str; 13] = [
    "summary",
    "description",
    "issuetype",
    "issue type",
    "priority",
    "labels",
    "components",
    "component",
    "attachment",
    "attachments",
    "project",
    "key",
    "parent",
];

impl Casework {
    /// Whether a commit was linked after a decision that would cover the code.
    pub(super) async fn commits_came_since(
        &self,
        site: &ActiveSite,
        heard: &Heard,
        settings: Option<&Settings>,
    ) -> Result<bool, CaseError> {
        let rules = settings.map(|settings| settings.rules.clone());
        let rules = rules.unwrap_or_default();
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), heard.issue.clone());
        let at = instant(heard.since_ms);
        let came = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(row) = db.ticket(&tenant, &id, &issue)? else {
                return Ok(false);
            };
            let risk = RiskTenths::capped(row.ticket.risk_tenths.into());
            if rules.needs_at(risk).1 != ReviewScope::Code {
                return Ok(false);
            }
            let linked = linked_commits(db, &tenant, &id, &issue)?;
            Ok(linked.iter().any(|commit| commit.linked_at > at))
        });
        Ok(came.await?)
    }
}

/// Whether somebody was assignee or reporter at that time, and is not any more.
pub(super) fn had_a_part(histories: &Histories, at_ms: i64, who: &AccountId) -> bool {
    let later = histories
        .changes
        .iter()
        .filter(|change| change.at_ms >= at_ms);
    later.flat_map(|change| &change.items).any(|item| {
        matches!(item.field.as_str(), "assignee" | "reporter")
            && item.from_id.as_deref() == Some(who.as_str())
    })
}

/// Whether the ticket's content was edited after the decision, or that cannot be known.
pub(super) fn changed_since(histories: &Histories, heard: &Heard) -> bool {
    let is_itself =
        |change: &History| matches!(&heard.via, ReviewVia::Transition(id) if *id == change.id);
    let later = |change: &&History| change.at_ms >= heard.since_ms && !is_itself(change);
    let edits = |change: &History| {
        change
            .items
            .iter()
            .any(|item| CONTENT.contains(&item.field.as_str()))
    };
    let oldest = histories
        .changes
        .last()
        .map_or(i64::MIN, |change| change.at_ms);
    let unknown = !histories.complete && oldest >= heard.since_ms;
    unknown || histories.changes.iter().filter(later).any(edits)
}
