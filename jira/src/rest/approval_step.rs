//! Approval steps of a request in Jira Service Management that have come to their end: who answered what. While a step is
//! open its answers are not given: each may still be joined by others, and Jira does not say when they were given.

use record::ids::{AccountId, IssueId};
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::service_desk::LIST_APPROVALS;
use super::site::Credential;
use crate::wire::{Id, Person};

const PAGE: usize = 50;
const MOST_PAGES: usize = 20;

/// An approval step that ended.
#[derive(Clone, PartialEq, Eq)]
pub struct ApprovalStep {
    /// Its id on the site.
    pub id: IssueId,
    /// What the workflow calls it.
    pub name: String,
    /// When it ended, milliseconds since 1970.
    pub ended_ms: i64,
    /// Who answered; those whose answer was not waited for are not among them. By account, so that the order is always
    /// the same.
    pub answers: Vec<(AccountId, StepAnswer)>,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAnswer {
    /// Yes.
    Approved,
    /// No.
    Declined,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Steps {
    values: Vec<Body>,
    #[serde(default)]
    is_last_page: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    id: Id,
    #[serde(default)]
    name: String,
    final_decision: String,
    completed_date: Option<Moment>,
    #[serde(default)]
    approvers: Vec<Approver>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Moment {
    epoch_millis: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approver {
    approver: Person,
    approver_decision: String,
}

impl SiteClient<'_> {
    /// The approval steps of a request that ended. None through Forge: the app does not ask for that right.
    ///
    /// # Errors
    /// See [`RestError`]; [`RestError::NotFound`] also of an issue that is no request. More than 1000 are
    /// [`RestError::Nonsense`].
    pub async fn ended_approval_steps(
        &self,
        ticket: &IssueId,
    ) -> Result<Vec<ApprovalStep>, RestError> {
        if matches!(self.credential(), Credential::Forge(_)) {
            return Ok(Vec::new());
        }
        let (mut ended, mut start) = (Vec::new(), 0);
        for _ in 0..MOST_PAGES {
            let (values, from, limit) = ([ticket.as_str()], start.to_string(), PAGE.to_string());
            let query = [("start", from.as_str()), ("limit", limit.as_str())];
            let call = Call {
                operation: &LIST_APPROVALS,
                values: &values,
                query: &query,
                body: None,
            };
            let Steps {
                values,
                is_last_page,
            } = self.json(call).await?;
            start += values.len();
            let is_last = is_last_page || values.is_empty();
            for body in values {
                ended.extend(body.ended()?);
            }
            if is_last {
                return Ok(ended);
            }
        }
        Err(RestError::Nonsense {
            call: &LIST_APPROVALS,
        })
    }
}

impl Body {
    fn ended(self) -> Result<Option<ApprovalStep>, RestError> {
        let nonsense = RestError::Nonsense {
            call: &LIST_APPROVALS,
        };
        let ended = match (self.final_decision.as_str(), self.completed_date) {
            ("approved" | "declined", Some(ended)) => ended,
            _ => return Ok(None),
        };
        let answered = self.approvers.iter().filter_map(Approver::answer);
        let mut answers: Vec<_> = answered.collect();
        answers.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Ok(Some(ApprovalStep {
            id: self.id.parse().ok_or(nonsense)?,
            name: self.name,
            ended_ms: ended.epoch_millis,
            answers,
        }))
    }
}

impl Approver {
    fn answer(&self) -> Option<(AccountId, StepAnswer)> {
        let answer = match self.approver_decision.as_str() {
            "approved" => StepAnswer::Approved,
            "declined" => StepAnswer::Declined,
            _ => return None,
        };
        Some((self.approver.account()?, answer))
    }
}

impl std::fmt::Debug for ApprovalStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApprovalStep")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
