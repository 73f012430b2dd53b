//! Changes of status, as a ticket's history tells them and a project's rules name them.

use jira::rest::{History, HistoryItem, Status};
use record::entries::{ReviewRules, StatusCategory, StatusMove};

use crate::error::CaseError;
use crate::{ActiveSite, Casework};

impl Casework {
    /// The site's statuses, where the rules name categories of them; none elsewhere.
    pub(crate) async fn statuses_named_by(
        &self,
        site: &ActiveSite,
        rules: &ReviewRules,
    ) -> Result<Vec<Status>, CaseError> {
        match rules.name_categories() {
            true => Ok(self.calls(site).statuses().await?),
            false => Ok(Vec::new()),
        }
    }
}

/// The move that a change of the history is, if it is one. Its category is known by these statuses.
pub(crate) fn moved_by<'c>(change: &'c History, statuses: &[Status]) -> Option<StatusMove<'c>> {
    let item = change.items.iter().find(|item| item.field == "status")?;
    Some(StatusMove {
        to: item.to.as_deref()?,
        into: comes_into(statuses, item),
    })
}

/// The same, for a gate: a status that is not known to be of the same category, as one that was deleted, is of another.
pub(crate) fn moved_through_gate<'c>(
    change: &'c History,
    statuses: &[Status],
) -> Option<StatusMove<'c>> {
    let item = change.items.iter().find(|item| item.field == "status")?;
    let (from, to) = categories(statuses, item);
    Some(StatusMove {
        to: item.to.as_deref()?,
        into: to.filter(|to| from != Some(*to)),
    })
}

/// The category that a change of status comes into from another one.
pub(crate) fn comes_into(statuses: &[Status], item: &HistoryItem) -> Option<StatusCategory> {
    match categories(statuses, item) {
        (Some(from), Some(to)) => (from != to).then_some(to),
        _ => None,
    }
}

fn categories(
    statuses: &[Status],
    item: &HistoryItem,
) -> (Option<StatusCategory>, Option<StatusCategory>) {
    let category = |id: &Option<String>| {
        let mut statuses = statuses.iter();
        let known = statuses.find(|status| Some(&status.id) == id.as_ref());
        known.and_then(|status| status.category)
    };
    (category(&item.from_id), category(&item.to_id))
}
