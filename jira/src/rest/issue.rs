//! One ticket, as it is now. Comments, worklog and links are not part of it.

use std::collections::BTreeMap;

use record::facts::{Attachment, TicketSnapshot};
use record::ids::{IssueId, ProjectKey, TicketKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::field_text::field_text;
use super::operations::GET_ISSUE;
use super::search_by_position::Found;
use crate::adf::plain_text;
use crate::wire::{Id, Person};

/// What is asked for of every ticket.
pub(super) const FIELDS: &str = "summary,description,issuetype,priority,labels,components,attachment,status,assignee,\
                      reporter,security,updated,project,parent";

/// A ticket, by whichever name is at hand.
#[derive(Debug, Clone, Copy)]
pub enum TicketName<'n> {
    /// By its lasting id.
    Id(&'n IssueId),
    /// By its key; old keys of moved tickets work too.
    Key(&'n TicketKey),
}

impl<'n> TicketName<'n> {
    pub(super) fn as_str(self) -> &'n str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Key(key) => key.as_str(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Issue {
    id: IssueId,
    key: TicketKey,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    summary: Option<String>,
    #[serde(default)]
    description: Value,
    issuetype: Named,
    priority: Option<Named>,
    labels: Option<Vec<String>>,
    components: Option<Vec<Named>>,
    attachment: Option<Vec<File>>,
    status: Status,
    assignee: Option<Person>,
    reporter: Option<Person>,
    security: Option<Value>,
    updated: String,
    project: Project,
    #[serde(default)]
    parent: Value,
    #[serde(flatten)]
    mapped: Map<String, Value>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct File {
    id: Id,
    #[serde(default)]
    size: u64,
}

#[derive(Deserialize)]
struct Status {
    name: String,
    #[serde(rename = "statusCategory")]
    category: Category,
}

#[derive(Deserialize)]
struct Category {
    key: String,
}

#[derive(Deserialize)]
struct Project {
    key: ProjectKey,
}

impl Found for Issue {
    fn id(&self) -> &IssueId {
        &self.id
    }

    fn updated(&self) -> &str {
        &self.fields.updated
    }
}

impl SiteClient<'_> {
    /// A ticket with the fields every assessment needs, and these mapped ones by their ids.
    ///
    /// # Errors
    /// See [`RestError`]; a description that cannot be read as a whole is [`RestError::Nonsense`].
    pub async fn ticket(
        &self,
        name: TicketName<'_>,
        mapped: &[String],
    ) -> Result<TicketSnapshot, RestError> {
        let name = name.as_str();
        let fields = mapped.iter().fold(FIELDS.to_owned(), |fields, mapped| {
            format!("{fields},{mapped}")
        });
        let query = [("fields", fields.as_str())];
        let call = Call {
            operation: &GET_ISSUE,
            values: &[name],
            query: &query,
            body: None,
        };
        let issue: Issue = self.json(call).await?;
        issue
            .snapshot(mapped)
            .ok_or(RestError::Nonsense { call: &GET_ISSUE })
    }
}

impl Issue {
    pub(super) fn snapshot(self, mapped: &[String]) -> Option<TicketSnapshot> {
        let fields = self.fields;
        let mut texts = BTreeMap::new();
        for name in mapped {
            if let Some(text) = fields
                .mapped
                .get(name)
                .map(field_text)
                .transpose()
                .ok()?
                .flatten()
            {
                texts.insert(name.clone(), text);
            }
        }
        let files = fields.attachment.unwrap_or_default();
        Some(TicketSnapshot {
            id: self.id,
            key: self.key,
            project: fields.project.key,
            summary: fields.summary.unwrap_or_default(),
            description: plain_text(&fields.description).ok()?,
            issue_type: fields.issuetype.name,
            priority: fields.priority.map(|priority| priority.name),
            labels: fields.labels.unwrap_or_default(),
            components: fields
                .components
                .unwrap_or_default()
                .into_iter()
                .map(|c| c.name)
                .collect(),
            attachments: files
                .iter()
                .map(|f| Attachment {
                    id: f.id.text(),
                    size: f.size,
                })
                .collect(),
            fields: texts,
            parent: fields
                .parent
                .pointer("/fields/summary")
                .and_then(Value::as_str)
                .map(str::to_owned),
            status: fields.status.name,
            done: fields.status.category.key == "done",
            assignee: fields.assignee.as_ref().and_then(Person::account),
            reporter: fields.reporter.as_ref().and_then(Person::account),
            restricted: fields.security.is_some(),
            updated: fields.updated,
        })
    }
}
