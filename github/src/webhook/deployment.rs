//! A deployment that was asked for, and each state it came to. What was deployed is the commit the host names;
//! whether it runs, nobody looked.

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
pub(super) struct Deployment {
    id: Member<u64>,
    sha: Member<Sha>,
    #[serde(rename = "ref")]
    git_ref: Member<String>,
    task: Member<String>,
    environment: Member<String>,
    description: Member<String>,
    url: Member<String>,
    created_at: Member<Moment>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DeploymentStatus {
    id: Member<u64>,
    state: Member<String>,
    environment: Member<String>,
    description: Member<String>,
    log_url: Member<String>,
    target_url: Member<String>,
    created_at: Member<Moment>,
}

impl Object for Deployment {}
impl Object for DeploymentStatus {}

pub(super) fn event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    let word = created(body, "deployment")?;
    let deployment = body.deployment.required("deployment")?;
    deployed(body, None, word, deployment.created_at.given())
}

pub(super) fn status_event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    created(body, "deployment_status")?;
    let status = body.deployment_status.required("deployment_status")?;
    let state = status.state.required("deployment_status.state")?;
    deployed(body, Some(status), state, status.created_at.given())
}

/// Older servers of GitHub's name no action: there was only this one.
fn created(body: &Body, event: &str) -> Result<&'static str, WebhookRefusal> {
    match body.action.text("action")? {
        None | Some("created") => Ok("created"),
        Some(other) => Err(not_handled(event, other)),
    }
}

fn deployed(
    body: &Body,
    status: Option<&DeploymentStatus>,
    word: &str,
    time: Option<&Moment>,
) -> Result<CodeEvent, WebhookRefusal> {
    let origin = Origin::of(body)?;
    let deployment = body.deployment.required("deployment")?;
    let id = deployment.id.required("deployment.id")?;
    let sha = deployment.sha.required("deployment.sha")?;
    let repository = origin.repository;
    let once = match status {
        None => format!("deployment:{repository}:{id}"),
        Some(status) => {
            let status = status.id.required("deployment_status.id")?;
            format!("deployment_status:{repository}:{id}:{status}")
        }
    };
    Ok(CodeEvent {
        kind: EventType::Deployment,
        action: action(word, "deployment_status.state")?,
        commit: sha.object(),
        base: None,
        claimed_at: time.map(|time| time.as_str().to_owned()),
        actor: origin.actor,
        payload: origin
            .payload
            .part("deployment", deployment.part(status)?)
            .finish(),
        once,
        repository,
    })
}

impl Deployment {
    /// What a status says of environment and description comes before what the deployment was made with. The address
    /// is that of the status's log; else the deployment's own, which is one of the host's interface.
    fn part(&self, status: Option<&DeploymentStatus>) -> Result<Part, WebhookRefusal> {
        let mut part = Part::default()
            .number("id", self.id.given().copied())
            .text(
                "environment",
                self.environment.text("deployment.environment")?,
            )
            .text("ref", self.git_ref.text("deployment.ref")?)
            .text("task", self.task.text("deployment.task")?)
            .text(
                "description",
                self.description.text("deployment.description")?,
            )
            .page("url", self.url.text("deployment.url")?);
        if let Some(status) = status {
            part = part
                .text("state", status.state.text("deployment_status.state")?)
                .text(
                    "environment",
                    status.environment.text("deployment_status.environment")?,
                )
                .text(
                    "description",
                    status.description.text("deployment_status.description")?,
                )
                .page(
                    "url",
                    status.target_url.text("deployment_status.target_url")?,
                )
                .page("url", status.log_url.text("deployment_status.log_url")?);
        }
        Ok(part)
    }
}
