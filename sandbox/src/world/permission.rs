//! What an account may do: grants per user and project, and who sees a restricted issue. No HTTP.

use super::people::{APPROVERS_ROLE, AccountId, RoleActor};
use super::{Issue, World, WorldError};

/// A permission that is granted per project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Comment on issues.
    AddComments,
    /// Change the project's settings.
    AdministerProjects,
    /// See the project and its issues.
    BrowseProjects,
    /// Create issues.
    CreateIssues,
    /// Delete issues.
    DeleteIssues,
    /// Edit issues and their properties.
    EditIssues,
    /// Move issues through the workflow.
    TransitionIssues,
}

impl Permission {
    /// Every project permission of the site.
    pub const ALL: [Self; 7] = [
        Self::AddComments,
        Self::AdministerProjects,
        Self::BrowseProjects,
        Self::CreateIssues,
        Self::DeleteIssues,
        Self::EditIssues,
        Self::TransitionIssues,
    ];

    /// Jira's key of the permission.
    pub fn key(self) -> &'static str {
        match self {
            Self::AddComments => "ADD_COMMENTS",
            Self::AdministerProjects => "ADMINISTER_PROJECTS",
            Self::BrowseProjects => "BROWSE_PROJECTS",
            Self::CreateIssues => "CREATE_ISSUES",
            Self::DeleteIssues => "DELETE_ISSUES",
            Self::EditIssues => "EDIT_ISSUES",
            Self::TransitionIssues => "TRANSITION_ISSUES",
        }
    }

    /// The permission with that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.key() == key)
    }
}

/// The one global permission the site knows.
pub(crate) const ADMINISTER: &str = "ADMINISTER";

impl World {
    /// True when the active account holds the permission in the project.
    pub(crate) fn may(&self, who: &AccountId, project: &str, permission: Permission) -> bool {
        self.user(who).is_some_and(|user| user.active)
            && self
                .grants
                .contains(&(who.clone(), project.to_owned(), permission))
    }

    /// True when the active account administers the site.
    pub(crate) fn is_site_admin(&self, who: &AccountId) -> bool {
        self.user(who).is_some_and(|user| user.active) && self.admins.contains(who)
    }

    /// True when the account may browse the project and, for a restricted issue, belongs to the level.
    pub(crate) fn may_see(&self, who: &AccountId, issue: &Issue) -> bool {
        self.may(who, &issue.project, Permission::BrowseProjects)
            && (!issue.restricted || self.in_security_level(who, issue))
    }

    /// As [`World::may`], for an issue: an issue that cannot be seen grants nothing.
    pub(crate) fn may_on(&self, who: &AccountId, issue: &Issue, permission: Permission) -> bool {
        self.may_see(who, issue) && self.may(who, &issue.project, permission)
    }

    /// Fails as Jira does: an issue that cannot be seen does not exist, another refusal is an error.
    pub(crate) fn demand(
        &self,
        who: &AccountId,
        issue: &Issue,
        permission: Permission,
    ) -> Result<(), WorldError> {
        if !self.may_see(who, issue) {
            return Err(WorldError::NoSuchIssue);
        }
        if !self.may(who, &issue.project, permission) {
            return Err(WorldError::Forbidden { permission });
        }
        Ok(())
    }

    /// Grants or takes away one permission.
    pub(crate) fn set_permission(
        &mut self,
        who: &AccountId,
        project: &str,
        permission: Permission,
        granted: bool,
    ) {
        let grant = (who.clone(), project.to_owned(), permission);
        if granted {
            self.grants.insert(grant);
        } else {
            self.grants.remove(&grant);
        }
    }

    /// Makes an account an administrator of the site, or no longer.
    pub(crate) fn set_site_admin(&mut self, who: &AccountId, admin: bool) {
        if admin {
            self.admins.insert(who.clone());
        } else {
            self.admins.remove(who);
        }
    }

    /// Deactivates an account, or wakes it.
    pub(crate) fn set_active(&mut self, who: &AccountId, active: bool) {
        for user in self.users.iter_mut().filter(|user| user.account_id == *who) {
            user.active = active;
        }
    }

    fn in_security_level(&self, who: &AccountId, issue: &Issue) -> bool {
        self.user(who)
            .is_some_and(|user| user.kind == super::UserKind::App)
            || self.is_site_admin(who)
            || issue.reporter.as_ref() == Some(who)
            || issue.assignee.as_ref() == Some(who)
            || self.in_role(who, &issue.project, APPROVERS_ROLE)
    }

    fn in_role(&self, who: &AccountId, project: &str, role: &str) -> bool {
        self.actors(project, role)
            .iter()
            .any(|(_, actor)| match actor {
                RoleActor::User(id) => id == who,
                RoleActor::Group(name) => self
                    .group(name)
                    .is_some_and(|group| group.members.contains(who)),
            })
    }
}
