//! The few members of a webhook's body that are read. Everything else is skipped unread.

use record::ids::{IssueId, TicketKey};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::WebhookRefusal;
use crate::wire::{Id, Object, Person};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(rename = "webhookEvent")]
    pub(super) webhook_event: Option<String>,
    pub(super) issue_event_type_name: Option<String>,
    pub(super) timestamp: Option<i64>,
    #[serde(default, deserialize_with = "object")]
    pub(super) user: Option<Person>,
    #[serde(default, deserialize_with = "object")]
    pub(super) issue: Option<Issue>,
    #[serde(default, deserialize_with = "object")]
    pub(super) changelog: Option<Changelog>,
    #[serde(default, deserialize_with = "object")]
    pub(super) comment: Option<Comment>,
    #[serde(default, deserialize_with = "object")]
    pub(super) worklog: Option<Worklog>,
    property: Option<Property>,
    #[serde(rename = "propertyKey")]
    property_key: Option<Property>,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    id: Option<Id>,
    key: Option<String>,
}

/// A property, in whatever form it is named: no document says in which.
#[derive(Deserialize)]
#[serde(untagged)]
enum Property {
    Key(String),
    Object { key: String },
    Other(IgnoredAny),
}

#[derive(Deserialize)]
pub(super) struct Changelog {
    id: Option<Id>,
    #[serde(default, deserialize_with = "objects")]
    pub(super) items: Vec<Item>,
}

#[derive(Deserialize)]
pub(super) struct Item {
    field: Option<String>,
    #[serde(rename = "fieldId")]
    field_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    id: Option<Id>,
    #[serde(rename = "self")]
    address: Option<String>,
    #[serde(default, deserialize_with = "object")]
    pub(super) author: Option<Person>,
    pub(super) updated: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Worklog {
    id: Option<Id>,
    #[serde(rename = "issueId")]
    issue_id: Option<Id>,
    #[serde(default, deserialize_with = "object")]
    pub(super) author: Option<Person>,
    pub(super) updated: Option<String>,
}

impl Body {
    pub(super) fn ticket(&self) -> Result<(IssueId, TicketKey), WebhookRefusal> {
        let id = self.issue_id()?;
        let issue = self.issue.as_ref();
        let key = issue.and_then(|issue| issue.key.as_deref()?.parse().ok());
        Ok((id, key.ok_or(WebhookRefusal::Member("issue.key"))?))
    }

    /// The key of the property that it is about, where that is said.
    pub(super) fn property_key(&self) -> Option<&str> {
        match (&self.property, &self.property_key) {
            (Some(Property::Object { key }), _) | (_, Some(Property::Key(key))) => Some(key),
            _ => None,
        }
    }

    pub(super) fn issue_id(&self) -> Result<IssueId, WebhookRefusal> {
        let issue = self.issue.as_ref().ok_or(WebhookRefusal::Member("issue"))?;
        issue_id(issue.id.as_ref(), "issue.id")
    }
}

impl Comment {
    pub(super) fn id(&self) -> Result<IssueId, WebhookRefusal> {
        issue_id(self.id.as_ref(), "comment.id")
    }

    /// The ticket's id, as the comment's own address has it: Data Center sends comments without their ticket.
    pub(super) fn issue(&self) -> Option<IssueId> {
        let (_, behind) = self.address.as_deref()?.rsplit_once("/issue/")?;
        behind.split('/').next()?.parse().ok()
    }
}

impl Worklog {
    pub(super) fn id(&self) -> Result<IssueId, WebhookRefusal> {
        issue_id(self.id.as_ref(), "worklog.id")
    }

    pub(super) fn issue(&self) -> Result<IssueId, WebhookRefusal> {
        issue_id(self.issue_id.as_ref(), "worklog.issueId")
    }
}

impl Changelog {
    /// The entry's id, which becomes part of a key and so must be digits.
    pub(super) fn id(&self) -> Result<Option<String>, WebhookRefusal> {
        match &self.id {
            None => Ok(None),
            id => issue_id(id.as_ref(), "changelog.id").map(|id| Some(id.to_string())),
        }
    }

    /// The ids of what was edited, or the names where a server gives no ids; each once, as listed.
    pub(super) fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        for item in &self.items {
            if let Some(field) = item.field_id.as_ref().or(item.field.as_ref())
                && !fields.contains(field)
            {
                fields.push(field.clone());
            }
        }
        fields
    }
}

fn object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|Object(members)| members))
}

fn objects<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(members)| members).collect())
}

fn issue_id(id: Option<&Id>, member: &'static str) -> Result<IssueId, WebhookRefusal> {
    id.and_then(Id::parse).ok_or(WebhookRefusal::Member(member))
}
