//! Markers of a repository that were claimed of earlier commits: which of those that stand in the code now are they, and
//! what became of the rest.

use compliance::is_code_path;
use record::ids::RepositoryId;
use serde_json::{Value, json};

use super::push::{Marked, Pushed};
use crate::answers::{LookedFor, LookedForPage};
use crate::client::{Call, Client};
use crate::earlier::{self, Wanted};
use crate::error::CliError;
use crate::printable::Printable;
use crate::trace::{Again, Claim, Known, again};
use crate::voice::Voice;
use crate::working_tree::WorkingTree;

/// The most checks of one call.
const AT_ONCE: usize = 200;
const MISSING: &str = "The server knows no claims: check its address and release.";

/// Gives the markers that are to be claimed: new ones, and where that is wanted those whose code changed. Has recorded
/// what became of earlier claims, where that is wanted; `complete` says whether what was not found is not there.
pub(super) async fn known_and_new(
    client: &Client,
    repository: &RepositoryId,
    tree: &WorkingTree,
    here: Vec<Claim>,
    complete: bool,
    pushed: &Pushed,
    voice: &mut Voice<'_>,
) -> Result<Vec<Marked>, CliError> {
    if pushed.recheck && !tree.is_whole() {
        return Err(CliError::PartOfRepository);
    }
    let claims = listed(client, repository).await?;
    let known = as_their_commits_have_them(tree, &claims).map_err(CliError::Earlier)?;
    let became = again(&known, &here);
    if pushed.recheck {
        let told: Vec<(&LookedFor, Again)> = claims.iter().zip(became.iter().copied()).collect();
        record(client, repository, tree, &told, &here, complete, voice).await?;
    }
    let mut fate: Vec<Option<(Again, &LookedFor)>> = vec![None; here.len()];
    for (claim, became) in claims.iter().zip(became) {
        if let Again::Present(at) | Again::Moved(at) | Again::Drifted(at) = became {
            fate[at] = Some((became, claim));
        }
    }
    let new = here.into_iter().zip(fate);
    Ok(new
        .filter_map(|(marker, fate)| match fate {
            None => Some(Marked::new(marker)),
            Some((Again::Drifted(_), claim)) if pushed.affirm => Some(Marked {
                marker: Claim {
                    ticket: Some(claim.ticket.clone()),
                    ..marker
                },
                replaces: Some(claim.event.as_str().to_owned()),
            }),
            Some((became @ Again::Drifted(_), claim)) if !pushed.recheck => {
                if let Some(line) = news(claim, became, Some(&marker)) {
                    voice.warn(&format!("{line}: not sent"));
                }
                None
            }
            Some(_) => None,
        })
        .collect())
}

async fn listed(client: &Client, repository: &RepositoryId) -> Result<Vec<LookedFor>, CliError> {
    let mut claims = Vec::new();
    let mut from = 0;
    loop {
        let query = vec![
            ("repository", repository.to_string()),
            ("from", from.to_string()),
        ];
        let answer = client.make(&Call::get(&["v1", "claims"], query)).await;
        let answer = answer.map_err(|error| CliError::named(error, "claims", MISSING))?;
        let page: LookedForPage = answer.read()?;
        let is_empty = page.claims.is_empty();
        claims.extend(page.claims);
        match page.next {
            Some(next) if next > from && !is_empty => from = next,
            _ => return Ok(claims),
        }
    }
}

fn as_their_commits_have_them(
    tree: &WorkingTree,
    claims: &[LookedFor],
) -> std::io::Result<Vec<Known>> {
    let before = earlier::came_before(tree.root(), claims.iter().map(|claim| &claim.commit))?;
    let wanted = claims.iter().map(|claim| Wanted {
        commit: &claim.commit,
        file: claim.path(),
        lines: (claim.first_line, claim.last_line),
    });
    let code = earlier::code(tree.root(), &wanted.collect::<Vec<_>>())?;
    let known = claims.iter().zip(code).map(|(claim, code)| Known {
        ticket: claim.ticket.clone(),
        requirement: claim.requirement.as_str().to_owned(),
        file: claim.path().to_owned(),
        lines: (claim.first_line, claim.last_line),
        last: claim.found_last(),
        code,
        came_before: before.contains(&claim.commit),
    });
    Ok(known.collect())
}

async fn record(
    client: &Client,
    repository: &RepositoryId,
    tree: &WorkingTree,
    told: &[(&LookedFor, Again)],
    here: &[Claim],
    complete: bool,
    voice: &mut Voice<'_>,
) -> Result<(), CliError> {
    let mut checks = Vec::new();
    let mut left = 0_usize;
    for (claim, became) in told {
        let (word, marker) = match *became {
            Again::Present(_) => ("PRESENT", None),
            Again::Moved(at) => ("MOVED", here.get(at)),
            Again::Drifted(at) if complete => ("DRIFTED", here.get(at)),
            Again::Gone if complete => ("GONE", None),
            Again::Twice => continue,
            Again::Drifted(_) | Again::Gone | Again::Unsaid => {
                left += 1;
                continue;
            }
        };
        if marker.is_some_and(|marker| !is_code_path(&marker.file)) {
            left += 1;
            continue;
        }
        if let Some(line) = news(claim, *became, marker) {
            voice.say(&line)?;
        }
        let mut check = json!({ "claim": claim.event.as_str(), "found": word });
        if let Some(marker) = marker {
            check["path"] = json!(marker.file);
            check["firstLine"] = json!(marker.from);
            check["lastLine"] = json!(marker.to);
        }
        checks.push(check);
    }
    let mut recorded = 0;
    for some in checks.chunks(AT_ONCE) {
        recorded += sent(client, repository, tree, some).await?;
    }
    let looked_for = checks.len();
    voice.say(&format!(
        "{looked_for} claims looked for, {recorded} of them with news"
    ))?;
    if left > 0 {
        voice.warn(&format!(
            "of {left} claims nothing can be said: their commit is not among those that led to this one, or not all of \
             the files are as the commit has them. A CI job needs the whole history (fetch-depth: 0)."
        ));
    }
    Ok(())
}

async fn sent(
    client: &Client,
    repository: &RepositoryId,
    tree: &WorkingTree,
    checks: &[Value],
) -> Result<u64, CliError> {
    #[derive(serde::Deserialize)]
    struct Recorded {
        recorded: u64,
    }
    let body = json!({ "repository": repository, "commit": tree.commit, "checks": checks });
    let call = Call::ask(&["v1", "claims", "checks"], body);
    let answer = client.make(&call).await;
    let answer = answer.map_err(|error| CliError::named(error, "claims", MISSING))?;
    Ok(answer.read::<Recorded>()?.recorded)
}

/// What somebody has to look at.
fn news(claim: &LookedFor, became: Again, marker: Option<&Claim>) -> Option<String> {
    let about = format!("{}, {}", claim.ticket, claim.requirement);
    let was = format!("{}:{}", Printable::new(claim.path()), claim.first_line);
    let now = marker.map(|it| format!("{}:{}", Printable::new(&it.file), it.from));
    match (became, now) {
        (Again::Drifted(_), Some(now)) => Some(format!(
            "{about}: the code at {now} changed since it was claimed; --affirm claims it as it is"
        )),
        (Again::Moved(_), Some(now)) => Some(format!("{about}: moved from {was} to {now}")),
        (Again::Gone, _) => Some(format!("{about}: its marker is gone from {was}")),
        _ => None,
    }
}
