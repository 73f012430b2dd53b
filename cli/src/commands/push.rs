//! `trace --push`: markers in the code, claimed of the issues they name. What an issue does not ask for is told and not
//! sent; the same claim sent again counts once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use record::ids::TicketKey;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answers::{Claimed, Group};
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::printable::Printable;
use crate::trace::Claim;
use crate::voice::Voice;
use crate::working_tree::WorkingTree;

/// The most claims of one call.
const AT_ONCE: usize = 200;
const MISSING: &str = "Check the key in the markers, and that the issue was read by Countersign.";

/// What is pushed beside the markers.
#[derive(Debug, Clone)]
pub(super) struct Pushed {
    /// Of which issue markers are that name none.
    pub(super) issue: Option<TicketKey>,
    /// Where the markers were looked for.
    pub(super) path: PathBuf,
}

#[derive(Deserialize)]
struct Asked {
    groups: Vec<Group>,
}

/// Claims what the markers say. Gives whether all of it could be claimed.
pub(super) async fn push(
    client: &Client,
    claims: &[Claim],
    pushed: &Pushed,
    voice: &mut Voice<'_>,
) -> Result<bool, CliError> {
    let tree = WorkingTree::around(&pushed.path)?;
    let mut of_issue: BTreeMap<&TicketKey, Vec<Claim>> = BTreeMap::new();
    let mut all = true;
    for claim in claims {
        let Some(file) = tree.committed(&claim.file) else {
            all = false;
            let told = format!("{} is not as the commit has it: not sent", place(claim));
            voice.warn(&told);
            continue;
        };
        match claim.ticket.as_ref().or(pushed.issue.as_ref()) {
            Some(issue) => of_issue.entry(issue).or_default().push(Claim {
                file,
                ..claim.clone()
            }),
            None => {
                all = false;
                voice.warn(&format!("{} names no issue: not sent", place(claim)));
            }
        }
    }
    for (issue, claims) in of_issue {
        let asked = asked_for(client, issue).await?;
        let (sent, strange): (Vec<Claim>, Vec<Claim>) = claims
            .into_iter()
            .partition(|claim| asked.contains(&claim.requirement));
        for claim in strange {
            all = false;
            voice.warn(&format!(
                "{}: {issue} does not ask for {}: not sent",
                place(&claim),
                Printable::new(&claim.requirement)
            ));
        }
        for some in sent.chunks(AT_ONCE) {
            let claims: Vec<Value> = some.iter().map(claimed).collect();
            let path = ["v1", "tickets", issue.as_str(), "claims"];
            let body = json!({ "commit": tree.commit, "claims": claims });
            let answer = client.make(&Call::ask(&path, body)).await;
            let answer = answer.map_err(|error| CliError::named(error, issue.as_str(), MISSING))?;
            let recorded = answer.read::<Claimed>()?.claims.len();
            let what = match answer.status {
                201 => "recorded",
                _ => "known already",
            };
            voice.say(&format!("{issue}: {recorded} {what}"))?;
        }
    }
    Ok(all)
}

async fn asked_for(client: &Client, issue: &TicketKey) -> Result<BTreeSet<String>, CliError> {
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

fn claimed(claim: &Claim) -> Value {
    json!({
        "requirement": claim.requirement,
        "path": claim.file,
        "firstLine": claim.from,
        "lastLine": claim.to,
    })
}

fn place(claim: &Claim) -> String {
    format!("{}, line {}", Printable::new(&claim.file), claim.line)
}
