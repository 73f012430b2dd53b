//! `trace --push`: markers in the code, claimed of the issues they name. What an issue does not ask for is told and not
//! sent. In a repository that is named, a marker that is known from an earlier commit is not claimed again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use record::ids::{RepositoryId, TicketKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::recheck;
use crate::answers::{Claimed, Group};
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::printable::Printable;
use crate::trace::{Claim, WORD};
use crate::voice::Voice;
use crate::working_tree::WorkingTree;

/// The most claims of one call.
pub(super) const AT_ONCE: usize = 200;
const MISSING: &str =
    "Check the key in the marker or trailer, and that the issue was read by Countersign.";

/// What is pushed beside the markers.
#[derive(Debug, Clone)]
pub(super) struct Pushed {
    /// Of which issue markers are that name none.
    pub(super) issue: Option<TicketKey>,
    /// Where the markers were looked for.
    pub(super) path: PathBuf,
    /// In which repository, by its host's number.
    pub(super) repository: Option<RepositoryId>,
    /// Whether what became of earlier claims is recorded.
    pub(super) recheck: bool,
    /// Whether what changed is claimed anew.
    pub(super) affirm: bool,
    /// Whether everything could be looked through.
    pub(super) all_read: bool,
    /// The files that have the word of a marker.
    pub(super) with_word: Vec<String>,
}

/// A marker to be claimed.
pub(super) struct Marked {
    pub(super) marker: Claim,
    /// The claim of it that its code has outgrown.
    pub(super) replaces: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    groups: Vec<Group>,
}

/// Claims what the markers say. Gives whether all of it could be claimed.
pub(super) async fn push(
    client: &Client,
    markers: Vec<Claim>,
    pushed: &Pushed,
    voice: &mut Voice<'_>,
) -> Result<bool, CliError> {
    let tree = WorkingTree::around(&pushed.path)?;
    let found = markers.len();
    let here = committed(&tree, markers, pushed.issue.as_ref(), voice);
    let mut all = here.len() == found;
    let new = match &pushed.repository {
        Some(repository) => {
            let complete = pushed.all_read && tree.are_all_with(WORD, &pushed.with_word)?;
            recheck::known_and_new(client, repository, &tree, here, complete, pushed, voice).await?
        }
        None if pushed.recheck || pushed.affirm => return Err(CliError::NoRepositoryNumber),
        None => here.into_iter().map(Marked::new).collect(),
    };
    let mut of_issue: BTreeMap<TicketKey, Vec<Marked>> = BTreeMap::new();
    for marked in new {
        match marked.marker.ticket.as_ref() {
            Some(issue) => of_issue.entry(issue.clone()).or_default().push(marked),
            None => {
                all = false;
                let place = place(&marked.marker);
                voice.warn(&format!("{place} names no issue: not sent"));
            }
        }
    }
    for (issue, new) in of_issue {
        let asked = asked_for(client, &issue).await?;
        let (sent, strange): (Vec<Marked>, Vec<Marked>) = new
            .into_iter()
            .partition(|marked| asked.contains(&marked.marker.requirement));
        for Marked { marker, .. } in strange {
            all = false;
            let why = not_asked(&issue, &marker.requirement);
            voice.warn(&format!("{}: {why}", place(&marker)));
        }
        for some in sent.chunks(AT_ONCE) {
            let claims: Vec<Value> = some.iter().map(claimed).collect();
            let mut body = json!({ "commit": tree.commit, "claims": claims });
            if let Some(repository) = &pushed.repository {
                body["repository"] = json!(repository);
            }
            let told = claim(client, &issue, body).await?;
            voice.say(&format!("{issue}: {told}"))?;
        }
    }
    Ok(all)
}

/// The markers of files that are as the commit has them, which are named from the repository's root. Those that name no
/// issue are of this one.
fn committed(
    tree: &WorkingTree,
    markers: Vec<Claim>,
    issue: Option<&TicketKey>,
    voice: &mut Voice<'_>,
) -> Vec<Claim> {
    let mut here = Vec::new();
    for marker in markers {
        match tree.committed(&marker.file) {
            Some(file) => here.push(Claim {
                file,
                ticket: marker.ticket.or_else(|| issue.cloned()),
                ..marker
            }),
            None => {
                let place = place(&marker);
                voice.warn(&format!("{place} is not as the commit has it: not sent"));
            }
        }
    }
    here
}

/// Has claims recorded of an issue; gives how many, and whether they were known already, in words.
pub(super) async fn claim(
    client: &Client,
    issue: &TicketKey,
    body: Value,
) -> Result<String, CliError> {
    let path = ["v1", "tickets", issue.as_str(), "claims"];
    let answer = client.make(&Call::ask(&path, body)).await;
    let answer = answer.map_err(|error| CliError::named(error, issue.as_str(), MISSING))?;
    let claimed = answer.read::<Claimed>()?.claims.len();
    Ok(match answer.status {
        201 => format!("{claimed} recorded"),
        _ => format!("{claimed} known already"),
    })
}

pub(super) async fn asked_for(
    client: &Client,
    issue: &TicketKey,
) -> Result<BTreeSet<String>, CliError> {
    let path = ["v1", "tickets", issue.as_str(), "requirements"];
    let answer = client.make(&Call::get(&path, Vec::new())).await;
    let answer = answer.map_err(|error| CliError::named(error, issue.as_str(), MISSING))?;
    let asked: Asked = answer.read()?;
    let all = asked
        .groups
        .into_iter()
        .flat_map(|group| group.requirements);
    Ok(all.map(|it| it.id.as_str().to_owned()).collect())
}

/// That a claim was not sent, as the issue has no such requirement, and where its requirements stand.
pub(super) fn not_asked(issue: &TicketKey, requirement: &str) -> String {
    format!(
        "{issue} does not ask for {}: not sent (`countersign prompt {issue}` lists what it asks for)",
        Printable::new(requirement)
    )
}

fn claimed(Marked { marker, replaces }: &Marked) -> Value {
    let mut claim = json!({
        "requirement": marker.requirement,
        "path": marker.file,
        "firstLine": marker.from,
        "lastLine": marker.to,
    });
    if let Some(earlier) = replaces {
        claim["replaces"] = json!(earlier);
    }
    claim
}

fn place(marker: &Claim) -> String {
    format!("{}, line {}", Printable::new(&marker.file), marker.line)
}

impl Marked {
    pub(super) fn new(marker: Claim) -> Self {
        Self {
            marker,
            replaces: None,
        }
    }
}
