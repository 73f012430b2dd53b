//! The story, told without a person: each step says what happened and shows its evidence.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::calls::between;
use crate::database::Moment;
use crate::programs::Ended;
use crate::stage::{Stage, wait};
use crate::{say, tamper};

const KEY_FIELD: &str = "key          ";

/// Plays every step and judges it.
pub(crate) async fn tell(stage: Stage) -> anyhow::Result<()> {
    let started = Instant::now();
    step("A Jira site installs the app");
    say(&format!("   {}, tenant {}", stage.installed, stage.tenant));

    let key = a_ticket_arrives(&stage).await?;
    the_panel_shows_what_it_needs(&stage, &key).await?;
    only_reviewers_decide(&stage, &key).await?;
    stage.database.copy()?;
    say("   (a copy of the database from before the approval is kept)");
    somebody_approves(&stage, &key).await?;
    an_edit_makes_it_stale(&stage, &key).await?;
    the_verifier_walks(&stage, &key).await?;
    let policy = an_auditor_checks(&stage).await?;
    somebody_tampers(&stage, &key).await?;
    a_restored_copy_is_noticed(&stage).await?;
    a_changed_bundle_is_noticed(&stage, &policy).await?;

    let size = stage.settle().await?;
    let last = stage.verify(Moment::Now, false).await?;
    let verdict = parsed(&last)?;
    ensure!(last.code == 0, "the last verification: {}", last.out);
    stage.strike().await?;
    step("The end");
    say(&format!(
        "   {} entries, verdict {}, {:.0?}",
        size,
        verdict["verdict"],
        started.elapsed()
    ));
    Ok(())
}

async fn a_ticket_arrives(stage: &Stage) -> anyhow::Result<String> {
    step("A ticket arrives");
    let ticket = json!({
        "project": "PAY",
        "summary": "Add credit card payment to checkout flow",
        "description": "Customers in the EU pay with a credit card. Card data goes to an external payment API.",
        "issueType": "Story",
        "priority": "High",
    });
    let made = stage
        .calls
        .control(Method::POST, "/issues?as=ben", Some(ticket))
        .await?;
    let key = made["key"].as_str().context("no key")?.to_owned();
    wait("the ticket's assessment", async || {
        Ok(stage.calls.property(&key, "countersign").await?.is_some())
    })
    .await?;
    let property = stage
        .calls
        .property(&key, "countersign")
        .await?
        .unwrap_or_default();
    ensure!(property["approval"] == "NONE", "{property}");
    say(&format!(
        "   {key}: severity {}, risk {} tenths, recorded at position {}",
        property["severity"], property["riskTenths"], property["assessedAt"]
    ));
    Ok(key)
}

async fn the_panel_shows_what_it_needs(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("The panel in the ticket shows what security it needs");
    let page = stage.calls.panel(key, "alice").await?;
    ensure!(page.status == 200, "{}", page.status);
    for words in [
        "PCI DSS",
        "SOC 2",
        "Copy for AI prompt",
        "NOT APPROVED",
        "Approve",
    ] {
        ensure!(page.body.contains(words), "the panel lacks {words:?}");
    }
    let risk = between(&page.body, "</span> ", "</h2>").unwrap_or_default();
    let requirements = page.body.matches("<li id=\"REQ-").count();
    ensure!(requirements > 5, "{requirements} requirements");
    say(&format!(
        "   {}: {risk}, PCI DSS and SOC 2 among the frameworks, {requirements} requirements",
        page.status
    ));
    Ok(())
}

async fn only_reviewers_decide(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("Only reviewers may decide");
    for (who, why) in [
        ("ben", "is the reporter"),
        ("alice", "is not in the role"),
        ("dan", "may not comment"),
    ] {
        let answer = stage.calls.decide(key, who, "APPROVED", "").await?;
        ensure!(
            answer.status == 403,
            "{who}: {} {}",
            answer.status,
            answer.body
        );
        let problem: Value = serde_json::from_str(&answer.body)?;
        say(&format!(
            "   {who} {why}: {}, {}",
            answer.status, problem["detail"]
        ));
    }
    Ok(())
}

async fn somebody_approves(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("A person approves; the approval stands in the ledger");
    let answer = stage
        .calls
        .decide(key, "carla", "APPROVED", "Tokenised by the provider; fine.")
        .await?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.body);
    ensure!(
        answer.body.contains("data-approval=\"APPROVED\""),
        "the panel does not say so"
    );
    say(&format!(
        "   {}: position {}, hash {}",
        answer.status,
        between(&answer.body, "Ledger position <strong>", "<").unwrap_or_default(),
        between(&answer.body, "hash <code>", "<").unwrap_or_default()
    ));
    Ok(())
}

async fn an_edit_makes_it_stale(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("An edit of what was approved makes the approval stale; it is given again");
    let edit = json!({ "description": "Customers in the EU pay with a credit card, and may save it for later." });
    stage
        .calls
        .control(Method::PATCH, &format!("/issues/{key}?as=ben"), Some(edit))
        .await?;
    wait("the stale approval", async || {
        let property = stage
            .calls
            .property(key, "countersign")
            .await?
            .unwrap_or_default();
        Ok(property["approval"] == "STALE")
    })
    .await?;
    let page = stage.calls.panel(key, "carla").await?;
    ensure!(
        page.body.contains("data-approval=\"STALE\""),
        "the panel does not say so"
    );
    say("   the panel and the issue property say STALE");
    let answer = stage
        .calls
        .decide(key, "carla", "APPROVED", "Saved cards are tokens. Fine.")
        .await?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.body);
    say(&format!(
        "   approved again: position {}",
        between(&answer.body, "Ledger position <strong>", "<").unwrap_or_default()
    ));
    Ok(())
}

async fn the_verifier_walks(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("The verifier re-walks the ledger");
    let size = stage.settle().await?;
    let ended = stage.verify(Moment::Now, true).await?;
    let verdict = parsed(&ended)?;
    ensure!(ended.code == 0, "exit {}: {}", ended.code, ended.out);
    say(&format!(
        "   exit {}, {} of {size} entries, root {}",
        ended.code, verdict["tenants"][0]["size"], verdict["tenants"][0]["root"]
    ));
    wait("the verification in the ledger", async || {
        Ok(stage
            .calls
            .panel(key, "carla")
            .await?
            .body
            .contains("data-verified=\"true\""))
    })
    .await?;
    say("   its signed report entered the ledger as VERIFICATION; the panel says Verified");
    Ok(())
}

async fn an_auditor_checks(stage: &Stage) -> anyhow::Result<std::path::PathBuf> {
    step("An auditor checks an export offline, with only a public key");
    stage.settle().await?;
    let (bundle, policy) = (stage.file("bundle.countersign"), stage.file("policy.txt"));
    let ended = stage.export(&bundle).await?;
    ensure!(ended.code == 0, "{}", ended.out);
    let key = ended
        .out
        .lines()
        .find_map(|line| line.strip_prefix(KEY_FIELD))
        .context("no key")?;
    std::fs::write(
        &policy,
        format!("# The key that we were told by the company, on paper.\nlog {key}\n"),
    )?;
    let ended = stage.check(&bundle, &policy).await?;
    let verdict = parsed(&ended)?;
    ensure!(ended.code == 0, "exit {}: {}", ended.code, ended.out);
    say(&format!(
        "   exit {}, verdict {}, {} entries, {} disclosures, checkpoint of {}",
        ended.code,
        verdict["verdict"],
        verdict["entries"],
        verdict["disclosures"],
        verdict["checkpoint"]["size"]
    ));
    Ok(policy)
}

async fn somebody_tampers(stage: &Stage, key: &str) -> anyhow::Result<()> {
    step("Somebody changes one byte of the database; the next report names the entry");
    let seq = tamper::flip_a_byte(&stage.database, None)?;
    let ended = stage.verify(Moment::Now, true).await?;
    let verdict = parsed(&ended)?;
    let finding = &verdict["tenants"][0]["findings"][0];
    ensure!(
        ended.code == 11 && finding["seq"] == seq,
        "exit {}: {}",
        ended.code,
        ended.out
    );
    say(&format!(
        "   entry {seq} changed: exit {}, {} at seq {}: {}",
        ended.code, finding["code"], finding["seq"], finding["meaning"]
    ));
    // The verifier tells the ticket itself; on a site that Forge alone reaches, the app does with the next report.
    wait("the ticket to be told", async || {
        let property = stage.calls.property(key, "countersign.integrity").await?;
        let comments = format!("/issues/{key}/comments");
        let comments = stage.calls.control(Method::GET, &comments, None).await?;
        Ok(property.unwrap_or_default()["verdict"] == "ALTERED"
            && comments.to_string().contains("is damaged"))
    })
    .await?;
    say("   the ticket has a comment and a property that say so");
    tamper::flip_a_byte(&stage.database, Some(seq))?;
    stage.settle().await?;
    let ended = stage.verify(Moment::Now, true).await?;
    ensure!(
        ended.code == 0,
        "after undoing it: exit {}: {}",
        ended.code,
        ended.out
    );
    say(&format!("   undone: exit {}", ended.code));
    Ok(())
}

async fn a_restored_copy_is_noticed(stage: &Stage) -> anyhow::Result<()> {
    step("A copy restored from before the approval is noticed");
    let ended = stage.verify(Moment::BeforeApproval, false).await?;
    let verdict = parsed(&ended)?;
    ensure!(ended.code == 12, "exit {}: {}", ended.code, ended.out);
    say(&format!(
        "   exit {}, {}",
        ended.code, verdict["tenants"][0]["findings"][0]["code"]
    ));
    Ok(())
}

async fn a_changed_bundle_is_noticed(stage: &Stage, policy: &Path) -> anyhow::Result<()> {
    step("A changed bundle is noticed");
    let mut bytes = std::fs::read(stage.file("bundle.countersign"))?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = stage.file("bundle-changed.countersign");
    std::fs::write(&changed, bytes)?;
    let ended = stage.check(&changed, policy).await?;
    let verdict = parsed(&ended)?;
    ensure!(ended.code == 11, "exit {}: {}", ended.code, ended.out);
    say(&format!(
        "   exit {}, {} at {}",
        ended.code,
        verdict["findings"][0]["code"],
        verdict["findings"][0]
            .get("seq")
            .or(verdict["findings"][0].get("line"))
            .unwrap_or(&Value::Null)
    ));
    Ok(())
}

fn parsed(ended: &Ended) -> anyhow::Result<Value> {
    serde_json::from_str(&ended.out).with_context(|| format!("exit {}: {}", ended.code, ended.out))
}

fn step(title: &str) {
    say(&format!("\n== {title}"));
}
