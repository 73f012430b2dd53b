//! Users, groups and project roles. Says who is in what; what they may do is in `permission`.

use std::fmt;

use serde::Serialize;

use super::{World, WorldError};

/// Alice Ng, a developer.
pub const ALICE: &str = "5f8a1c0e2b7d4a0068c1e0a1";
/// Ben Okafor, a developer who reports most tickets.
pub const BEN: &str = "5f8a1c0e2b7d4a0068c1e0b2";
/// Carla Ruiz, security lead: in the role "Approvers" and the group "countersign-approvers".
pub const CARLA: &str = "712020:6f0c2d1e-93a4-4d55-8f3b-0a7c5be1d9c3";
/// Dan Weber, in no role or group: may browse, may not comment.
pub const DAN: &str = "712020:1b9e4a77-20cd-4f0e-b1a2-6c8d7e9f0d44";
/// Erin Shah, administrator of the site.
pub const ERIN: &str = "5f8a1c0e2b7d4a0068c1e0e5";
/// The role whose members approve.
pub const APPROVERS_ROLE: &str = "Approvers";
/// The group whose members approve.
pub const APPROVERS_GROUP: &str = "countersign-approvers";

/// An opaque account id of 1 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Accepts letters, digits, `:` and `-`.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`] when the text cannot be an account id.
    pub fn parse(text: &str) -> Result<Self, WorldError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '-';
        if text.is_empty() || text.len() > 128 || !text.chars().all(plain) {
            return Err(WorldError::NoSuchUser);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an account is a person or an installed app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserKind {
    /// A person.
    Atlassian,
    /// The account of an installed app.
    App,
}

/// One account of the site.
#[derive(Clone)]
pub(crate) struct User {
    /// Identity.
    pub(crate) account_id: AccountId,
    /// The name as shown.
    pub(crate) display_name: String,
    /// False once deactivated: holds no permission.
    pub(crate) active: bool,
    /// Person or app.
    pub(crate) kind: UserKind,
    pub(crate) email: String,
    /// Whether the profile shows the address to everybody on the site.
    pub(crate) shows_email: bool,
    pub(crate) api_token: String,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("account_id", &self.account_id)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

impl User {
    /// `accountType` on the wire.
    pub(crate) fn account_type(&self) -> &'static str {
        match self.kind {
            UserKind::Atlassian => "atlassian",
            UserKind::App => "app",
        }
    }

    /// What somebody logs in with, on Data Center: the part of the e-mail address before the @.
    pub(crate) fn login(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    /// True when `text` is this account's id, first name, display name or e-mail address.
    pub(crate) fn answers_to(&self, text: &str) -> bool {
        let first = self.display_name.split(' ').next().unwrap_or_default();
        self.account_id.as_str() == text
            || [first, &self.display_name, &self.email]
                .iter()
                .any(|name| !name.is_empty() && name.eq_ignore_ascii_case(text))
    }
}

/// A group of users.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) members: Vec<AccountId>,
}

/// Who fills a project role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleActor {
    /// One user.
    User(AccountId),
    /// Everybody in the named group.
    Group(String),
}

/// A project role of the site.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

/// The roles every project has.
pub(crate) const ROLES: [Role; 3] = [
    Role {
        id: 10002,
        name: "Administrators",
        description: "Look after the project",
    },
    Role {
        id: 10003,
        name: "Developers",
        description: "Do the work",
    },
    Role {
        id: 10360,
        name: APPROVERS_ROLE,
        description: "Sign off security requirements",
    },
];

impl World {
    /// Puts somebody into a project role; a second time changes nothing.
    pub(crate) fn add_role_actor(
        &mut self,
        project: &str,
        role: &str,
        actor: RoleActor,
    ) -> Result<(), WorldError> {
        let role = parse_role(role)?;
        let id = self.next_id();
        let actors = self
            .role_actors
            .entry((project.to_owned(), role))
            .or_default();
        if !actors.iter().any(|(_, known)| *known == actor) {
            actors.push((id, actor));
        }
        Ok(())
    }

    /// Takes somebody out of a project role.
    pub(crate) fn remove_role_actor(
        &mut self,
        project: &str,
        role: &str,
        actor: &RoleActor,
    ) -> Result<(), WorldError> {
        let role = parse_role(role)?;
        if let Some(actors) = self.role_actors.get_mut(&(project.to_owned(), role)) {
            actors.retain(|(_, known)| known != actor);
        }
        Ok(())
    }

    /// Puts an account into a group, or takes it out; an unknown group is made.
    pub(crate) fn set_group_member(&mut self, name: &str, who: &AccountId, member: bool) {
        if self.group(name).is_none() {
            let id = format!("00000000-0000-4000-8000-{:012}", self.next_id());
            self.groups.push(Group {
                id,
                name: name.to_owned(),
                members: Vec::new(),
            });
        }
        if let Some(group) = self.groups.iter_mut().find(|group| group.name == name) {
            group.members.retain(|known| known != who);
            if member {
                group.members.push(who.clone());
            }
        }
    }
}

fn parse_role(name: &str) -> Result<&'static str, WorldError> {
    let known = ROLES.iter().find(|role| role.name == name);
    known.map(|role| role.name).ok_or(WorldError::Invalid {
        field: "role",
        reason: "no such project role",
    })
}
