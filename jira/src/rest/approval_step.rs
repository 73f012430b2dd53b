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
    /// When people were asked, milliseconds since 1970. When each answered is not told: after this.
    pub began_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
    /// What it came to.
    pub outcome: StepAnswer,
    /// Who answered so; those whose answer was not waited for are not among them. By account, so that the order is always
    /// the same.
    pub answers: Vec<AccountId>,
}

/// What a step came to, and somebody answered.
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
    #[serde(default)]
    final_decision: Option<String>,
    created_date: Option<Moment>,
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
    approver: Option<Person>,
    approver_decision: Option<String>,
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
        let outcome = self.final_decision.as_deref().and_then(StepAnswer::read);
        let (Some(outcome), Some(began), Some(ended)) =
            (outcome, self.created_date, self.completed_date)
        else {
            return Ok(None);
        };
        let answered = self.approvers.iter();
        let mut answers: Vec<AccountId> = answered.filter_map(|one| one.who(outcome)).collect();
        answers.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        Ok(Some(ApprovalStep {
            id: self.id.parse().ok_or(RestError::Nonsense {
                call: &LIST_APPROVALS,
            })?,
            name: self.name,
            began_ms: began.epoch_millis,
            ended_ms: ended.epoch_millis,
            outcome,
            answers,
        }))
    }
}

impl StepAnswer {
    fn read(word: &str) -> Option<Self> {
        match word {
            "approved" => Some(Self::Approved),
            "declined" => Some(Self::Declined),
            _ => None,
        }
    }
}

impl Approver {
    /// Who this is, if they answered so.
    fn who(&self, answer: StepAnswer) -> Option<AccountId> {
        let answered = self.approver_decision.as_deref().and_then(StepAnswer::read);
        self.approver
            .as_ref()
            .filter(|_| answered == Some(answer))?
            .account()
    }
}

impl std::fmt::Debug for ApprovalStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApprovalStep")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
