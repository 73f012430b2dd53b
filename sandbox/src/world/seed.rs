//! The site as it stands at the start: three projects, five people, a dozen tickets (`assets/tickets.json`).

use std::collections::{BTreeMap, BTreeSet};

use super::people::{
    ALICE, APPROVERS_GROUP, APPROVERS_ROLE, AccountId, BEN, CARLA, DAN, ERIN, Group, RoleActor,
    User, UserKind,
};
use crate::config::Deployment;

use super::{NewIssue, Permission, Project, World, WorldError};

/// Tickets of the seed, in order of making.
const TICKETS: &str = include_str!("../../assets/tickets.json");

/// Key, name, components.
const PROJECTS: [(&str, &str, &[&str]); 3] = [
    ("PAY", "Payments", &["Checkout", "Payouts"]),
    ("CARE", "Patient portal", &["Patient Services", "Accounts"]),
    ("OPS", "Operations", &["Build", "Website"]),
];

/// Why the seed could not be planted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    #[error("the seed tickets are not readable")]
    Unreadable(#[from] serde_json::Error),
    #[error("the seed is not consistent")]
    Inconsistent(#[from] WorldError),
}

impl World {
    /// The seeded site, with no happenings pending.
    pub(crate) fn seeded(base_url: &str, deployment: Deployment) -> Result<Self, SeedError> {
        let mut world = Self {
            base_url: base_url.to_owned(),
            deployment,
            projects: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            role_actors: BTreeMap::new(),
            issues: BTreeMap::new(),
            happenings: Vec::new(),
            grants: BTreeSet::new(),
            admins: BTreeSet::new(),
            last_id: 10_000,
        };
        world.plant_people()?;
        world.plant_projects()?;
        for new in serde_json::from_str::<Vec<NewIssue>>(TICKETS)? {
            let creator = world.find_user(new.reporter.as_deref().unwrap_or(BEN))?;
            world.create_issue(&creator, new)?;
        }
        world.happenings.clear();
        Ok(world)
    }

    /// Gives an app its account with every permission in every project; wakes one that was there.
    pub(crate) fn admit_app(&mut self, account: &AccountId, name: &str) {
        if let Some(user) = self
            .users
            .iter_mut()
            .find(|user| user.account_id == *account)
        {
            user.active = true;
            return;
        }
        self.users.push(User {
            account_id: account.clone(),
            display_name: name.to_owned(),
            active: true,
            kind: UserKind::App,
            email: String::new(),
            shows_email: false,
            api_token: String::new(),
        });
        self.grant_all(account);
    }

    fn plant_people(&mut self) -> Result<(), WorldError> {
        for (id, name) in [
            (ALICE, "Alice Ng"),
            (BEN, "Ben Okafor"),
            (CARLA, "Carla Ruiz"),
            (DAN, "Dan Weber"),
            (ERIN, "Erin Shah"),
        ] {
            let first = name.split(' ').next().unwrap_or(name).to_lowercase();
            self.users.push(User {
                account_id: AccountId::parse(id)?,
                display_name: name.to_owned(),
                active: true,
                kind: UserKind::Atlassian,
                email: format!("{first}@example.com"),
                shows_email: id == CARLA,
                api_token: format!("sandbox-token-{first}"),
            });
        }
        let group = |id: &str, name: &str, members: &[&str]| -> Result<Group, WorldError> {
            let members = members
                .iter()
                .map(|id| AccountId::parse(id))
                .collect::<Result<_, _>>()?;
            Ok(Group {
                id: id.to_owned(),
                name: name.to_owned(),
                members,
            })
        };
        self.groups = vec![
            group(
                "276f955c-63d7-42c8-9520-92d01dca0625",
                APPROVERS_GROUP,
                &[CARLA],
            )?,
            group(
                "952d12c3-5b5b-4d04-bb32-44d383afc4b2",
                "jira-users",
                &[ALICE, BEN, CARLA, DAN, ERIN],
            )?,
            group(
                "6e87dc72-4f1f-421f-9382-2fee8b652487",
                "site-admins",
                &[ERIN],
            )?,
        ];
        self.admins.insert(AccountId::parse(ERIN)?);
        Ok(())
    }

    fn plant_projects(&mut self) -> Result<(), WorldError> {
        for (key, name, components) in PROJECTS {
            self.add_project(key, name, 0)?;
            for name in components {
                let component = (self.next_id(), (*name).to_owned());
                if let Some(project) = self.projects.last_mut() {
                    project.components.push(component);
                }
            }
        }
        Ok(())
    }

    /// A project with the usual people in it, whose next ticket gets the number after this one.
    pub(crate) fn add_project(
        &mut self,
        key: &str,
        name: &str,
        last_number: u64,
    ) -> Result<(), WorldError> {
        self.projects.push(Project {
            id: 10_000 + self.projects.len() as u64,
            key: key.to_owned(),
            name: name.to_owned(),
            service_desk: false,
            lead: AccountId::parse(BEN)?,
            components: Vec::new(),
            next_number: last_number,
        });
        let roles: [(&str, &[&str]); 3] = [
            ("Administrators", &[ERIN]),
            ("Developers", &[ALICE, BEN]),
            (APPROVERS_ROLE, &[CARLA]),
        ];
        for (role, members) in roles {
            for id in members {
                self.add_role_actor(key, role, RoleActor::User(AccountId::parse(id)?))?;
            }
        }
        let browse = Permission::BrowseProjects;
        self.set_permission(&AccountId::parse(DAN)?, key, browse, true);
        for id in [ALICE, BEN, CARLA] {
            let who = AccountId::parse(id)?;
            for permission in Permission::ALL {
                let granted = permission != Permission::AdministerProjects;
                self.set_permission(&who, key, permission, granted);
            }
        }
        let everything = self.users.iter().filter(|user| user.kind == UserKind::App);
        let mut everything: Vec<AccountId> =
            everything.map(|user| user.account_id.clone()).collect();
        everything.push(AccountId::parse(ERIN)?);
        for who in everything {
            for permission in Permission::ALL {
                self.set_permission(&who, key, permission, true);
            }
        }
        Ok(())
    }

    fn grant_all(&mut self, who: &AccountId) {
        let keys: Vec<String> = self
            .projects
            .iter()
            .map(|project| project.key.clone())
            .collect();
        for key in keys {
            for permission in Permission::ALL {
                self.set_permission(who, &key, permission, true);
            }
        }
    }
}
