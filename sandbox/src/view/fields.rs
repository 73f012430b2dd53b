//! An issue as JSON: all fields, the small subset that comment webhooks carry, and the choice of fields that a
//! caller asks for.

use serde_json::{Map, Value, json};

use super::{Api, View};
use crate::world::{APP_FIELD, Attachment, CUSTOM_FIELDS, Issue, Status};
use crate::{adf, clock};

/// Names the fields a caller wants: `*all`, `*navigable`, `a,b`, `-c`.
#[derive(Clone, Debug)]
pub(crate) struct FieldChoice {
    all: bool,
    named: Vec<String>,
    without: Vec<String>,
}

impl FieldChoice {
    /// From the parts of a `fields` parameter; `default_all` decides what an empty list means.
    pub(crate) fn new<'a>(parts: impl Iterator<Item = &'a str>, default_all: bool) -> Self {
        let mut choice = Self {
            all: false,
            named: Vec::new(),
            without: Vec::new(),
        };
        let mut any = false;
        for part in parts.flat_map(|part| part.split(',')).map(str::trim) {
            match part {
                "" => continue,
                "*all" | "*navigable" => choice.all = true,
                _ => match part.strip_prefix('-') {
                    Some(name) => choice.without.push(name.to_owned()),
                    None => choice.named.push(part.to_owned()),
                },
            }
            any = true;
        }
        let only_without = choice.named.is_empty() && !choice.without.is_empty();
        choice.all |= (!any && default_all) || only_without;
        choice
    }

    /// True when nothing but the id is wanted.
    pub(crate) fn id_only(&self) -> bool {
        !self.all && self.named.iter().all(|name| name == "id")
    }

    fn wants(&self, name: &str) -> bool {
        (self.all || self.named.iter().any(|wanted| wanted == name))
            && !self.without.iter().any(|gone| gone == name)
    }
}

impl View<'_> {
    /// The issue with the chosen fields, without expansions.
    pub(crate) fn issue(&self, issue: &Issue, choice: &FieldChoice) -> Value {
        let mut fields = self.all_fields(issue);
        fields.retain(|name, _| choice.wants(name));
        json!({
            "id": issue.id.to_string(),
            "self": self.link(&format!("issue/{}", issue.id)),
            "key": issue.key,
            "fields": fields,
        })
    }

    /// The issue as comment webhooks carry it.
    pub(crate) fn small_issue(&self, issue: &Issue) -> Value {
        let names = ["summary,issuetype,project,assignee,priority,status"];
        self.issue(issue, &FieldChoice::new(names.into_iter(), false))
    }

    fn all_fields(&self, issue: &Issue) -> Map<String, Value> {
        let project = self.world.project(&issue.project);
        let text = |doc: &Value| match self.api {
            Api::V2 | Api::Server => Value::String(adf::to_text(doc)),
            Api::V3 => doc.clone(),
        };
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        put("summary", json!(issue.summary));
        put(
            "description",
            issue.description.as_ref().map_or(Value::Null, text),
        );
        put("issuetype", self.issue_type(issue.issue_type));
        put(
            "project",
            project.map_or(Value::Null, |project| self.project(project)),
        );
        put("priority", self.priority(issue.priority));
        put("labels", json!(issue.labels));
        put("components", self.components(issue));
        put("status", self.status(issue.status));
        put(
            "statuscategorychangedate",
            json!(clock::iso(status_since(issue))),
        );
        put("resolution", self.resolution(issue));
        put(
            "resolutiondate",
            issue
                .resolved_at
                .map_or(Value::Null, |at| json!(clock::iso(at))),
        );
        put("assignee", self.maybe_user(issue.assignee.as_ref()));
        put("reporter", self.maybe_user(issue.reporter.as_ref()));
        put("creator", self.user(&issue.creator));
        put("created", json!(clock::iso(issue.created)));
        put("updated", json!(clock::iso(issue.updated)));
        put("security", self.security(issue));
        put(
            "attachment",
            issue
                .attachments
                .iter()
                .map(|file| self.attachment(file))
                .collect(),
        );
        for name in ["fixVersions", "versions", "issuelinks", "subtasks"] {
            put(name, json!([]));
        }
        for name in [
            "duedate",
            "environment",
            "timeestimate",
            "timespent",
            "lastViewed",
        ] {
            put(name, Value::Null);
        }
        put("workratio", json!(-1));
        put("progress", json!({ "progress": 0, "total": 0 }));
        let votes = self.link(&format!("issue/{}/votes", issue.key));
        put(
            "votes",
            json!({ "self": votes, "votes": 0, "hasVoted": false }),
        );
        let watchers = self.link(&format!("issue/{}/watchers", issue.key));
        put(
            "watches",
            json!({ "self": watchers, "watchCount": 0, "isWatching": false }),
        );
        if let Some(parent) = issue.parent.and_then(|id| self.world.issues.get(&id)) {
            put("parent", self.parent(parent));
        }
        for (id, ..) in CUSTOM_FIELDS {
            put(id, issue.custom.get(id).cloned().unwrap_or(Value::Null));
        }
        if let Some(value) = issue.custom.get(APP_FIELD.0) {
            put(APP_FIELD.0, value.clone());
        }
        if self.api != Api::V2 {
            put("comment", self.comment_field(issue));
        }
        fields
    }

    /// What an issue shows of its parent.
    fn parent(&self, parent: &Issue) -> Value {
        json!({
            "id": parent.id.to_string(),
            "key": parent.key,
            "self": self.link(&format!("issue/{}", parent.id)),
            "fields": {
                "summary": parent.summary,
                "status": self.status(parent.status),
                "priority": self.priority(parent.priority),
                "issuetype": self.issue_type(parent.issue_type),
            },
        })
    }

    fn components(&self, issue: &Issue) -> Value {
        let known = self
            .world
            .project(&issue.project)
            .map_or(&[][..], |project| &project.components);
        let named = known
            .iter()
            .filter(|(_, name)| issue.components.contains(name));
        named
            .map(|(id, name)| {
                let link = self.link(&format!("component/{id}"));
                json!({ "self": link, "id": id.to_string(), "name": name })
            })
            .collect()
    }

    fn resolution(&self, issue: &Issue) -> Value {
        if issue.status != Status::Done {
            return Value::Null;
        }
        json!({
            "self": self.link("resolution/10000"),
            "id": "10000",
            "description": "Work has been completed on this issue.",
            "name": "Done",
        })
    }

    fn security(&self, issue: &Issue) -> Value {
        if !issue.restricted {
            return Value::Null;
        }
        json!({
            "self": self.link("securitylevel/10001"),
            "id": "10001",
            "description": "Reporter, assignee, approvers and administrators",
            "name": "Restricted",
        })
    }

    fn attachment(&self, file: &Attachment) -> Value {
        json!({
            "self": self.link(&format!("attachment/{}", file.id)),
            "id": file.id.to_string(),
            "filename": file.filename,
            "author": self.user(&file.author),
            "created": clock::iso(file.created),
            "size": file.size,
            "mimeType": "application/octet-stream",
            "content": self.link(&format!("attachment/content/{}", file.id)),
        })
    }
}

fn status_since(issue: &Issue) -> i64 {
    let moved = |item: &crate::world::ChangeItem| item.field_id == "status";
    let last = issue
        .history
        .iter()
        .rev()
        .find(|change| change.items.iter().any(moved));
    last.map_or(issue.created, |change| change.at)
}
