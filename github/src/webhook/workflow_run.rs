//! A workflow that ran to its end, each attempt by itself. One that was asked for or is under way is no event.

use record::entries::EventType;
use record::facts::CodeEvent;
use serde::Deserialize;

use super::body::Body;
use super::commit::Sha;
use super::member::{Member, Object};
use super::moment::Moment;
use super::origin::Origin;
use super::part::Part;
use super::{WebhookRefusal, action, not_handled};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WorkflowRun {
    id: Member<u64>,
    name: Member<String>,
    event: Member<String>,
    conclusion: Member<String>,
    head_branch: Member<String>,
    head_sha: Member<Sha>,
    html_url: Member<String>,
    run_attempt: Member<u64>,
    updated_at: Member<Moment>,
}

impl Object for WorkflowRun {}

pub(super) fn event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    let word = body.action.required("action")?;
    if word != "completed" {
        return Err(not_handled("workflow_run", word));
    }
    let origin = Origin::of(body)?;
    let run = body.workflow_run.required("workflow_run")?;
    let id = run.id.required("workflow_run.id")?;
    let sha = run.head_sha.required("workflow_run.head_sha")?;
    let conclusion = run.conclusion.text("workflow_run.conclusion")?;
    let attempt = run.run_attempt.optional("workflow_run.run_attempt")?;
    // A host that gives no conclusion says no more than that it ended.
    let action = action(conclusion.unwrap_or(word), "workflow_run.conclusion")?;
    let time = run.updated_at.given();
    let repository = origin.repository;
    Ok(CodeEvent {
        kind: EventType::WorkflowRan,
        commit: sha.object(),
        base: None,
        claimed_at: time.map(|time| time.as_str().to_owned()),
        actor: origin.actor,
        payload: origin.payload.part("workflowRun", run.part()?).finish(),
        once: format!(
            "workflow_run:{repository}:{id}:{}:{action}",
            attempt.copied().unwrap_or(1)
        ),
        action,
        repository,
    })
}

impl WorkflowRun {
    fn part(&self) -> Result<Part, WebhookRefusal> {
        let attempt = self.run_attempt.optional("workflow_run.run_attempt")?;
        Ok(Part::default()
            .number("id", self.id.given().copied())
            .text("name", self.name.text("workflow_run.name")?)
            .text("event", self.event.text("workflow_run.event")?)
            .text(
                "conclusion",
                self.conclusion.text("workflow_run.conclusion")?,
            )
            .text("branch", self.head_branch.text("workflow_run.head_branch")?)
            .page("url", self.html_url.text("workflow_run.html_url")?)
            .number("attempt", attempt.copied()))
    }
}
