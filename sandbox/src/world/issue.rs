//! What an issue holds, and the requests to make or edit one. Data only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{IssueType, Priority, Status};
use super::mail::Letter;
use super::people::AccountId;

/// One issue with everything that hangs on it.
#[derive(Clone)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) key: String,
    /// Keys it had before it moved; it answers to them.
    pub(crate) former_keys: Vec<String>,
    pub(crate) project: String,
    pub(crate) issue_type: IssueType,
    /// The id of the issue that it is a part of.
    pub(crate) parent: Option<u64>,
    pub(crate) summary: String,
    pub(crate) description: Option<Value>,
    pub(crate) priority: Priority,
    pub(crate) labels: Vec<String>,
    pub(crate) components: Vec<String>,
    pub(crate) status: Status,
    pub(crate) resolved_at: Option<i64>,
    pub(crate) restricted: bool,
    pub(crate) assignee: Option<AccountId>,
    pub(crate) reporter: Option<AccountId>,
    pub(crate) creator: AccountId,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) custom: BTreeMap<String, Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) worklogs: Vec<Worklog>,
    pub(crate) steps: Vec<Step>,
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) remote_links: Vec<RemoteLink>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) history: Vec<Change>,
}

/// A comment; `body` is a document.
#[derive(Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: AccountId,
    pub(crate) update_author: AccountId,
    pub(crate) body: Value,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) visibility: Option<Value>,
    pub(crate) properties: Vec<Value>,
}

/// An approval step of a service project.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) answers: Vec<(AccountId, Answer)>,
    /// How many have to agree.
    pub(crate) needed: usize,
    pub(crate) created: i64,
    pub(crate) ended: Option<i64>,
}

/// What somebody answered, or a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Pending,
    Approved,
    Declined,
}

impl Step {
    /// What it came to: one no is enough.
    pub(crate) fn outcome(&self) -> Answer {
        let of = |wanted| move |(_, answer): &&(AccountId, Answer)| *answer == wanted;
        let agreed = self.answers.iter().filter(of(Answer::Approved)).count();
        if self
            .answers
            .iter()
            .any(|(_, answer)| *answer == Answer::Declined)
        {
            Answer::Declined
        } else if agreed >= self.needed {
            Answer::Approved
        } else {
            Answer::Pending
        }
    }
}

/// Work that somebody logged; `body` is a document.
#[derive(Clone)]
pub(crate) struct Worklog {
    pub(crate) id: u64,
    pub(crate) author: AccountId,
    pub(crate) body: Option<Value>,
    pub(crate) seconds: u64,
    pub(crate) started: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A file on an issue; the sandbox keeps no bytes.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) filename: String,
    pub(crate) size: u64,
    pub(crate) author: AccountId,
    pub(crate) created: i64,
}

/// A remote link; `body` is what was sent, less the id.
#[derive(Clone)]
pub(crate) struct RemoteLink {
    pub(crate) id: u64,
    pub(crate) global_id: Option<String>,
    pub(crate) body: Value,
}

/// One entry of the changelog.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) id: u64,
    pub(crate) author: AccountId,
    pub(crate) at: i64,
    pub(crate) items: Vec<ChangeItem>,
}

/// One field's change; the raw value and its display form, before and after.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ChangeItem {
    pub(crate) field: String,
    pub(crate) fieldtype: &'static str,
    #[serde(rename = "fieldId")]
    pub(crate) field_id: String,
    pub(crate) from: Option<String>,
    #[serde(rename = "fromString")]
    pub(crate) from_string: Option<String>,
    pub(crate) to: Option<String>,
    #[serde(rename = "toString")]
    pub(crate) to_string: Option<String>,
}

/// What `create_issue` needs. People are named by account id, first name or e-mail address.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct NewIssue {
    /// Project key.
    pub project: String,
    /// Summary; must not be blank.
    pub summary: String,
    /// Plain text, stored as a document; empty for none.
    pub description: String,
    /// Issue type.
    pub issue_type: IssueType,
    /// Priority.
    pub priority: Priority,
    /// Labels without spaces.
    pub labels: Vec<String>,
    /// Names of the project's components; an unknown one is created.
    pub components: Vec<String>,
    /// Who does the work.
    pub assignee: Option<String>,
    /// Who asked; the creator when absent.
    pub reporter: Option<String>,
    /// True puts the issue under the security level "Restricted".
    pub restricted: bool,
    /// Custom fields by id, as they are to be returned.
    pub custom: BTreeMap<String, Value>,
    /// The key of the issue that it is a part of.
    pub parent: Option<String>,
}

/// A change of fields; `None` leaves a field as it is, an empty `assignee` unassigns.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Edit {
    /// New summary.
    pub summary: Option<String>,
    /// New description as plain text; empty removes it.
    pub description: Option<String>,
    /// New issue type.
    pub issue_type: Option<IssueType>,
    /// New priority.
    pub priority: Option<Priority>,
    /// All labels.
    pub labels: Option<Vec<String>>,
    /// All components.
    pub components: Option<Vec<String>>,
    /// New assignee; empty for nobody.
    pub assignee: Option<String>,
    /// New reporter.
    pub reporter: Option<String>,
    /// Sets or lifts the security level.
    pub restricted: Option<bool>,
    /// Custom fields to set; `null` clears one.
    pub custom: BTreeMap<String, Value>,
}

/// Names an issue that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IssueRef {
    /// Numeric id.
    pub id: u64,
    /// Key, for example `PAY-1`.
    pub key: String,
}
