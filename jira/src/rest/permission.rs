//! What an account may do, as Jira itself decides it. A right counts only if Jira names it together
//! with the very ticket that was asked for.

use record::ids::{AccountId, IssueId};
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::CHECK_PERMISSIONS;
use crate::wire::Id;

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

impl SiteClient<'_> {
    /// What this account may do with this ticket.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn ticket_permissions(
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
                "permissions": ["BROWSE_PROJECTS", "ADD_COMMENTS"],
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
            browse: granted("BROWSE_PROJECTS"),
            comment: granted("ADD_COMMENTS"),
        })
    }

    /// Whether this account administers the site.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn administers(&self, account: &AccountId) -> Result<bool, RestError> {
        let body = json!({"accountId": account.as_str(), "globalPermissions": ["ADMINISTER"]});
        let grants: Grants = self.json(check(&body)).await?;
        Ok(grants
            .global_permissions
            .iter()
            .any(|permission| permission == "ADMINISTER"))
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
