//! Answers in approval steps of service projects, as decisions. A step is heard once it ended, and then those answers in
//! it that it ended with: whoever gave one has to be an approver as anywhere else. When they gave it is not known; so what
//! happened to the ticket since they were asked may not have been seen.

use jira::rest::{ApprovalStep, Histories, RestError, StepAnswer};
use record::entries::{Decision, ReviewVia};
use record::ids::{AccountId, IssueId};

use super::heard::Heard;
use crate::error::CaseError;
use crate::{ActiveSite, Casework};

/// How long before a step says that it ended the move may be that it led to.
const LED_TO_MS: i64 = 60_000;

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
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error @ RestError::Unauthorized { .. }) => return Err(error.into()),
            Err(error) => {
                tracing::info!(tenant = %site.tenant, %error, "approval steps were not read");
                return Ok(Vec::new());
            }
            Ok(steps) => steps,
        };
        let answers = steps.iter().flat_map(|step| {
            let at_ms = ended(step, histories);
            let numbered = step.answers.iter().enumerate();
            numbered.map(move |which| Heard::of_answer(issue, step, at_ms, which))
        });
        Ok(answers.collect())
    }
}

/// When a step ended: with the move that it led to, if there was one, since that is decided by it. Jira may write the
/// step's own time a moment later.
fn ended(step: &ApprovalStep, histories: &Histories) -> i64 {
    let led_to = histories.changes.iter().filter(|change| {
        let moved = change.items.iter().any(|item| item.field == "status");
        let by_answer = change
            .author
            .as_ref()
            .is_some_and(|who| step.answers.contains(who));
        moved && by_answer && (step.ended_ms - LED_TO_MS..=step.ended_ms).contains(&change.at_ms)
    });
    let moves = led_to.map(|change| change.at_ms);
    moves.max().unwrap_or(step.ended_ms)
}

impl Heard {
    /// The number is that among the step's answers, which do not change once it ended: an account is in no key.
    fn of_answer(
        issue: &IssueId,
        step: &ApprovalStep,
        at_ms: i64,
        (number, account): (usize, &AccountId),
    ) -> Self {
        let (decision, said) = match step.outcome {
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
            at_ms,
            since_ms: step.began_ms,
            edited: false,
        }
    }
}
