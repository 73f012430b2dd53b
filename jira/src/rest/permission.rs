//! What an account may do, as Jira itself decides it. A right counts only if Jira names it together
//! with the very ticket that was asked for: on Cloud in its answer, on Data Center by listing the account among those
//! who have the right on that ticket.

use record::ids::{AccountId, IssueId, ProjectKey, TicketKey};
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::CHECK_PERMISSIONS;
use super::operations::data_center::{GET_MY_PERMISSIONS, LIST_USERS_WHO_MAY};
use super::site::Interface;
use super::user::User;
use crate::wire::{Id, Person};

/// A permission, and what older versions of Data Center call it.
const BROWSE: (&str, &str) = ("BROWSE_PROJECTS", "BROWSE");
const COMMENT: (&str, &str) = ("ADD_COMMENTS", "COMMENT_ISSUE");
const ADMINISTER: &str = "ADMINISTER";

/// The most accounts that Data Center lists, on whatever page: who stands behind them is not told.
const MOST_LISTED: usize = 100;

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
    /// See [`RestError`]; [`RestError::Nonsense`] if on Data Center too many names begin alike to tell.
    pub async fn ticket_permissions(
        &self,
        user: &User,
        (ticket, key): (&IssueId, &TicketKey),
    ) -> Result<TicketPermissions, RestError> {
        match self.interface() {
            Interface::Cloud => self.granted(&user.account, ticket).await,
            Interface::DataCenter => {
                let on = ("issueKey", key.as_str());
                Ok(TicketPermissions {
                    browse: self.is_among_those_who_may(BROWSE, user, on).await?,
                    comment: self.is_among_those_who_may(COMMENT, user, on).await?,
                })
            }
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
                "permissions": [BROWSE.0, COMMENT.0],
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
            browse: granted(BROWSE.0),
            comment: granted(COMMENT.0),
        })
    }

    /// Data Center looks for names that begin so: the account itself is found by its key. The older name of a permission
    /// is tried where the newer one is not understood.
    async fn is_among_those_who_may(
        &self,
        (permission, older): (&str, &str),
        user: &User,
        on: (&str, &str),
    ) -> Result<bool, RestError> {
        let Some(login) = &user.login else {
            return Ok(false);
        };
        let listed = match self.who_may(permission, login, on).await {
            Err(RestError::Rejected { status: 400, .. }) => self.who_may(older, login, on).await?,
            other => other?,
        };
        let is_listed = listed
            .iter()
            .any(|person| person.account().as_ref() == Some(&user.account));
        match !is_listed && listed.len() >= MOST_LISTED {
            true => Err(RestError::Nonsense {
                call: &LIST_USERS_WHO_MAY,
            }),
            false => Ok(is_listed),
        }
    }

    async fn who_may(
        &self,
        permission: &str,
        name: &str,
        on: (&str, &str),
    ) -> Result<Vec<Person>, RestError> {
        let most = MOST_LISTED.to_string();
        let query = [
            ("username", name),
            ("permissions", permission),
            on,
            ("maxResults", most.as_str()),
        ];
        let call = Call {
            operation: &LIST_USERS_WHO_MAY,
            values: &[],
            query: &query,
            body: None,
        };
        self.json(call).await
    }

    /// Whether this account administers the site. Data Center tells nobody: see [`Self::may_ask_of_others`].
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

    /// Whether the credential, which is this account's, may ask what other accounts may do: administrators may. On Data
    /// Center it is tried besides, on this project.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn may_ask_of_others(
        &self,
        own: &User,
        project: &ProjectKey,
    ) -> Result<bool, RestError> {
        if self.interface() == Interface::Cloud {
            return self.administers(&own.account).await;
        }
        let call = Call {
            operation: &GET_MY_PERMISSIONS,
            values: &[],
            query: &[("permissions", ADMINISTER)],
            body: None,
        };
        let Mine { permissions } = self.json(call).await?;
        if !permissions.administer.have_permission {
            return Ok(false);
        }
        let on = ("projectKey", project.as_str());
        match self.is_among_those_who_may(BROWSE, own, on).await {
            Err(RestError::Forbidden { .. } | RestError::NotFound { .. }) => Ok(false),
            Ok(_) | Err(RestError::Nonsense { .. }) => Ok(true),
            Err(other) => Err(other),
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
