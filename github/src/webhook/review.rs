//! A review of a pull request that was submitted, edited or dismissed. It says what somebody thinks of the code; a
//! decision on a ticket it is not, and becomes none.

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
pub(super) struct Review {
    id: Member<u64>,
    state: Member<String>,
    body: Member<String>,
    html_url: Member<String>,
    commit_id: Member<Sha>,
    submitted_at: Member<Moment>,
    updated_at: Member<Moment>,
}

impl Object for Review {}

/// A review is submitted once and dismissed once; only edits need a time in their key. They have that of the review
/// or, where the host gives none, that of the pull request.
pub(super) fn event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    let word = body.action.required("action")?;
    if !matches!(word.as_str(), "submitted" | "edited" | "dismissed") {
        return Err(not_handled("pull_request_review", word));
    }
    let origin = Origin::of(body)?;
    let review = body.review.required("review")?;
    let pull = body.pull_request.required("pull_request")?;
    let id = review.id.required("review.id")?;
    let state = review.state.required("review.state")?.to_ascii_lowercase();
    let word = match (word.as_str(), state.as_str()) {
        ("submitted", "approved" | "changes_requested" | "commented") => state.as_str(),
        ("submitted", _) => return Err(WebhookRefusal::Form("review.state")),
        (word, _) => word,
    };
    let commit = review.commit_id.optional("review.commit_id")?;
    let changed = review.updated_at.given().or(pull.updated_at.given());
    let submitted = review.submitted_at.given();
    let (time, in_key) = match word {
        "edited" => (changed, changed.map_or("-", Moment::as_str)),
        "dismissed" => (changed, "-"),
        _ => (submitted, "-"),
    };
    let action = action(word, "review.state")?;
    let repository = origin.repository;
    Ok(CodeEvent {
        kind: EventType::CodeReviewed,
        commit: commit.and_then(Sha::object),
        base: None,
        claimed_at: time.map(|time| time.as_str().to_owned()),
        actor: origin.actor,
        payload: origin
            .payload
            .part("pullRequest", pull.part()?)
            .part("review", review.part(&state)?)
            .finish(),
        once: format!(
            "review:{repository}:{id}:{action}:{in_key}:{}",
            commit.map_or("-", Sha::as_str)
        ),
        action,
        repository,
    })
}

impl Review {
    fn part(&self, state: &str) -> Result<Part, WebhookRefusal> {
        Ok(Part::default()
            .text("state", Some(state))
            .text("comment", self.body.text("review.body")?)
            .page("url", self.html_url.text("review.html_url")?))
    }
}
