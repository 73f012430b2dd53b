//! What hangs on an issue beside its fields: properties, remote links, attachments.

use serde_json::Value;

use super::issue::{Attachment, ChangeItem, RemoteLink};
use super::people::AccountId;
use super::{Permission, What, World, WorldError};
use crate::clock;

/// Jira's limit of a property value, in characters of JSON.
const PROPERTY_LIMIT: usize = 32_768;

impl World {
    /// Stores a property; true when it is new. `raw` is the JSON text as it came.
    pub(crate) fn put_property(
        &mut self,
        actor: &AccountId,
        key: &str,
        name: &str,
        raw: &str,
    ) -> Result<bool, WorldError> {
        let invalid = |reason| WorldError::Invalid {
            field: "property",
            reason,
        };
        if name.is_empty() || name.len() > 255 {
            return Err(invalid("the key must have 1 to 255 characters"));
        }
        if raw.chars().count() > PROPERTY_LIMIT {
            return Err(invalid(
                "the value must not be longer than 32768 characters",
            ));
        }
        let value: Value =
            serde_json::from_str(raw).map_err(|_| invalid("the value must be valid JSON"))?;
        let issue = self.issue_for(actor, key, Permission::EditIssues)?;
        let is_new = issue.properties.insert(name.to_owned(), value).is_none();
        let issue = issue.clone();
        let what = What::PropertySet(name.to_owned());
        self.happened(actor, clock::now_ms(), issue, what);
        Ok(is_new)
    }

    /// Removes a property.
    pub(crate) fn delete_property(
        &mut self,
        actor: &AccountId,
        key: &str,
        name: &str,
    ) -> Result<(), WorldError> {
        let issue = self.issue_for(actor, key, Permission::EditIssues)?;
        issue
            .properties
            .remove(name)
            .ok_or(WorldError::NoSuchProperty)?;
        let issue = issue.clone();
        let what = What::PropertyRemoved(name.to_owned());
        self.happened(actor, clock::now_ms(), issue, what);
        Ok(())
    }

    /// Adds a remote link, or replaces the one with the same `globalId`; its id and true when new.
    pub(crate) fn put_remote_link(
        &mut self,
        actor: &AccountId,
        key: &str,
        body: Value,
    ) -> Result<(u64, bool), WorldError> {
        let required = |name: &str| {
            body["object"][name]
                .as_str()
                .is_some_and(|it| !it.is_empty())
        };
        for (name, reason) in [
            ("title", "'title' is required."),
            ("url", "'url' is required."),
        ] {
            if !required(name) {
                let field = if name == "title" { "title" } else { "url" };
                return Err(WorldError::Invalid { field, reason });
            }
        }
        let global_id = body["globalId"].as_str().map(str::to_owned);
        if global_id.as_ref().is_some_and(|id| id.len() > 255) {
            let reason = "must not be longer than 255 characters";
            return Err(WorldError::Invalid {
                field: "globalId",
                reason,
            });
        }
        let id = self.next_id();
        let issue = self.issue_for(actor, key, Permission::EditIssues)?;
        let known = issue
            .remote_links
            .iter_mut()
            .find(|l| global_id.is_some() && l.global_id == global_id);
        if let Some(link) = known {
            link.body = body;
            return Ok((link.id, false));
        }
        issue.remote_links.push(RemoteLink {
            id,
            global_id,
            body,
        });
        Ok((id, true))
    }

    /// Removes the remote links that `gone` picks; an error when there are none.
    pub(crate) fn delete_remote_link(
        &mut self,
        actor: &AccountId,
        key: &str,
        gone: impl Fn(&RemoteLink) -> bool,
    ) -> Result<(), WorldError> {
        let issue = self.issue_for(actor, key, Permission::EditIssues)?;
        let before = issue.remote_links.len();
        issue.remote_links.retain(|link| !gone(link));
        if issue.remote_links.len() == before {
            return Err(WorldError::NoSuchRemoteLink);
        }
        Ok(())
    }

    /// Notes a file on the issue; its id.
    pub(crate) fn add_attachment(
        &mut self,
        actor: &AccountId,
        key: &str,
        filename: &str,
        size: u64,
    ) -> Result<u64, WorldError> {
        let mut issue = self.issue_for(actor, key, Permission::EditIssues)?.clone();
        let (id, created) = (self.next_id(), clock::now_ms());
        let author = actor.clone();
        issue.attachments.push(Attachment {
            id,
            filename: filename.to_owned(),
            size,
            author,
            created,
        });
        let item = ChangeItem {
            field: "Attachment".to_owned(),
            fieldtype: "jira",
            field_id: "attachment".to_owned(),
            from: None,
            from_string: None,
            to: Some(id.to_string()),
            to_string: Some(filename.to_owned()),
        };
        self.commit(actor, issue, vec![item], "issue_updated");
        Ok(id)
    }
}
