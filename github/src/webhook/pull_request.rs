//! A pull request that was opened, edited, extended, closed, merged, opened again, or made or unmade a draft.
//! Labels, assignees, reviewers and the like are none of this product's business.

use record::entries::EventType;
use record::facts::CodeEvent;
use serde::Deserialize;

use super::body::Body;
use super::commit::Sha;
use super::member::{Member, Object};
use super::moment::Moment;
use super::origin::{Account, Origin};
use super::part::Part;
use super::{WebhookRefusal, action, not_handled};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PullRequest {
    id: Member<u64>,
    number: Member<u64>,
    title: Member<String>,
    body: Member<String>,
    html_url: Member<String>,
    state: Member<String>,
    merged: Member<bool>,
    merge_commit_sha: Member<Sha>,
    draft: Member<bool>,
    user: Member<Account>,
    head: Member<End>,
    base: Member<End>,
    created_at: Member<Moment>,
    closed_at: Member<Moment>,
    merged_at: Member<Moment>,
    pub(super) updated_at: Member<Moment>,
}

/// What is merged, or what it is merged into.
#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    #[serde(rename = "ref")]
    name: Member<String>,
    sha: Member<Sha>,
}

impl Object for PullRequest {}
impl Object for End {}

pub(super) fn event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    let word = body.action.required("action")?;
    match word.as_str() {
        "opened" | "edited" | "synchronize" | "closed" | "reopened" | "ready_for_review"
        | "converted_to_draft" => {}
        other => return Err(not_handled("pull_request", other)),
    }
    let origin = Origin::of(body)?;
    let pull = body.pull_request.required("pull_request")?;
    let id = pull.id.required("pull_request.id")?;
    let merged = pull.merged.optional("pull_request.merged")?.copied();
    let merged = word == "closed" && merged == Some(true);
    let word = if merged { "merged" } else { word };

    let head = pull.head.required("pull_request.head")?;
    let head = head.sha.required("pull_request.head.sha")?;
    let base = pull.base.required("pull_request.base")?;
    let base = base.sha.required("pull_request.base.sha")?;
    let merge = pull
        .merge_commit_sha
        .optional("pull_request.merge_commit_sha")?;
    let merge = merge.filter(|_| merged).and_then(Sha::object);

    let time = match word {
        "opened" => &pull.created_at,
        "merged" => &pull.merged_at,
        "closed" => &pull.closed_at,
        _ => &pull.updated_at,
    };
    let updated = pull.updated_at.given();
    let action = action(word, "action")?;
    let repository = origin.repository;
    Ok(CodeEvent {
        kind: EventType::PullRequestChanged,
        commit: merge.or_else(|| head.object()),
        base: base.object(),
        claimed_at: time
            .given()
            .or(updated)
            .map(|time| time.as_str().to_owned()),
        actor: origin.actor,
        payload: origin.payload.part("pullRequest", pull.part()?).finish(),
        once: format!(
            "pull_request:{repository}:{id}:{action}:{}:{}",
            updated.map_or("-", Moment::as_str),
            head.as_str()
        ),
        action,
        repository,
    })
}

impl PullRequest {
    pub(super) fn part(&self) -> Result<Part, WebhookRefusal> {
        let head = self.head.optional("pull_request.head")?;
        let head = head.map(|end| end.name.text("pull_request.head.ref"));
        let base = self.base.optional("pull_request.base")?;
        let base = base.map(|end| end.name.text("pull_request.base.ref"));
        let number = self.number.required("pull_request.number")?;
        let author = self.user.optional("pull_request.user")?;
        Ok(Part::default()
            .number("number", Some(*number))
            .text("title", self.title.text("pull_request.title")?)
            .text("description", self.body.text("pull_request.body")?)
            .text("branch", head.transpose()?.flatten())
            .text("baseBranch", base.transpose()?.flatten())
            .page("url", self.html_url.text("pull_request.html_url")?)
            .text("state", self.state.text("pull_request.state")?)
            .flag(
                "merged",
                self.merged.optional("pull_request.merged")?.copied(),
            )
            .flag("draft", self.draft.optional("pull_request.draft")?.copied())
            .text("author", author.and_then(Account::login).as_deref()))
    }
}
