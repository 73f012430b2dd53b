//! Making, editing, moving and deleting issues. Each writes its changelog entry and leaves a happening.

use serde_json::Value;

use super::issue::{Change, ChangeItem, Edit, Issue, IssueRef, NewIssue};
use super::people::AccountId;
use super::{APP_FIELD, CUSTOM_FIELDS, Permission, Status, What, World, WorldError};
use crate::{adf, clock};

impl World {
    /// Makes an issue as `actor`.
    pub(crate) fn create_issue(
        &mut self,
        actor: &AccountId,
        new: NewIssue,
    ) -> Result<IssueRef, WorldError> {
        let project = self
            .project(&new.project)
            .ok_or(WorldError::NoSuchProject)?
            .key
            .clone();
        if !self.may(actor, &project, Permission::CreateIssues) {
            return Err(WorldError::NoSuchProject);
        }
        let summary = parse_summary(&new.summary)?;
        let labels = parse_labels(new.labels)?;
        check_custom(new.custom.keys())?;
        let reporter = match &new.reporter {
            Some(name) => self.find_user(name)?,
            None => actor.clone(),
        };
        let assignee = self.parse_person(new.assignee.as_deref())?;
        let parent = match &new.parent {
            Some(key) => Some(self.visible_issue(actor, key)?.id),
            None => None,
        };
        let (at, id, change_id) = (clock::now_ms(), self.next_id(), self.next_id());
        let mut issue = Issue {
            id,
            key: self.next_key(&project),
            former_keys: Vec::new(),
            project: project.clone(),
            issue_type: new.issue_type,
            parent,
            summary,
            description: parse_description(&new.description),
            priority: new.priority,
            labels,
            components: Vec::new(),
            status: Status::ToDo,
            resolved_at: None,
            restricted: new.restricted,
            assignee,
            reporter: Some(reporter),
            creator: actor.clone(),
            created: at,
            updated: at,
            custom: new
                .custom
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect(),
            attachments: Vec::new(),
            comments: Vec::new(),
            worklogs: Vec::new(),
            steps: Vec::new(),
            properties: std::collections::BTreeMap::new(),
            remote_links: Vec::new(),
            letters: Vec::new(),
            history: Vec::new(),
        };
        self.set_components(&mut issue, new.components);
        let items = self.birth_items(&issue);
        let change = Change {
            id: change_id,
            author: actor.clone(),
            at,
            items,
        };
        let made = IssueRef {
            id,
            key: issue.key.clone(),
        };
        self.issues.insert(id, issue.clone());
        self.happened(actor, at, issue, What::Created { change });
        Ok(made)
    }

    /// Edits fields as `actor`; the id of the changelog entry, or `None` when nothing changed.
    pub(crate) fn edit_issue(
        &mut self,
        actor: &AccountId,
        key: &str,
        edit: Edit,
    ) -> Result<Option<u64>, WorldError> {
        let before = self.issue_for(actor, key, Permission::EditIssues)?.clone();
        let mut after = before.clone();
        check_custom(edit.custom.keys())?;
        if let Some(summary) = edit.summary {
            after.summary = parse_summary(&summary)?;
        }
        if let Some(text) = edit.description {
            after.description = parse_description(&text);
        }
        if let Some(labels) = edit.labels {
            after.labels = parse_labels(labels)?;
        }
        if let Some(components) = edit.components {
            self.set_components(&mut after, components);
        }
        if let Some(name) = edit.assignee {
            after.assignee = self.parse_person(Some(&name))?;
        }
        if let Some(name) = edit.reporter {
            after.reporter = Some(self.find_user(&name)?);
        }
        after.issue_type = edit.issue_type.unwrap_or(after.issue_type);
        after.priority = edit.priority.unwrap_or(after.priority);
        after.restricted = edit.restricted.unwrap_or(after.restricted);
        for (field, value) in edit.custom {
            if value.is_null() {
                after.custom.remove(&field);
            } else {
                after.custom.insert(field, value);
            }
        }
        let items = self.difference(&before, &after);
        let only_assignee = items.iter().all(|item| item.field_id == "assignee");
        let kind = if only_assignee {
            "issue_assigned"
        } else {
            "issue_updated"
        };
        Ok(self.commit(actor, after, items, kind))
    }

    /// Sets the app's own field on an issue, as the app.
    pub(crate) fn set_app_field(
        &mut self,
        app: &AccountId,
        issue: u64,
        value: Value,
    ) -> Result<(), WorldError> {
        let before = self.visible_issue(app, &issue.to_string())?.clone();
        let mut after = before.clone();
        match value {
            Value::Null => drop(after.custom.remove(APP_FIELD.0)),
            value => drop(after.custom.insert(APP_FIELD.0.to_owned(), value)),
        }
        let items = self.difference(&before, &after);
        self.commit(app, after, items, "issue_updated");
        Ok(())
    }

    /// Moves the issue by transition id or target status name; the id of the changelog entry.
    pub(crate) fn transition(
        &mut self,
        actor: &AccountId,
        key: &str,
        transition: &str,
    ) -> Result<u64, WorldError> {
        let before = self
            .issue_for(actor, key, Permission::TransitionIssues)?
            .clone();
        let to = Status::ALL
            .into_iter()
            .filter(|status| *status != before.status)
            .find(|to| to.transition_id() == transition || to.name() == transition)
            .ok_or(WorldError::NoSuchTransition)?;
        let mut after = before.clone();
        after.status = to;
        after.resolved_at = (to == Status::Done).then(clock::now_ms);
        let items = self.difference(&before, &after);
        self.commit(actor, after, items, "issue_generic")
            .ok_or(WorldError::NoSuchTransition)
    }

    /// Moves the issue to another project, where it gets the next key; the id of the changelog entry.
    pub(crate) fn move_issue(
        &mut self,
        actor: &AccountId,
        key: &str,
        project: &str,
    ) -> Result<u64, WorldError> {
        let before = self.issue_for(actor, key, Permission::EditIssues)?.clone();
        let project = self
            .project(project)
            .ok_or(WorldError::NoSuchProject)?
            .key
            .clone();
        if project == before.project || !self.may(actor, &project, Permission::CreateIssues) {
            return Err(WorldError::NoSuchProject);
        }
        let mut after = before.clone();
        after.former_keys.push(before.key.clone());
        after.key = self.next_key(&project);
        after.project = project;
        after.components = Vec::new();
        let items = self.difference(&before, &after);
        self.commit(actor, after, items, "issue_moved")
            .ok_or(WorldError::NoSuchProject)
    }

    /// Puts the time of the issue's last change back by so many days; tells nobody.
    pub(crate) fn age_issue(&mut self, key: &str, days: u32) -> Result<(), WorldError> {
        let id = self.issue(key)?.id;
        let issue = self.issues.get_mut(&id).ok_or(WorldError::NoSuchIssue)?;
        let put_back = i64::from(days) * 24 * 60 * 60 * 1_000;
        issue.created -= put_back;
        issue.updated -= put_back;
        Ok(())
    }

    /// Deletes the issue for good.
    pub(crate) fn delete_issue(&mut self, actor: &AccountId, key: &str) -> Result<(), WorldError> {
        let id = self.issue_for(actor, key, Permission::DeleteIssues)?.id;
        if let Some(issue) = self.issues.remove(&id) {
            self.happened(actor, clock::now_ms(), issue, What::Deleted);
        }
        Ok(())
    }

    /// Stores the changed issue with its changelog entry; nothing happens without items.
    pub(crate) fn commit(
        &mut self,
        actor: &AccountId,
        mut after: Issue,
        items: Vec<ChangeItem>,
        kind: &'static str,
    ) -> Option<u64> {
        if items.is_empty() {
            return None;
        }
        let (id, at) = (self.next_id(), clock::now_ms());
        let change = Change {
            id,
            author: actor.clone(),
            at,
            items,
        };
        after.updated = at;
        after.history.push(change.clone());
        self.issues.insert(after.id, after.clone());
        self.happened(actor, at, after, What::Updated { change, kind });
        Some(id)
    }

    fn next_key(&mut self, key: &str) -> String {
        let project = self.projects.iter_mut().find(|project| project.key == key);
        let number = project.map_or(1, |project| {
            project.next_number += 1;
            project.next_number
        });
        format!("{key}-{number}")
    }

    fn parse_person(&self, name: Option<&str>) -> Result<Option<AccountId>, WorldError> {
        match name {
            None | Some("") => Ok(None),
            Some(name) => self.find_user(name).map(Some),
        }
    }

    /// Components are named; one that the project lacks is made.
    fn set_components(&mut self, issue: &mut Issue, names: Vec<String>) {
        for name in &names {
            let id = self.next_id();
            if let Some(project) = self.projects.iter_mut().find(|p| p.key == issue.project)
                && !project.components.iter().any(|(_, known)| known == name)
            {
                project.components.push((id, name.clone()));
            }
        }
        issue.components = names;
    }
}

fn parse_summary(text: &str) -> Result<String, WorldError> {
    let text = text.trim();
    if text.is_empty() || text.contains('\n') || text.chars().count() > 255 {
        let reason = "must be one line of 1 to 255 characters";
        return Err(WorldError::Invalid {
            field: "summary",
            reason,
        });
    }
    Ok(text.to_owned())
}

fn parse_labels(labels: Vec<String>) -> Result<Vec<String>, WorldError> {
    if labels
        .iter()
        .any(|label| label.is_empty() || label.contains(char::is_whitespace))
    {
        return Err(WorldError::Invalid {
            field: "labels",
            reason: "a label has no spaces",
        });
    }
    Ok(labels)
}

fn parse_description(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| adf::from_text(text))
}

fn check_custom<'a>(mut ids: impl Iterator<Item = &'a String>) -> Result<(), WorldError> {
    if ids.all(|id| CUSTOM_FIELDS.iter().any(|(known, ..)| known == id)) {
        return Ok(());
    }
    Err(WorldError::Invalid {
        field: "custom",
        reason: "no such field",
    })
}
