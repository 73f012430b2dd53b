//! A release that was drafted, published, edited, withdrawn or deleted. Publishing one is announced as up to three
//! facts (`created`, `published` and `released` or `prereleased`), and counts as what is announced.

use record::entries::EventType;
use record::facts::CodeEvent;
use serde::Deserialize;

use super::body::Body;
use super::commit::Sha;
use super::member::{Member, Object, Shape};
use super::moment::Moment;
use super::origin::Origin;
use super::part::Part;
use super::{WebhookRefusal, action, not_handled};

/// `created_at` is not read: it is the commit's time, and says nothing of the release.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Release {
    id: Member<u64>,
    name: Member<String>,
    tag_name: Member<String>,
    target_commitish: Member<String>,
    body: Member<String>,
    html_url: Member<String>,
    draft: Member<bool>,
    prerelease: Member<bool>,
    published_at: Member<Moment>,
    updated_at: Member<Moment>,
}

impl Object for Release {}

pub(super) fn event(body: &Body) -> Result<CodeEvent, WebhookRefusal> {
    let word = body.action.required("action")?;
    match word.as_str() {
        "published" | "unpublished" | "deleted" | "released" | "prereleased" | "edited"
        | "created" => {}
        other => return Err(not_handled("release", other)),
    }
    let origin = Origin::of(body)?;
    let release = body.release.required("release")?;
    let id = release.id.required("release.id")?;
    let target = release.target_commitish.text("release.target_commitish")?;
    let published = release.published_at.given();
    let updated = release.updated_at.given();
    let time = match word.as_str() {
        "published" => published,
        "released" | "prereleased" => updated.or(published),
        "deleted" => None,
        _ => updated,
    };
    let action = action(word, "action")?;
    let repository = origin.repository;
    Ok(CodeEvent {
        kind: EventType::ReleaseChanged,
        // A release is made at a branch or a commit; only a commit is named for good.
        commit: target.and_then(Sha::of_text).and_then(|sha| sha.object()),
        base: None,
        claimed_at: time.map(|time| time.as_str().to_owned()),
        actor: origin.actor,
        payload: origin.payload.part("release", release.part()?).finish(),
        once: format!(
            "release:{repository}:{id}:{action}:{}",
            updated.or(published).map_or("-", Moment::as_str)
        ),
        action,
        repository,
    })
}

impl Release {
    fn part(&self) -> Result<Part, WebhookRefusal> {
        let tag = self.tag_name.required("release.tag_name")?;
        let prerelease = self.prerelease.optional("release.prerelease")?;
        Ok(Part::default()
            .text("name", self.name.text("release.name")?)
            .text("tag", Some(tag))
            .text("notes", self.body.text("release.body")?)
            .page("url", self.html_url.text("release.html_url")?)
            .flag("draft", self.draft.optional("release.draft")?.copied())
            .flag("prerelease", prerelease.copied()))
    }
}
