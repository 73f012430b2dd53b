//! Comments, changelog entries and remote links as JSON.

use serde_json::{Value, json};

use super::{Api, View};
use crate::world::{Change, Comment, Issue, RemoteLink, Worklog};
use crate::{adf, clock};

impl View<'_> {
    /// One comment; `with_properties` adds what was stored with it.
    pub(crate) fn comment(&self, issue: &Issue, comment: &Comment, with_properties: bool) -> Value {
        let body = match self.api {
            Api::V2 | Api::Server => Value::String(adf::to_text(&comment.body)),
            Api::V3 => comment.body.clone(),
        };
        let mut out = json!({
            "self": self.link(&format!("issue/{}/comment/{}", issue.id, comment.id)),
            "id": comment.id.to_string(),
            "author": self.user(&comment.author),
            "body": body,
            "updateAuthor": self.user(&comment.update_author),
            "created": clock::iso(comment.created),
            "updated": clock::iso(comment.updated),
        });
        if self.api != Api::Server {
            out["jsdPublic"] = json!(true);
        }
        if let Some(visibility) = &comment.visibility {
            out["visibility"] = visibility.clone();
        }
        if with_properties {
            out["properties"] = json!(comment.properties);
        }
        out
    }

    /// The `comment` field of an issue.
    pub(crate) fn comment_field(&self, issue: &Issue) -> Value {
        let comments: Vec<Value> = issue
            .comments
            .iter()
            .map(|comment| self.comment(issue, comment, false))
            .collect();
        json!({
            "self": self.link(&format!("issue/{}/comment", issue.id)),
            "maxResults": comments.len(),
            "total": comments.len(),
            "startAt": 0,
            "comments": comments,
        })
    }

    /// What was logged as work.
    pub(crate) fn worklog(&self, issue: &Issue, worklog: &Worklog) -> Value {
        let body = match (self.api, &worklog.body) {
            (Api::V2 | Api::Server, body) => {
                json!(body.as_ref().map(adf::to_text).unwrap_or_default())
            }
            (Api::V3, body) => json!(body),
        };
        json!({
            "self": self.link(&format!("issue/{}/worklog/{}", issue.id, worklog.id)),
            "author": self.user(&worklog.author),
            "updateAuthor": self.user(&worklog.author),
            "comment": body,
            "created": clock::iso(worklog.created),
            "updated": clock::iso(worklog.updated),
            "started": clock::iso(worklog.started),
            "timeSpent": format!("{}m", worklog.seconds / 60),
            "timeSpentSeconds": worklog.seconds,
            "id": worklog.id.to_string(),
            "issueId": issue.id.to_string(),
        })
    }

    /// One changelog entry as REST lists it.
    pub(crate) fn change(&self, change: &Change) -> Value {
        json!({
            "id": change.id.to_string(),
            "author": self.user(&change.author),
            "created": clock::iso(change.at),
            "items": self.items(change),
        })
    }

    /// What an entry of the changelog lists; Data Center tells no ids of fields.
    pub(crate) fn items(&self, change: &Change) -> Value {
        let mut items = json!(change.items);
        for item in items.as_array_mut().into_iter().flatten() {
            if let (Api::Server, Some(item)) = (self.api, item.as_object_mut()) {
                item.remove("fieldId");
            }
        }
        items
    }

    /// One remote link.
    pub(crate) fn remote_link(&self, issue: &Issue, link: &RemoteLink) -> Value {
        let mut out = json!({
            "id": link.id,
            "self": self.link(&format!("issue/{}/remotelink/{}", issue.key, link.id)),
        });
        for name in ["globalId", "application", "relationship", "object"] {
            if !link.body[name].is_null() {
                out[name] = link.body[name].clone();
            }
        }
        out
    }
}
