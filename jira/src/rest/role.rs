//! Who has a role in a project: accounts, and groups of accounts. Data Center names accounts by what they log in with.

use std::collections::BTreeMap;

use record::ids::{AccountId, ProjectKey};
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::{GET_ROLE, GET_USER, LIST_GROUP_MEMBERS, LIST_ROLES, LIST_USER_GROUPS};
use super::paging::{Page, Positions};
use super::site::Interface;
use crate::wire::Person;

const PAGE: u64 = 50;
const MOST_PAGES: u32 = 400;

/// A role a project knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id on the site.
    pub id: u64,
    /// Its name, as people see it.
    pub name: String,
}

/// A group of accounts. The id lasts; the name may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's id; Data Center has none.
    pub id: Option<String>,
    /// The group's name.
    pub name: String,
}

/// Who has a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleActors {
    /// Accounts that have it themselves.
    pub accounts: Vec<AccountId>,
    /// The same by what they log in with, on Data Center.
    pub logins: Vec<String>,
    /// Groups whose members have it.
    pub groups: Vec<Group>,
}

#[derive(Deserialize)]
struct RoleBody {
    #[serde(default)]
    actors: Vec<Actor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Actor {
    actor_user: Option<Person>,
    actor_group: Option<GroupBody>,
    #[serde(rename = "type", default)]
    kind: String,
    name: Option<String>,
}

impl Actor {
    /// Cloud tells of a user or a group apart; Data Center names it, and says in the type which it is.
    fn count(self, among: &mut RoleActors) {
        if let Some(user) = self.actor_user {
            among.accounts.extend(user.account());
        } else if let Some(group) = self.actor_group {
            among.groups.push(group.into());
        } else if let Some(name) = self.name {
            match self.kind.as_str() {
                "atlassian-user-role-actor" => among.logins.push(name),
                "atlassian-group-role-actor" => among.groups.push(Group { id: None, name }),
                _ => {}
            }
        }
    }
}

/// An account with its groups, as Data Center tells of them.
#[derive(Deserialize)]
struct Member {
    groups: Groups,
}

#[derive(Deserialize)]
struct Groups {
    items: Vec<GroupBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupBody {
    group_id: Option<String>,
    name: String,
}

#[derive(Deserialize)]
struct Members {
    values: Vec<Person>,
    #[serde(flatten)]
    page: Page,
}

impl SiteClient<'_> {
    /// The roles of a project.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn roles(&self, project: &ProjectKey) -> Result<Vec<Role>, RestError> {
        let values = [project.as_str()];
        let call = Call {
            operation: &LIST_ROLES,
            values: &values,
            query: &[],
            body: None,
        };
        let addresses: BTreeMap<String, String> = self.json(call).await?;
        // Jira gives an address per role; only the id at its end is used.
        let role = |(name, address): (String, String)| {
            let id = address.rsplit('/').next()?.parse().ok()?;
            Some(Role { id, name })
        };
        let roles: Option<Vec<Role>> = addresses.into_iter().map(role).collect();
        roles.ok_or(RestError::Nonsense { call: &LIST_ROLES })
    }

    /// Who has this role in a project.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn role_actors(
        &self,
        project: &ProjectKey,
        role: u64,
    ) -> Result<RoleActors, RestError> {
        let id = role.to_string();
        let values = [project.as_str(), id.as_str()];
        let call = Call {
            operation: &GET_ROLE,
            values: &values,
            query: &[],
            body: None,
        };
        let RoleBody { actors } = self.json(call).await?;
        let mut found = RoleActors::default();
        for actor in actors {
            actor.count(&mut found);
        }
        Ok(found)
    }

    /// A group's active members. Needs an administrator's credential; with less, ask [`Self::groups_of`]
    /// about one account.
    ///
    /// # Errors
    /// See [`RestError`]; more than 20 000 are [`RestError::Nonsense`].
    pub async fn group_members(&self, group: &Group) -> Result<Vec<AccountId>, RestError> {
        let by = match &group.id {
            Some(id) => ("groupId", id.as_str()),
            None => ("groupname", group.name.as_str()),
        };
        let (size, mut positions) = (
            PAGE.to_string(),
            Positions::of(&LIST_GROUP_MEMBERS, MOST_PAGES),
        );
        let mut accounts = Vec::new();
        loop {
            let start = positions.start();
            let query = [
                by,
                ("startAt", start.as_str()),
                ("maxResults", size.as_str()),
            ];
            let call = Call {
                operation: &LIST_GROUP_MEMBERS,
                values: &[],
                query: &query,
                body: None,
            };
            let Members { values, page } = self.json(call).await?;
            accounts.extend(values.iter().filter_map(Person::account));
            if !positions.go_on(page, values.len())? {
                return Ok(accounts);
            }
        }
    }

    /// The groups an account belongs to.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn groups_of(&self, account: &AccountId) -> Result<Vec<Group>, RestError> {
        let by = (self.interface().account_parameter(), account.as_str());
        let call = |operation, query| Call {
            operation,
            values: &[],
            query,
            body: None,
        };
        let groups: Vec<GroupBody> = match self.interface() {
            Interface::Cloud => self.json(call(&LIST_USER_GROUPS, &[by])).await?,
            Interface::DataCenter => {
                let query = [by, ("expand", "groups")];
                let member: Member = self.json(call(&GET_USER, &query)).await?;
                member.groups.items
            }
        };
        Ok(groups.into_iter().map(Group::from).collect())
    }
}

impl From<GroupBody> for Group {
    fn from(body: GroupBody) -> Self {
        Self {
            id: body.group_id,
            name: body.name,
        }
    }
}
