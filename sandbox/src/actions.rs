//! What a test or a script does on the site in somebody's name. People are named by account id, first name or
//! e-mail address; permissions hold as they would in Jira. Every change sends its webhooks.

use serde_json::{Value, json};

use crate::rest;
use crate::site::{Site, lock};
use crate::view::{FieldChoice, View};
use crate::world::{
    AccountId, CommentDraft, Edit, IssueRef, NewIssue, Permission, RoleActor, World, WorldError,
};

/// Operations on a site's world.
#[derive(Clone, Copy)]
pub struct Actions<'a> {
    site: &'a Site,
}

/// The outcome of an operation.
type Outcome<T> = Result<T, WorldError>;

impl<'a> Actions<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        Self { site }
    }

    fn as_user<T>(
        self,
        user: &str,
        operation: impl FnOnce(&mut World, &AccountId) -> Outcome<T>,
    ) -> Outcome<T> {
        self.site.change(|world| {
            let who = world.find_user(user)?;
            operation(world, &who)
        })
    }

    /// Makes a project with the usual people in it; its next issue gets the number after `last_number`. Data Center
    /// allows keys with hyphens, and so does this.
    ///
    /// # Errors
    /// [`WorldError`] if a person of the seed is gone.
    pub fn create_project(self, key: &str, name: &str, last_number: u64) -> Outcome<()> {
        self.site
            .change(|world| world.add_project(key, name, last_number))
    }

    /// Makes a project one of Jira Service Management's.
    ///
    /// # Errors
    /// [`WorldError::NoSuchProject`].
    pub fn make_service_desk(self, key: &str) -> Outcome<()> {
        self.site.change(|world| {
            let mut projects = world.projects.iter_mut();
            let project = projects.find(|project| project.key == key);
            project.ok_or(WorldError::NoSuchProject)?.service_desk = true;
            Ok(())
        })
    }

    /// Begins an approval step of a request, in which so many of these people have to agree; the step's id.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue or person.
    pub fn ask_for_approval(
        self,
        issue: &str,
        name: &str,
        approvers: &[&str],
        needed: usize,
    ) -> Outcome<u64> {
        self.site.change(|world| {
            let approvers = approvers.iter().map(|name| world.find_user(name));
            let approvers = approvers.collect::<Outcome<Vec<AccountId>>>()?;
            world.ask_for_approval(issue, name, approvers, needed)
        })
    }

    /// Answers an approval step; the last answer that was waited for moves the issue on.
    ///
    /// # Errors
    /// [`WorldError::NoSuchTransition`] unless this person is asked in it, and has not answered.
    pub fn answer_approval(
        self,
        user: &str,
        issue: &str,
        step: u64,
        approves: bool,
    ) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.answer_approval(who, issue, step, approves)
        })
    }

    /// Makes an issue.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown project or person, a missing permission or an unacceptable value.
    pub fn create_issue(self, user: &str, new: NewIssue) -> Outcome<IssueRef> {
        self.as_user(user, |world, who| world.create_issue(who, new))
    }

    /// Edits fields; the id of the changelog entry, `None` when nothing changed.
    ///
    /// # Errors
    /// [`WorldError`], as for creating.
    pub fn edit_issue(self, user: &str, issue: &str, edit: Edit) -> Outcome<Option<u64>> {
        self.as_user(user, |world, who| world.edit_issue(who, issue, edit))
    }

    /// Moves an issue to a status (by name, or by transition id); the id of the changelog entry.
    ///
    /// # Errors
    /// [`WorldError::NoSuchTransition`] when it is there already.
    pub fn transition(self, user: &str, issue: &str, to: &str) -> Outcome<u64> {
        self.as_user(user, |world, who| world.transition(who, issue, to))
    }

    /// Moves an issue to another project; the id of the changelog entry.
    ///
    /// # Errors
    /// [`WorldError::NoSuchProject`] when it is there already, or the user may make no issues there.
    pub fn move_issue(self, user: &str, issue: &str, project: &str) -> Outcome<u64> {
        self.as_user(user, |world, who| world.move_issue(who, issue, project))
    }

    /// Has an issue look as if nobody had touched it for so many days.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn age_issue(self, issue: &str, days: u32) -> Outcome<()> {
        self.site.change(|world| world.age_issue(issue, days))
    }

    /// Logs work of so many seconds; the worklog's id.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue, no time or a missing permission.
    pub fn log_work(self, user: &str, issue: &str, seconds: u64, text: &str) -> Outcome<u64> {
        self.as_user(user, |world, who| world.log_work(who, issue, seconds, text))
    }

    /// Changes how long logged work took.
    ///
    /// # Errors
    /// [`WorldError::NoSuchWorklog`] unless the user logged it.
    pub fn change_worklog(self, user: &str, issue: &str, id: u64, seconds: u64) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.change_worklog(who, issue, id, seconds)
        })
    }

    /// Deletes logged work.
    ///
    /// # Errors
    /// [`WorldError::NoSuchWorklog`] unless the user logged it.
    pub fn delete_worklog(self, user: &str, issue: &str, id: u64) -> Outcome<()> {
        self.as_user(user, |world, who| world.delete_worklog(who, issue, id))
    }

    /// Deletes an issue.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue or a missing permission.
    pub fn delete_issue(self, user: &str, issue: &str) -> Outcome<()> {
        self.as_user(user, |world, who| world.delete_issue(who, issue))
    }

    /// Comments in plain text; the comment's id.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue, an empty text or a missing permission.
    pub fn add_comment(self, user: &str, issue: &str, text: &str) -> Outcome<u64> {
        let draft = CommentDraft::of_text(self.site.deployment, text);
        self.as_user(user, |world, who| {
            Ok(world.add_comment(who, issue, draft)?.id)
        })
    }

    /// Replaces a comment's text.
    ///
    /// # Errors
    /// [`WorldError::Forbidden`] unless the user wrote it or administers the project.
    pub fn edit_comment(self, user: &str, issue: &str, comment: u64, text: &str) -> Outcome<()> {
        let draft = CommentDraft::of_text(self.site.deployment, text);
        self.as_user(user, |world, who| {
            world.edit_comment(who, issue, comment, draft).map(|_| ())
        })
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// [`WorldError::Forbidden`] unless the user wrote it or administers the project.
    pub fn delete_comment(self, user: &str, issue: &str, comment: u64) -> Outcome<()> {
        self.as_user(user, |world, who| world.delete_comment(who, issue, comment))
    }

    /// Notes a file of so many bytes; the attachment's id.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue or a missing permission.
    pub fn add_attachment(self, user: &str, issue: &str, name: &str, size: u64) -> Outcome<u64> {
        self.as_user(user, |world, who| {
            world.add_attachment(who, issue, name, size)
        })
    }

    /// Writes an issue property in somebody's name; true when it is new.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown issue, a missing permission or a value above Jira's limit.
    pub fn set_property(self, user: &str, issue: &str, name: &str, value: &Value) -> Outcome<bool> {
        let raw = value.to_string();
        self.as_user(user, |world, who| {
            world.put_property(who, issue, name, &raw)
        })
    }

    /// Removes an issue property in somebody's name.
    ///
    /// # Errors
    /// [`WorldError::NoSuchProperty`] when there is none.
    pub fn delete_property(self, user: &str, issue: &str, name: &str) -> Outcome<()> {
        self.as_user(user, |world, who| world.delete_property(who, issue, name))
    }

    /// All properties of an issue, by key.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn properties(self, issue: &str) -> Outcome<serde_json::Map<String, Value>> {
        let world = lock(&self.site.world);
        Ok(world.issue(issue)?.properties.clone().into_iter().collect())
    }

    /// The remote links of an issue, as REST shows them.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn remote_links(self, issue: &str) -> Outcome<Vec<Value>> {
        let world = lock(&self.site.world);
        let (view, issue) = (View::rest(&world), world.issue(issue)?);
        Ok(issue
            .remote_links
            .iter()
            .map(|link| view.remote_link(issue, link))
            .collect())
    }

    /// What was mailed of an issue when a caller asked for it.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn letters(self, issue: &str) -> Outcome<Value> {
        Ok(json!(lock(&self.site.world).issue(issue)?.letters))
    }

    /// The comments of an issue with their properties, as REST shows them.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn comments(self, issue: &str) -> Outcome<Vec<Value>> {
        let world = lock(&self.site.world);
        let (view, issue) = (View::rest(&world), world.issue(issue)?);
        Ok(issue
            .comments
            .iter()
            .map(|comment| view.comment(issue, comment, true))
            .collect())
    }

    /// An issue with all fields and its changelog, as REST shows it.
    ///
    /// # Errors
    /// [`WorldError::NoSuchIssue`].
    pub fn issue(self, issue: &str) -> Outcome<Value> {
        let world = lock(&self.site.world);
        let (view, issue) = (View::rest(&world), world.issue(issue)?);
        let mut out = view.issue(issue, &FieldChoice::new(std::iter::empty(), true));
        rest::expand_changelog(&view, issue, &mut out);
        Ok(out)
    }

    /// Keys of all issues, in order of making.
    pub fn issue_keys(self) -> Vec<String> {
        lock(&self.site.world)
            .issues
            .values()
            .map(|issue| issue.key.clone())
            .collect()
    }

    /// The account id of somebody named by first name or e-mail address.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn account_id(self, user: &str) -> Outcome<AccountId> {
        lock(&self.site.world).find_user(user)
    }

    /// Grants or takes away a project permission.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown person or project.
    pub fn set_permission(
        self,
        user: &str,
        project: &str,
        permission: Permission,
        granted: bool,
    ) -> Outcome<()> {
        self.as_user(user, |world, who| {
            let key = world
                .project(project)
                .ok_or(WorldError::NoSuchProject)?
                .key
                .clone();
            world.set_permission(who, &key, permission, granted);
            Ok(())
        })
    }

    /// Makes somebody an administrator of the site, or no longer.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn set_site_admin(self, user: &str, admin: bool) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.set_site_admin(who, admin);
            Ok(())
        })
    }

    /// Deactivates an account, or wakes it.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn set_active(self, user: &str, active: bool) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.set_active(who, active);
            Ok(())
        })
    }

    /// Removes an account, as one that its directory lost: what it did stays, and nobody knows it any more.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn remove_user(self, user: &str) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.users.retain(|user| user.account_id != *who);
            Ok(())
        })
    }

    /// Puts a user or group into a project role.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown project or role.
    pub fn add_to_role(self, project: &str, role: &str, actor: RoleActor) -> Outcome<()> {
        self.site.change(|world| {
            let key = world
                .project(project)
                .ok_or(WorldError::NoSuchProject)?
                .key
                .clone();
            world.add_role_actor(&key, role, actor)
        })
    }

    /// Takes a user or group out of a project role.
    ///
    /// # Errors
    /// [`WorldError`] for an unknown project or role.
    pub fn remove_from_role(self, project: &str, role: &str, actor: &RoleActor) -> Outcome<()> {
        self.site.change(|world| {
            let key = world
                .project(project)
                .ok_or(WorldError::NoSuchProject)?
                .key
                .clone();
            world.remove_role_actor(&key, role, actor)
        })
    }

    /// Puts an account into a group, or takes it out; an unknown group is made.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn set_group_member(self, group: &str, user: &str, member: bool) -> Outcome<()> {
        self.as_user(user, |world, who| {
            world.set_group_member(group, who, member);
            Ok(())
        })
    }
}
