//! Accounts, as their profiles show them to us. Names and addresses are never logged.

use std::fmt;

use record::ids::AccountId;
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::{GET_MYSELF, GET_USER, Operation};
use super::site::Interface;
use crate::wire::Person;

/// An account as people see it.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Which one.
    pub account: AccountId,
    /// The name its profile shows to us.
    pub display_name: String,
    /// The name it logs in with: on Data Center, where roles and rights go by it. It may change and be given away.
    pub login: Option<String>,
    /// The e-mail address, where its profile shows it to us. Most do not.
    pub email: Option<String>,
    /// What stands behind it.
    pub kind: AccountKind,
    /// Whether it can still log in.
    pub active: bool,
}

/// What stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// An app.
    App,
    /// A customer of a service desk.
    Customer,
    /// A person of the organisation.
    Person,
    /// Jira does not say, as on Data Center.
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(flatten)]
    person: Person,
    #[serde(default)]
    display_name: String,
    email_address: Option<String>,
    account_type: Option<String>,
    active: bool,
}

impl SiteClient<'_> {
    /// One account.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn user(&self, account: &AccountId) -> Result<User, RestError> {
        let by = self.interface().account_parameter();
        self.account(&GET_USER, &[(by, account.as_str())]).await
    }

    /// The account our credential stands for.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn myself(&self) -> Result<User, RestError> {
        self.account(&GET_MYSELF, &[]).await
    }

    async fn account(
        &self,
        operation: &'static Operation,
        query: &[(&str, &str)],
    ) -> Result<User, RestError> {
        let body: Body = self
            .json(Call {
                operation,
                values: &[],
                query,
                body: None,
            })
            .await?;
        Ok(User {
            account: body
                .person
                .account()
                .ok_or(RestError::Nonsense { call: operation })?,
            login: body.person.login().map(str::to_owned),
            display_name: body.display_name,
            email: body.email_address.filter(|address| !address.is_empty()),
            kind: match body.account_type.as_deref() {
                Some("app") => AccountKind::App,
                Some("customer") => AccountKind::Customer,
                Some("atlassian") => AccountKind::Person,
                _ => AccountKind::Unknown,
            },
            active: body.active,
        })
    }
}

impl Interface {
    /// What a query calls an account.
    pub(super) const fn account_parameter(self) -> &'static str {
        match self {
            Self::Cloud => "accountId",
            Self::DataCenter => "key",
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
