//! The members of a body that are read, of all events together. Everything else is skipped.

use serde::Deserialize;

use super::commit::{Commit, Sha};
use super::deployment::{Deployment, DeploymentStatus};
use super::member::{List, Member, Object};
use super::origin::{Account, Repository};
use super::pull_request::PullRequest;
use super::release::Release;
use super::review::Review;
use super::workflow_run::WorkflowRun;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    pub(super) action: Member<String>,
    pub(super) repository: Member<Repository>,
    pub(super) sender: Member<Account>,

    #[serde(rename = "ref")]
    pub(super) git_ref: Member<String>,
    pub(super) before: Member<Sha>,
    pub(super) after: Member<Sha>,
    pub(super) created: Member<bool>,
    pub(super) deleted: Member<bool>,
    pub(super) commits: Member<List<Commit>>,
    pub(super) head_commit: Member<Commit>,
    pub(super) pusher: Member<Account>,

    pub(super) pull_request: Member<PullRequest>,
    pub(super) review: Member<Review>,
    pub(super) deployment: Member<Deployment>,
    pub(super) deployment_status: Member<DeploymentStatus>,
    pub(super) release: Member<Release>,
    pub(super) workflow_run: Member<WorkflowRun>,
}

impl Object for Body {}
