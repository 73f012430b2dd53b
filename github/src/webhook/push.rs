//! A push: its commits one by one, or the whole as one event. A push that brings no commit is one event either way:
//! a branch or tag was made at a commit that was there before, moved to one, or deleted.
//!
//! What was force-pushed away is not told of: a push names the commits it brings, never those it takes.

use record::entries::{EventType, PushAs};
use record::facts::CodeEvent;
use record::ids::CommitSha;
use sha2::{Digest, Sha256};

use super::body::Body;
use super::commit::{Commit, Sha};
use super::moment::Moment;
use super::origin::Origin;
use super::part::Part;
use super::{WebhookRefusal, action};

/// The longest name of a branch or tag with its `refs/heads/`, in bytes.
const LONGEST_REF: usize = 1024;

struct Push<'a> {
    origin: Origin,
    git_ref: &'a str,
    before: &'a Sha,
    after: &'a Sha,
    pushed_at: Option<&'a Moment>,
}

pub(super) fn events(body: &Body, push_as: PushAs) -> Result<Vec<CodeEvent>, WebhookRefusal> {
    let mut origin = Origin::of(body)?;
    let git_ref = body.git_ref.required("ref")?;
    if !git_ref.starts_with("refs/") || git_ref.len() > LONGEST_REF {
        return Err(WebhookRefusal::Form("ref"));
    }
    origin.payload = origin
        .payload
        .text("branch", git_ref.strip_prefix("refs/heads/"))
        .text("tag", git_ref.strip_prefix("refs/tags/"));
    let repository = body.repository.required("repository")?;
    let push = Push {
        origin,
        git_ref,
        before: body.before.required("before")?,
        after: body.after.required("after")?,
        pushed_at: repository.pushed_at.given(),
    };
    let deleted = body.deleted.optional("deleted")?.copied();
    let created = body.created.optional("created")?.copied();
    let head = body.head_commit.optional("head_commit")?;
    let Some(after) = push.after.object().filter(|_| deleted != Some(true)) else {
        return Ok(vec![push.deletion()?]);
    };
    let commits = commits(body)?;
    if commits.is_empty() {
        let made = created == Some(true) || push.before.object().is_none();
        return Ok(vec![push.without_commits(made, head, after)?]);
    }
    match push_as {
        PushAs::Commits => commits.iter().map(|commit| push.commit(commit)).collect(),
        PushAs::Push => Ok(vec![push.whole(&commits, after)?]),
    }
}

fn commits(body: &Body) -> Result<Vec<&Commit>, WebhookRefusal> {
    let commits = body.commits.required("commits")?;
    if commits.too_many {
        return Err(WebhookRefusal::TooMany);
    }
    let each = commits.items.iter();
    each.map(|commit| commit.required("commits")).collect()
}

impl Push<'_> {
    fn commit(&self, commit: &Commit) -> Result<CodeEvent, WebhookRefusal> {
        let sha = commit.sha()?;
        let payload = self.origin.payload.clone().part("commit", commit.part()?);
        Ok(CodeEvent {
            once: format!("commit:{}:{sha}", self.origin.repository),
            commit: Some(sha),
            base: None,
            claimed_at: commit.committed().map(|time| time.as_str().to_owned()),
            actor: commit.author().or_else(|| self.origin.actor.clone()),
            ..self.event("pushed", payload)?
        })
    }

    fn whole(&self, commits: &[&Commit], after: CommitSha) -> Result<CodeEvent, WebhookRefusal> {
        let parts: Result<Vec<Part>, _> = commits.iter().map(|commit| commit.part()).collect();
        let payload = self.origin.payload.clone().parts("commits", parts?);
        let last = commits.last().and_then(|commit| commit.committed());
        let time = self.pushed_at.or(last);
        Ok(CodeEvent {
            commit: Some(after),
            claimed_at: time.map(|time| time.as_str().to_owned()),
            ..self.event("pushed", payload)?
        })
    }

    /// The commit is that which the host shows at the head: an annotated tag is an object of its own, and `after`
    /// is then the tag's hash.
    fn without_commits(
        &self,
        made: bool,
        head: Option<&Commit>,
        after: CommitSha,
    ) -> Result<CodeEvent, WebhookRefusal> {
        let action = if made { "created" } else { "pushed" };
        let mut payload = self.origin.payload.clone();
        let mut commit = after;
        if let Some(head) = head {
            payload = payload.part("commit", head.part()?);
            commit = head.sha()?;
        }
        Ok(CodeEvent {
            commit: Some(commit),
            ..self.event(action, payload)?
        })
    }

    /// Nothing is there after it, so it is about no commit; `base` is what was there before.
    fn deletion(&self) -> Result<CodeEvent, WebhookRefusal> {
        self.event("deleted", self.origin.payload.clone())
    }

    fn event(&self, word: &str, payload: Part) -> Result<CodeEvent, WebhookRefusal> {
        let repository = &self.origin.repository;
        let (before, after) = (self.before.as_str(), self.after.as_str());
        let named = hex(self.git_ref);
        Ok(CodeEvent {
            kind: EventType::ConfigChange,
            action: action(word, "ref")?,
            repository: repository.clone(),
            commit: None,
            base: self.before.object(),
            claimed_at: self.pushed_at.map(|time| time.as_str().to_owned()),
            actor: self.origin.actor.clone(),
            payload: payload.finish(),
            once: format!("push:{repository}:{named}:{before}:{after}"),
        })
    }
}

/// SHA-256 of a ref's name, which may hold a person's.
fn hex(git_ref: &str) -> String {
    let digest = Sha256::digest(git_ref.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
