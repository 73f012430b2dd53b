//! Who may approve: members of the project's role or group who may see and comment on the ticket, and who have no part
//! in it; and their deputies, as long as they could do so themselves. Asked anew each time, at the source.

use jira::rest::{AccountKind, Group, RestError, User};
use record::entries::{Needs, ReviewScope, RoleSource};
use record::facts::TicketSnapshot;
use record::ids::{AccountId, PersonId};
use record::state::Settings;

use crate::deputies::Place;
use crate::error::CaseError;
use crate::{ActiveSite, Casework};

/// Why somebody may not approve, in words for that person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAReviewer {
    /// The app or another program.
    #[error("Only people can approve or reject. This account belongs to an app.")]
    Machine,
    /// The account is switched off.
    #[error("This account is not active in Jira.")]
    Inactive,
    /// The person cannot see or comment on the ticket.
    #[error(
        "You need permission to view and comment on this issue before you can approve or reject it."
    )]
    NoPermission,
    /// The person is assignee or reporter.
    #[error("You are the {0} of this issue. Somebody else has to approve or reject it.")]
    OwnTicket(&'static str),
    /// The person wrote what is to be approved.
    #[error(
        "You wrote commits that are linked with this issue. Somebody else has to approve or reject it."
    )]
    Author,
    /// Whoever named the person a deputy cannot decide either.
    #[error(
        "You are a deputy, and nobody in whose place you decide could approve or reject this issue now."
    )]
    InNobodysPlace,
    /// The person is not in the role or group.
    #[error(
        "Only members of the {0} can approve or reject this issue. Ask a Jira administrator to add you."
    )]
    NotInRole(String),
    /// Nobody can approve.
    #[error(
        "No approver role is set for this project. Ask the person who runs Countersign to set one."
    )]
    NoRole,
}

/// By what right somebody decides.
#[derive(Debug, Clone)]
pub(crate) struct Right {
    pub(crate) role: String,
    pub(crate) role_source: RoleSource,
    /// The groups of which a ticket may need an approval, of those that the person is in.
    pub(crate) speaks_for: Vec<String>,
}

/// Somebody who may approve, and by what right.
#[derive(Debug, Clone)]
pub(crate) struct Entitled {
    pub(crate) display_name: String,
    pub(crate) email: Option<String>,
    pub(crate) right: Right,
    /// Whose right that is, if it is not their own.
    pub(crate) in_place_of: Option<PersonId>,
    /// In whose places they could decide, where the own right does not suffice for whatever may be asked.
    pub(crate) places: Vec<Place>,
    /// Of who takes a decision back: what the ticket needed when it was made, and what it covered.
    pub(crate) takes_back: Option<(Option<Needs>, ReviewScope)>,
}

impl Casework {
    /// Whether this account may decide on this ticket: by what is so now, and by who was whose deputy at an instant.
    pub(crate) async fn entitlement(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        (account, at): (&AccountId, &str),
        settings: Option<&Settings>,
    ) -> Result<Result<Entitled, NotAReviewer>, CaseError> {
        let user = match self.has_no_part(site, ticket, account, settings).await? {
            Ok(user) => user,
            Err(refused) => return Ok(Err(refused)),
        };
        let Some(settings) = settings else {
            return Ok(Err(NotAReviewer::NoRole));
        };
        let own = self.right_of(site, ticket, account, settings).await?;
        let suffices = own.as_ref().is_ok_and(|right| {
            wanted_groups(settings).all(|group| right.speaks_for.contains(group))
        });
        let places = match suffices {
            true => None,
            false => {
                self.places_of(site, ticket, (account, at), settings)
                    .await?
            }
        };
        let (right, in_place_of) = match (own, places.as_deref()) {
            (Ok(right), _) => (right, None),
            (Err(refused), None) => return Ok(Err(refused)),
            (Err(_), Some([])) => return Ok(Err(NotAReviewer::InNobodysPlace)),
            (Err(_), Some([first, ..])) => (first.right.clone(), Some(first.of.clone())),
        };
        if !settings.rules.authors && self.wrote_commits(site, ticket, &user).await? {
            return Ok(Err(NotAReviewer::Author));
        }
        Ok(Ok(Entitled {
            display_name: user.display_name,
            email: user.email,
            right,
            in_place_of,
            places: places.unwrap_or_default(),
            takes_back: None,
        }))
    }

    /// The account, if it is a person's who may take part in the ticket's talk and is neither assignee nor reporter.
    pub(crate) async fn has_no_part(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
        settings: Option<&Settings>,
    ) -> Result<Result<User, NotAReviewer>, CaseError> {
        let user = match self.person_on(site, ticket, account).await? {
            Ok(user) => user,
            Err(refused) => return Ok(Err(refused)),
        };
        let own_ticket = settings.is_some_and(|settings| settings.own_ticket);
        for (part, who) in [
            ("assignee", &ticket.assignee),
            ("reporter", &ticket.reporter),
        ] {
            if !own_ticket && who.as_ref() == Some(account) {
                return Ok(Err(NotAReviewer::OwnTicket(part)));
            }
        }
        Ok(Ok(user))
    }

    /// The account's own right.
    pub(crate) async fn right_of(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
        settings: &Settings,
    ) -> Result<Result<Right, NotAReviewer>, CaseError> {
        let groups = self.calls_for_a_person(site).groups_of(account).await?;
        let found = self
            .membership(site, ticket, account, &groups, settings)
            .await?;
        let speaks_for = wanted_groups(settings)
            .filter(|name| groups.iter().any(|group| group.name == **name))
            .cloned()
            .collect();
        Ok(found.map(|(role, role_source)| Right {
            role,
            role_source,
            speaks_for,
        }))
    }

    /// The account, if it is a person's who may see the ticket and comment on it.
    pub(crate) async fn person_on(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
    ) -> Result<Result<User, NotAReviewer>, CaseError> {
        let calls = self.calls_for_a_person(site);
        let user = match calls.user(account).await {
            Err(RestError::NotFound { .. }) => return Ok(Err(NotAReviewer::Inactive)),
            other => other?,
        };
        if user.kind == AccountKind::App {
            return Ok(Err(NotAReviewer::Machine));
        }
        if !user.active {
            return Ok(Err(NotAReviewer::Inactive));
        }
        let may = calls
            .ticket_permissions(&user, (&ticket.id, &ticket.key))
            .await?;
        match may.browse && may.comment {
            true => Ok(Ok(user)),
            false => Ok(Err(NotAReviewer::NoPermission)),
        }
    }

    /// By role first, then by group. The account's own groups are asked for: an app may read those, but
    /// not who else is in a group.
    async fn membership(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
        groups: &[Group],
        settings: &Settings,
    ) -> Result<Result<(String, RoleSource), NotAReviewer>, CaseError> {
        let mut wanted = Vec::new();
        if let Some(role) = &settings.approver_role {
            if self.has_role(site, ticket, account, groups, role).await? {
                return Ok(Ok((role.clone(), RoleSource::ProjectRole)));
            }
            wanted.push(format!("project role “{role}”"));
        }
        if let Some(name) = &settings.approver_group {
            if groups.iter().any(|group| group.name == *name) {
                return Ok(Ok((name.clone(), RoleSource::Group)));
            }
            wanted.push(format!("group “{name}”"));
        }
        Ok(Err(match wanted.is_empty() {
            true => NotAReviewer::NoRole,
            false => NotAReviewer::NotInRole(wanted.join(" or the ")),
        }))
    }

    async fn has_role(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
        groups: &[Group],
        role: &str,
    ) -> Result<bool, CaseError> {
        let roles = self.calls_for_a_person(site).roles(&ticket.project).await?;
        let Some(role) = roles
            .into_iter()
            .find(|known| known.name.eq_ignore_ascii_case(role))
        else {
            return Ok(false);
        };
        let actors = self
            .calls_for_a_person(site)
            .role_actors(&ticket.project, role.id)
            .await?;
        let by_group = actors
            .groups
            .iter()
            .any(|group| groups.iter().any(|own| same_group(own, group)));
        if by_group || actors.accounts.contains(account) {
            return Ok(true);
        }
        if actors.logins.is_empty() {
            return Ok(false);
        }
        let login = self.calls_for_a_person(site).user(account).await?.login;
        Ok(login.is_some_and(|login| actors.logins.contains(&login)))
    }
}

/// The groups of which a ticket may need an approval.
fn wanted_groups(settings: &Settings) -> impl Iterator<Item = &String> {
    let rules = settings.rules.approvals.iter();
    rules.filter_map(|rule| rule.group.as_ref())
}

/// By id where both have one, since a name may change and be given away.
fn same_group(a: &Group, b: &Group) -> bool {
    match (&a.id, &b.id) {
        (Some(a), Some(b)) => a == b,
        _ => a.name == b.name,
    }
}
