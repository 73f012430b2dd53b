//! The JSON shapes of Jira: users, projects, issues, comments, changelogs. REST answers use version 3 (documents),
//! webhook bodies version 2 (plain strings); Data Center has its own. Looks things up, changes nothing.

mod fields;
mod talk;

pub(crate) use fields::FieldChoice;
use serde_json::{Value, json};

use crate::config::Deployment;
use crate::world::{AccountId, IssueType, Priority, Project, Status, User, World};

/// Which of the spellings of the API a body uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Webhooks: `/rest/api/2`, text as plain strings.
    V2,
    /// REST: `/rest/api/3`, text as documents.
    V3,
    /// Data Center, either way: `/rest/api/2`, text as wiki markup, people by user key and name.
    Server,
}

/// Draws parts of a world.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    pub(crate) api: Api,
}

impl<'a> View<'a> {
    /// For REST answers.
    pub(crate) fn rest(world: &'a World) -> Self {
        Self::of(world, Api::V3)
    }

    /// For webhook bodies.
    pub(crate) fn webhook(world: &'a World) -> Self {
        Self::of(world, Api::V2)
    }

    fn of(world: &'a World, on_cloud: Api) -> Self {
        let api = match world.deployment {
            Deployment::Cloud => on_cloud,
            Deployment::DataCenter => Api::Server,
        };
        Self { world, api }
    }

    /// An absolute link below the API's root.
    pub(crate) fn link(&self, rest: &str) -> String {
        let version = if self.api == Api::V3 { 3 } else { 2 };
        format!("{}/rest/api/{version}/{rest}", self.world.base_url)
    }

    fn image(&self, name: &str) -> String {
        format!("{}/host/{name}.svg", self.world.base_url)
    }

    pub(crate) fn user(&self, id: &AccountId) -> Value {
        let avatar = self.image("avatar");
        let user = self.world.user(id);
        if self.api == Api::Server {
            let name = user.map_or(id.as_str(), User::login);
            return json!({
                "self": self.link(&format!("user?username={name}")),
                "key": id,
                "name": name,
                "avatarUrls": { "48x48": avatar, "24x24": avatar, "16x16": avatar, "32x32": avatar },
                "displayName": user.map_or("Former user", |user| &user.display_name),
                "active": user.is_some_and(|user| user.active),
                "timeZone": "Etc/UTC",
            });
        }
        json!({
            "self": self.link(&format!("user?accountId={id}")),
            "accountId": id,
            "avatarUrls": { "48x48": avatar, "24x24": avatar, "16x16": avatar, "32x32": avatar },
            "displayName": user.map_or("Former user", |user| &user.display_name),
            "active": user.is_some_and(|user| user.active),
            "timeZone": "Etc/UTC",
            "accountType": user.map_or("atlassian", |user| user.account_type()),
        })
    }

    pub(crate) fn maybe_user(&self, id: Option<&AccountId>) -> Value {
        id.map_or(Value::Null, |id| self.user(id))
    }

    pub(crate) fn project(&self, project: &Project) -> Value {
        let avatar = self.image("project");
        json!({
            "self": self.link(&format!("project/{}", project.id)),
            "id": project.id.to_string(),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": if project.service_desk { "service_desk" } else { "software" },
            "simplified": false,
            "avatarUrls": { "48x48": avatar, "24x24": avatar, "16x16": avatar, "32x32": avatar },
        })
    }

    pub(crate) fn issue_type(&self, kind: IssueType) -> Value {
        json!({
            "self": self.link(&format!("issuetype/{}", kind.id())),
            "id": kind.id(),
            "description": "",
            "iconUrl": self.image("type"),
            "name": kind.name(),
            "subtask": false,
            "hierarchyLevel": i32::from(kind == IssueType::Epic),
        })
    }

    pub(crate) fn priority(&self, priority: Priority) -> Value {
        json!({
            "self": self.link(&format!("priority/{}", priority.id())),
            "iconUrl": self.image("priority"),
            "name": priority.name(),
            "id": priority.id(),
        })
    }

    pub(crate) fn status(&self, status: Status) -> Value {
        let (id, key, colour, name) = status.category();
        json!({
            "self": self.link(&format!("status/{}", status.id())),
            "description": "",
            "iconUrl": format!("{}/", self.world.base_url),
            "name": status.name(),
            "id": status.id(),
            "statusCategory": {
                "self": self.link(&format!("statuscategory/{id}")),
                "id": id,
                "key": key,
                "colorName": colour,
                "name": name,
            },
        })
    }
}
