//! Comments: adding, editing, deleting. Bodies are documents, on Data Center wiki markup.

use serde_json::Value;

use super::issue::Comment;
use super::people::AccountId;
use super::{Permission, What, World, WorldError};
use crate::config::Deployment;
use crate::{adf, clock};

/// What a caller may give with a comment.
#[derive(Clone, Default)]
pub(crate) struct CommentDraft {
    pub(crate) body: Value,
    pub(crate) visibility: Option<Value>,
    pub(crate) properties: Option<Vec<Value>>,
}

impl CommentDraft {
    /// A comment of plain text.
    pub(crate) fn of_text(deployment: Deployment, text: &str) -> Self {
        let body = match deployment {
            Deployment::Cloud => adf::from_text(text),
            Deployment::DataCenter => text.into(),
        };
        Self {
            body,
            ..Self::default()
        }
    }

    fn check(&self, deployment: Deployment) -> Result<(), WorldError> {
        let of_its_kind = match deployment {
            Deployment::Cloud => adf::check(&self.body).is_ok(),
            Deployment::DataCenter => self.body.is_string(),
        };
        if adf::to_text(&self.body).trim().is_empty() || !of_its_kind {
            let reason = "Comment body is not valid!";
            return Err(WorldError::Invalid {
                field: "comment",
                reason,
            });
        }
        Ok(())
    }
}

impl World {
    /// Adds a comment as `actor`.
    pub(crate) fn add_comment(
        &mut self,
        actor: &AccountId,
        key: &str,
        draft: CommentDraft,
    ) -> Result<Comment, WorldError> {
        draft.check(self.deployment)?;
        let (id, at) = (self.next_id(), clock::now_ms());
        let comment = Comment {
            id,
            author: actor.clone(),
            update_author: actor.clone(),
            body: draft.body,
            created: at,
            updated: at,
            visibility: draft.visibility,
            properties: draft.properties.unwrap_or_default(),
        };
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        issue.comments.push(comment.clone());
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::Commented(comment.clone()));
        Ok(comment)
    }

    /// Replaces a comment's body; its author may, and who administers the project.
    pub(crate) fn edit_comment(
        &mut self,
        actor: &AccountId,
        key: &str,
        comment_id: u64,
        draft: CommentDraft,
    ) -> Result<Comment, WorldError> {
        draft.check(self.deployment)?;
        self.demand_comment(actor, key, comment_id)?;
        let at = clock::now_ms();
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        let comment = issue
            .comments
            .iter_mut()
            .find(|comment| comment.id == comment_id);
        let comment = comment.ok_or(WorldError::NoSuchComment)?;
        comment.body = draft.body;
        comment.update_author = actor.clone();
        comment.updated = at;
        if draft.visibility.is_some() {
            comment.visibility = draft.visibility;
        }
        if let Some(properties) = draft.properties {
            comment.properties = properties;
        }
        let comment = comment.clone();
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::CommentEdited(comment.clone()));
        Ok(comment)
    }

    /// Deletes a comment; its author may, and who administers the project.
    pub(crate) fn delete_comment(
        &mut self,
        actor: &AccountId,
        key: &str,
        comment_id: u64,
    ) -> Result<(), WorldError> {
        self.demand_comment(actor, key, comment_id)?;
        let at = clock::now_ms();
        let issue = self.issue_for(actor, key, Permission::AddComments)?;
        let place = issue
            .comments
            .iter()
            .position(|comment| comment.id == comment_id);
        let comment = issue
            .comments
            .remove(place.ok_or(WorldError::NoSuchComment)?);
        issue.updated = at;
        let issue = issue.clone();
        self.happened(actor, at, issue, What::CommentDeleted(comment));
        Ok(())
    }

    fn demand_comment(&self, actor: &AccountId, key: &str, id: u64) -> Result<(), WorldError> {
        let issue = self.visible_issue(actor, key)?;
        let comment = issue.comments.iter().find(|comment| comment.id == id);
        let author = &comment.ok_or(WorldError::NoSuchComment)?.author;
        let permission = Permission::AdministerProjects;
        if author == actor || self.may(actor, &issue.project, permission) {
            return Ok(());
        }
        Err(WorldError::Forbidden { permission })
    }
}
