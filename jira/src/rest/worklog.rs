//! What was logged as work on a ticket.

use record::ids::{AccountId, IssueId};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::history::instant_ms;
use super::operations::{GET_WORKLOG, LIST_WORKLOGS};
use super::paging::{Page, Positions};
use crate::adf::plain_text;
use crate::wire::{Id, Person};

const PAGE: u64 = 1_000;
const MOST_PAGES: u32 = 20;

/// Work that somebody logged, as it is now. Holds what a person wrote, so it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Worklog {
    /// Its id on the site.
    pub id: IssueId,
    /// Who logged it; nobody, if the author is anonymous.
    pub author: Option<AccountId>,
    /// What the author says of the work, as plain text; empty where nothing.
    pub text: String,
    /// How long the work took, in seconds.
    pub seconds: Option<u64>,
    /// When the work began, as the source writes times.
    pub started: Option<String>,
    /// When it was logged, as the source writes times.
    pub created: String,
    /// When it was last changed, as the source writes times.
    pub updated: String,
}

#[derive(Deserialize)]
struct Worklogs {
    worklogs: Vec<Body>,
    #[serde(flatten)]
    page: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    id: Id,
    author: Option<Person>,
    #[serde(default)]
    comment: Value,
    created: String,
    updated: String,
    started: Option<String>,
    time_spent_seconds: Option<u64>,
}

impl SiteClient<'_> {
    /// One thing that was logged on a ticket.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn worklog(&self, ticket: &IssueId, worklog: &IssueId) -> Result<Worklog, RestError> {
        let values = [ticket.as_str(), worklog.as_str()];
        let call = Call {
            operation: &GET_WORKLOG,
            values: &values,
            query: &[],
            body: None,
        };
        let body: Body = self.json(call).await?;
        body.worklog()
            .ok_or(RestError::Nonsense { call: &GET_WORKLOG })
    }

    /// What was logged on a ticket, or changed, at this time or later, milliseconds since 1970.
    ///
    /// # Errors
    /// See [`RestError`]; more than 20,000 on one ticket are [`RestError::Nonsense`].
    pub async fn worklogs_since(
        &self,
        ticket: &IssueId,
        from_ms: i64,
    ) -> Result<Vec<Worklog>, RestError> {
        let mut positions = Positions::of(&LIST_WORKLOGS, MOST_PAGES);
        let (mut found, size) = (Vec::new(), PAGE.to_string());
        loop {
            let (values, start) = ([ticket.as_str()], positions.start());
            let query = [("startAt", start.as_str()), ("maxResults", size.as_str())];
            let call = Call {
                operation: &LIST_WORKLOGS,
                values: &values,
                query: &query,
                body: None,
            };
            let Worklogs { worklogs, page } = self.json(call).await?;
            for body in &worklogs {
                let worklog = body.worklog().ok_or(RestError::Nonsense {
                    call: &LIST_WORKLOGS,
                })?;
                if instant_ms(&worklog.updated).is_none_or(|at| at >= from_ms) {
                    found.push(worklog);
                }
            }
            if !positions.go_on(page, worklogs.len())? {
                return Ok(found);
            }
        }
    }
}

impl Body {
    fn worklog(&self) -> Option<Worklog> {
        let text = plain_text(&self.comment).ok()?;
        Some(Worklog {
            id: self.id.parse()?,
            author: self.author.as_ref().and_then(Person::account),
            text,
            seconds: self.time_spent_seconds,
            started: self.started.clone(),
            created: self.created.clone(),
            updated: self.updated.clone(),
        })
    }
}

impl std::fmt::Debug for Worklog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worklog")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
