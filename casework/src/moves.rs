//! Changes of status, as a ticket's history tells them and a project's rules name them.

use jira::rest::{History, HistoryItem, Status};
use record::entries::{StatusCategory, StatusMove};

use crate::error::CaseError;
use crate::{ActiveSite, Casework};

impl Casework {
    /// The site's statuses, where rules name categories of them; none elsewhere.
    pub(crate) async fn statuses_if_named(
        &self,
        site: &ActiveSite,
        categories_are_named: bool,
    ) -> Result<Vec<Status>, CaseError> {
        match categories_are_named {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A move from the status 1, of none or of this category, to the status 2, which is done.
    fn into(from: Option<StatusCategory>) -> [Option<StatusCategory>; 2] {
        let status = |id: &str, category| Status {
            id: id.to_owned(),
            name: id.to_owned(),
            category,
        };
        let statuses: Vec<Status> = from
            .map(|from| status("1", Some(from)))
            .into_iter()
            .chain([status("2", Some(StatusCategory::Done))])
            .collect();
        let change = History {
            id: "7".parse().unwrap(),
            author: None,
            at_ms: 0,
            items: vec![HistoryItem {
                field: "status".to_owned(),
                from_id: Some("1".to_owned()),
                from: Some("Old".to_owned()),
                to_id: Some("2".to_owned()),
                to: Some("Shipped".to_owned()),
            }],
        };
        [moved_by, moved_through_gate].map(|moved| moved(&change, &statuses).unwrap().into)
    }

    #[test]
    fn a_status_that_is_gone_decides_nothing_and_opens_no_gate() {
        let done = Some(StatusCategory::Done);
        assert_eq!(into(Some(StatusCategory::ToDo)), [done, done]);
        assert_eq!(into(done), [None, None]);
        assert_eq!(into(None), [None, done]);
    }
}
