//! Answers in approval steps of service projects, as decisions. A step is heard once it ended, and each answer in it then:
//! whoever answered has to be an approver as anywhere else.

use jira::rest::{ApprovalStep, Histories, RestError, StepAnswer};
use record::entries::{Decision, ReviewVia};
use record::ids::{AccountId, IssueId};

use super::heard::Heard;
use crate::error::CaseError;
use crate::{ActiveSite, Casework};

impl Casework {
    /// What was answered in the ticket's approval steps. Nothing where Jira does not say, as of an issue that is no
    /// request, or where the account has no licence there: what was decided otherwise must not hang on it.
    pub(super) async fn answered_in_steps(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        histories: &Histories,
    ) -> Result<Vec<Heard>, CaseError> {
        if !histories.service_desk {
            return Ok(Vec::new());
        }
        let steps = match self.calls(site).ended_approval_steps(issue).await {
            Err(error @ (RestError::NotFound { .. } | RestError::Forbidden { .. })) => {
                tracing::info!(tenant = %site.tenant, %error, "approval steps were not read");
                return Ok(Vec::new());
            }
            other => other?,
        };
        let answers = steps.iter().flat_map(|step| {
            let numbered = step.answers.iter().enumerate();
            numbered.map(|(number, answer)| Heard::of_answer(issue, step, number, answer))
        });
        Ok(answers.collect())
    }
}

impl Heard {
    /// The number is that among the step's answers, which do not change once it ended: an account is in no key.
    fn of_answer(
        issue: &IssueId,
        step: &ApprovalStep,
        number: usize,
        (account, answer): &(AccountId, StepAnswer),
    ) -> Self {
        let (decision, said) = match answer {
            StepAnswer::Approved => (Decision::Approved, "Approved"),
            StepAnswer::Declined => (Decision::Rejected, "Declined"),
        };
        Self {
            account: account.clone(),
            issue: issue.clone(),
            decision,
            words: format!("{said} in the approval step “{}”.", step.name),
            via: ReviewVia::Approval(step.id.clone()),
            once: format!("approval:{issue}:{}:{number}", step.id),
            at_ms: step.ended_ms,
            edited: false,
        }
    }
}
