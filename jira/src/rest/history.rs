//! What was changed on a ticket, as its source remembers it. Who changed it is taken from here and never from what a
//! notification claims; `historyMetadata`, which any integration may write, is not looked at.

use chrono::DateTime;
use record::ids::{AccountId, IssueId, TicketKey};
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::GET_ISSUE;
use crate::wire::{Id, Person};

/// The latest changes of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histories {
    /// The ticket's key now.
    pub key: TicketKey,
    /// The changes, the latest first.
    pub changes: Vec<History>,
    /// Whether these are all there are.
    pub complete: bool,
    /// Whether the ticket is in a service project, and so may have approval steps.
    pub service_desk: bool,
}

/// A change of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The source's id of it.
    pub id: IssueId,
    /// Who made it; nobody, if it was made by nobody known.
    pub author: Option<AccountId>,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// What was changed.
    pub items: Vec<HistoryItem>,
}

/// One field's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// The field: its id, or on old servers its name; lower case.
    pub field: String,
    /// What it said before, as the source names it: of people, the account.
    pub from_id: Option<String>,
    /// What it said before, as people read it.
    pub from: Option<String>,
    /// What it says since then, as the source names it.
    pub to_id: Option<String>,
    /// What it says since then, as people read it.
    pub to: Option<String>,
}

#[derive(Deserialize)]
struct Issue {
    key: String,
    fields: Fields,
    changelog: Changelog,
}

#[derive(Deserialize)]
struct Fields {
    project: Option<Project>,
}

#[derive(Deserialize)]
struct Project {
    #[serde(rename = "projectTypeKey")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Changelog {
    total: Option<u64>,
    histories: Vec<Body>,
}

#[derive(Deserialize)]
struct Body {
    id: Id,
    author: Option<Person>,
    created: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    field: String,
    #[serde(rename = "fieldId")]
    field_id: Option<String>,
    #[serde(default)]
    fieldtype: String,
    from: Option<String>,
    #[serde(rename = "fromString")]
    from_string: Option<String>,
    to: Option<String>,
    #[serde(rename = "toString")]
    to_string: Option<String>,
}

impl SiteClient<'_> {
    /// The latest changes of a ticket, a hundred or so.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn histories(&self, ticket: &IssueId) -> Result<Histories, RestError> {
        let values = [ticket.as_str()];
        let call = Call {
            operation: &GET_ISSUE,
            values: &values,
            query: &[("fields", "status,project"), ("expand", "changelog")],
            body: None,
        };
        let Issue {
            key,
            fields,
            changelog,
        } = self.json(call).await?;
        let kind = fields.project.and_then(|project| project.kind);
        let key = key.parse();
        let read = changelog.histories.len() as u64;
        let changes: Option<Vec<History>> =
            changelog.histories.into_iter().map(Body::history).collect();
        let mut changes = changes.ok_or(RestError::Nonsense { call: &GET_ISSUE })?;
        changes.sort_by_key(|change| std::cmp::Reverse((change.at_ms, numeric(&change.id))));
        Ok(Histories {
            key: key.map_err(|_| RestError::Nonsense { call: &GET_ISSUE })?,
            changes,
            complete: changelog.total.is_some_and(|total| total <= read),
            service_desk: kind.as_deref() == Some("service_desk"),
        })
    }
}

fn numeric(id: &IssueId) -> u128 {
    id.as_str().parse().unwrap_or_default()
}

impl Item {
    /// A field of the site's own is none of Jira's, though it be called like one.
    fn known_as(&mut self) -> String {
        let name = std::mem::take(&mut self.field).to_lowercase();
        match (self.field_id.take(), self.fieldtype.as_str()) {
            (Some(id), _) => id.to_lowercase(),
            (None, "custom") => format!("custom field {name}"),
            (None, _) => name,
        }
    }
}

impl Body {
    fn history(self) -> Option<History> {
        Some(History {
            id: self.id.parse()?,
            author: self.author.as_ref().and_then(Person::account),
            at_ms: instant_ms(&self.created)?,
            items: self
                .items
                .into_iter()
                .map(|mut item| HistoryItem {
                    field: item.known_as(),
                    from_id: item.from,
                    from: item.from_string,
                    to_id: item.to,
                    to: item.to_string,
                })
                .collect(),
        })
    }
}

/// A time as Jira writes it, `2026-03-01T09:00:00.000+0000`, in milliseconds since 1970.
#[must_use]
pub fn instant_ms(time: &str) -> Option<i64> {
    let read = DateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f%z")
        .or_else(|_| DateTime::parse_from_rfc3339(time));
    Some(read.ok()?.timestamp_millis())
}
