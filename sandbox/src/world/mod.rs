//! The site's data in memory: projects, people, issues, and the changes they go through. Knows no HTTP, no JSON
//! of Jira's and no app; what happened is left in a queue for the webhooks.

mod attach;
mod change;
mod difference;
mod field;
mod issue;
mod mail;
mod people;
mod permission;
mod seed;
mod step;
mod talk;
mod worklog;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Deployment;

pub(crate) use field::{APP_FIELD, CUSTOM_FIELDS, SYSTEM_FIELDS};
pub use field::{IssueType, Priority, Status};
pub(crate) use issue::{
    Answer, Attachment, Change, ChangeItem, Comment, Issue, RemoteLink, Step, Worklog,
};
pub use issue::{Edit, IssueRef, NewIssue};
pub(crate) use mail::Letter;
pub use people::{
    ALICE, APPROVERS_GROUP, APPROVERS_ROLE, AccountId, BEN, CARLA, DAN, ERIN, RoleActor,
};
pub(crate) use people::{Group, ROLES, User, UserKind};
pub(crate) use permission::ADMINISTER;
pub use permission::Permission;
pub(crate) use talk::CommentDraft;

/// Why an operation on the world was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The account lacks a permission on something it can see.
    #[error("the account lacks {}", permission.key())]
    Forbidden {
        /// The missing permission.
        permission: Permission,
    },
    /// A value is not acceptable.
    #[error("{field}: {reason}")]
    Invalid {
        /// Name of the field as Jira spells it.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No such comment on the issue.
    #[error("the comment does not exist")]
    NoSuchComment,
    /// No such issue, or it cannot be seen.
    #[error("the issue does not exist or may not be seen")]
    NoSuchIssue,
    /// No such project, or it cannot be seen.
    #[error("the project does not exist or may not be seen")]
    NoSuchProject,
    /// No such property on the issue.
    #[error("the property does not exist")]
    NoSuchProperty,
    /// No such remote link on the issue.
    #[error("the remote link does not exist")]
    NoSuchRemoteLink,
    /// The transition does not exist or does not start here.
    #[error("the transition is not available")]
    NoSuchTransition,
    /// No such work was logged on the issue, or not by that person.
    #[error("the worklog does not exist")]
    NoSuchWorklog,
    /// No such account.
    #[error("the user does not exist")]
    NoSuchUser,
}

/// A project and its components.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    /// Whether it is one of Jira Service Management's.
    pub(crate) service_desk: bool,
    pub(crate) lead: AccountId,
    pub(crate) components: Vec<(u64, String)>,
    pub(crate) next_number: u64,
}

/// What happened, as far as webhooks care.
#[derive(Clone)]
pub(crate) enum What {
    Created { change: Change },
    Updated { change: Change, kind: &'static str },
    Deleted,
    Commented(Comment),
    CommentEdited(Comment),
    CommentDeleted(Comment),
    WorkLogged(Worklog),
    WorklogEdited(Worklog),
    WorklogDeleted(Worklog),
    PropertySet(String),
    PropertyRemoved(String),
}

/// One happening with the issue as it was right after it (before, for a deletion).
#[derive(Clone)]
pub(crate) struct Happening {
    pub(crate) actor: AccountId,
    pub(crate) at: i64,
    pub(crate) issue: Issue,
    pub(crate) what: What,
}

/// The whole site. Owned by one mutex; nothing in here blocks.
pub(crate) struct World {
    pub(crate) base_url: String,
    pub(crate) deployment: Deployment,
    pub(crate) projects: Vec<Project>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) role_actors: BTreeMap<(String, &'static str), Vec<(u64, RoleActor)>>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) happenings: Vec<Happening>,
    grants: BTreeSet<(AccountId, String, Permission)>,
    admins: BTreeSet<AccountId>,
    last_id: u64,
}

impl World {
    /// A fresh id; one increasing sequence serves issues, comments, changes and links.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn user(&self, id: &AccountId) -> Option<&User> {
        self.users.iter().find(|user| user.account_id == *id)
    }

    /// Finds an account by id, first name, display name or e-mail address.
    pub(crate) fn find_user(&self, text: &str) -> Result<AccountId, WorldError> {
        let found = self.users.iter().find(|user| user.answers_to(text));
        found
            .map(|user| user.account_id.clone())
            .ok_or(WorldError::NoSuchUser)
    }

    /// Finds a project by key (any case) or id.
    pub(crate) fn project(&self, id_or_key: &str) -> Option<&Project> {
        self.projects.iter().find(|project| {
            project.key.eq_ignore_ascii_case(id_or_key) || project.id.to_string() == id_or_key
        })
    }

    pub(crate) fn group(&self, name_or_id: &str) -> Option<&Group> {
        self.groups
            .iter()
            .find(|group| group.name == name_or_id || group.id == name_or_id)
    }

    pub(crate) fn actors(&self, project: &str, role: &str) -> &[(u64, RoleActor)] {
        let found = self
            .role_actors
            .iter()
            .find(|((key, name), _)| key == project && *name == role);
        found.map_or(&[], |(_, actors)| actors.as_slice())
    }

    /// Finds an issue by id or key (any case), whoever asks.
    pub(crate) fn issue(&self, id_or_key: &str) -> Result<&Issue, WorldError> {
        let id = id_or_key.parse::<u64>().ok();
        self.issues
            .values()
            .find(|issue| {
                let is_key = |key: &String| key.eq_ignore_ascii_case(id_or_key);
                Some(issue.id) == id || is_key(&issue.key) || issue.former_keys.iter().any(is_key)
            })
            .ok_or(WorldError::NoSuchIssue)
    }

    /// As [`World::issue`], for somebody who must be able to see it.
    pub(crate) fn visible_issue(
        &self,
        who: &AccountId,
        id_or_key: &str,
    ) -> Result<&Issue, WorldError> {
        let issue = self.issue(id_or_key)?;
        if self.may_see(who, issue) {
            Ok(issue)
        } else {
            Err(WorldError::NoSuchIssue)
        }
    }

    /// The issue to change, once `who` was found to hold the permission on it.
    pub(crate) fn issue_for(
        &mut self,
        who: &AccountId,
        id_or_key: &str,
        permission: Permission,
    ) -> Result<&mut Issue, WorldError> {
        let issue = self.issue(id_or_key)?;
        self.demand(who, issue, permission)?;
        let id = issue.id;
        self.issues.get_mut(&id).ok_or(WorldError::NoSuchIssue)
    }

    pub(crate) fn happened(&mut self, actor: &AccountId, at: i64, issue: Issue, what: What) {
        self.happenings.push(Happening {
            actor: actor.clone(),
            at,
            issue,
            what,
        });
    }
}
