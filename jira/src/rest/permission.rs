//! What an account may do, as Jira itself decides it. A right counts only if Jira names it together
//! with the very ticket that was asked for: on Cloud in its answer, on Data Center by listing the account among those
//! who have the right on that ticket.

use record::ids::{AccountId, IssueId, TicketKey};
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::CHECK_PERMISSIONS;
use super::operations::data_center::{GET_MY_PERMISSIONS, LIST_USERS_WHO_MAY};
use super::site::Interface;
use super::user::User;
use crate::wire::{Id, Person};

const BROWSE: &str = "BROWSE_PROJECTS";
const COMMENT: &str = "ADD_COMMENTS";
const ADMINISTER: &str = "ADMINISTER";

/// The most accounts that Data Center lists at once: so many can have a name that begins alike.
const MOST_LISTED: &str = "1000";

/// What an account may do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketPermissions {
    /// It may see it.
    pub browse: bool,
    /// It may comment on it.
    pub comment: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Grants {
    #[serde(default)]
    global_permissions: Vec<String>,
    #[serde(default)]
    project_permissions: Vec<Grant>,
}

#[derive(Deserialize)]
struct Grant {
    permission: String,
    #[serde(default)]
    issues: Vec<Id>,
}

#[derive(Deserialize)]
struct Mine {
    permissions: Held,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Held {
    administer: Permission,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    have_permission: bool,
}

impl SiteClient<'_> {
    /// What this account may do with this ticket. The credential has to be an administrator's, or the app's.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn ticket_permissions(
        &self,
        user: &User,
        (ticket, key): (&IssueId, &TicketKey),
    ) -> Result<TicketPermissions, RestError> {
        match self.interface() {
            Interface::Cloud => self.granted(&user.account, ticket).await,
            Interface::DataCenter => Ok(TicketPermissions {
                browse: self.is_among_those_who_may(BROWSE, user, key).await?,
                comment: self.is_among_those_who_may(COMMENT, user, key).await?,
            }),
        }
    }

    async fn granted(
        &self,
        account: &AccountId,
        ticket: &IssueId,
    ) -> Result<TicketPermissions, RestError> {
        let number: u64 = ticket.as_str().parse().map_err(|_| RestError::NotFound {
            call: &CHECK_PERMISSIONS,
        })?;
        let body = json!({
            "accountId": account.as_str(),
            "projectPermissions": [{
                "permissions": [BROWSE, COMMENT],
                "issues": [number],
                "projects": [],
            }],
        });
        let grants: Grants = self.json(check(&body)).await?;
        let granted = |permission: &str| {
            grants.project_permissions.iter().any(|grant| {
                grant.permission == permission
                    && grant
                        .issues
                        .iter()
                        .any(|id| id.parse::<u64>() == Some(number))
            })
        };
        Ok(TicketPermissions {
            browse: granted(BROWSE),
            comment: granted(COMMENT),
        })
    }

    /// Data Center looks for names that begin so: the account itself is found by its key.
    async fn is_among_those_who_may(
        &self,
        permission: &str,
        user: &User,
        ticket: &TicketKey,
    ) -> Result<bool, RestError> {
        let Some(login) = &user.login else {
            return Ok(false);
        };
        let query = [
            ("username", login.as_str()),
            ("permissions", permission),
            ("issueKey", ticket.as_str()),
            ("maxResults", MOST_LISTED),
        ];
        let call = Call {
            operation: &LIST_USERS_WHO_MAY,
            values: &[],
            query: &query,
            body: None,
        };
        let listed: Vec<Person> = self.json(call).await?;
        Ok(listed
            .iter()
            .any(|person| person.account().as_ref() == Some(&user.account)))
    }

    /// Whether this account administers the site. On Data Center only its own account can be asked for: see
    /// [`Self::may_ask_of_others`].
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn administers(&self, account: &AccountId) -> Result<bool, RestError> {
        let body = json!({"accountId": account.as_str(), "globalPermissions": [ADMINISTER]});
        let grants: Grants = self.json(check(&body)).await?;
        Ok(grants
            .global_permissions
            .iter()
            .any(|permission| permission == ADMINISTER))
    }

    /// Whether the credential, which is this account's, may ask what other accounts may do: administrators may.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn may_ask_of_others(&self, own: &AccountId) -> Result<bool, RestError> {
        match self.interface() {
            Interface::Cloud => self.administers(own).await,
            Interface::DataCenter => {
                let call = Call {
                    operation: &GET_MY_PERMISSIONS,
                    values: &[],
                    query: &[("permissions", ADMINISTER)],
                    body: None,
                };
                let Mine { permissions } = self.json(call).await?;
                Ok(permissions.administer.have_permission)
            }
        }
    }
}

fn check(body: &serde_json::Value) -> Call<'_> {
    Call {
        operation: &CHECK_PERMISSIONS,
        values: &[],
        query: &[],
        body: Some(body),
    }
}
