//! Approval steps of requests in a service project: people are asked, and when enough said yes or one said no, the step
//! ends and the workflow goes on, in the name of who answered last.

use super::issue::{Answer, Step};
use super::people::AccountId;
use super::{Status, World, WorldError};
use crate::clock;

/// A step says that it ended a moment after the move that it led to.
const LATER_MS: i64 = 40;

impl World {
    /// Asks people, so many of whom have to agree; the step's id.
    pub(crate) fn ask_for_approval(
        &mut self,
        key: &str,
        name: &str,
        approvers: Vec<AccountId>,
        needed: usize,
    ) -> Result<u64, WorldError> {
        let id = self.next_id();
        let issue = self.issue(key)?.id;
        let issue = self.issues.get_mut(&issue).ok_or(WorldError::NoSuchIssue)?;
        let asked = approvers.into_iter().map(|who| (who, Answer::Pending));
        issue.steps.push(Step {
            id,
            name: name.to_owned(),
            answers: asked.collect(),
            needed,
            created: clock::now_ms(),
            ended: None,
        });
        Ok(id)
    }

    /// Answers a step as one of those who were asked. With the last answer that was waited for the issue moves on: to
    /// In Progress, or back to To Do.
    pub(crate) fn answer_approval(
        &mut self,
        actor: &AccountId,
        key: &str,
        step: u64,
        approves: bool,
    ) -> Result<(), WorldError> {
        let issue_id = self.visible_issue(actor, key)?.id;
        let issue = self
            .issues
            .get_mut(&issue_id)
            .ok_or(WorldError::NoSuchIssue)?;
        let (status, steps) = (issue.status, &mut issue.steps);
        let step = steps
            .iter_mut()
            .find(|known| known.id == step && known.ended.is_none())
            .ok_or(WorldError::NoSuchTransition)?;
        let asked = step
            .answers
            .iter_mut()
            .find(|(who, answer)| who == actor && *answer == Answer::Pending);
        asked.ok_or(WorldError::NoSuchTransition)?.1 = match approves {
            true => Answer::Approved,
            false => Answer::Declined,
        };
        let outcome = step.outcome();
        if outcome == Answer::Pending {
            return Ok(());
        }
        let id = step.id;
        let to = match outcome {
            Answer::Approved => Status::InProgress,
            _ => Status::ToDo,
        };
        if to != status {
            self.transition(actor, key, to.name())?;
        }
        let issue = self
            .issues
            .get_mut(&issue_id)
            .ok_or(WorldError::NoSuchIssue)?;
        let mut steps = issue.steps.iter_mut();
        let step = steps.find(|known| known.id == id);
        step.ok_or(WorldError::NoSuchTransition)?.ended = Some(clock::now_ms() + LATER_MS);
        Ok(())
    }
}
