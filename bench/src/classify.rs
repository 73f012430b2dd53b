//! Classifying tickets on one core, beside finding the same terms in the same texts with pyahocorasick and with Python's
//! `re`: our side reads code, sentences and denials besides, weighs, and says what follows, with evidence. Rates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use cli::tickets::{TicketLine, read_all};
use compliance::{Catalog, Switches, classification};

use crate::results::Row;
use crate::runner::{Alternative, beside, by_turns};

/// What the lexicon was fitted to: tickets of every kind, written for that.
const TICKETS: &[u8] = include_bytes!("../../catalog/evaluation/fitting.jsonl");
const LASTS: Duration = Duration::from_secs(2);
const MEGABYTE: f64 = 1_000_000.0;

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let tickets = tickets()?;
    let bytes: usize = tickets.iter().map(size).sum();
    let python = peers(kept)?;
    let (terms, texts) = (kept.join("terms.txt"), kept.join("texts.jsonl"));
    fs::write(
        &terms,
        Catalog::embedded().terms().collect::<Vec<_>>().join("\n"),
    )?;
    fs::write(&texts, lines(&tickets)?)?;
    let peer = |means: &'static str| {
        let (python, terms, texts) = (python.clone(), terms.clone(), texts.clone());
        move || ask(&python, &terms, &texts, means)
    };
    let taken = by_turns(
        vec![
            Alternative::new("classification, one core", || {
                Ok(classified(&tickets)? * count(bytes) / MEGABYTE)
            }),
            Alternative::new("pyahocorasick, the same terms", peer("ahocorasick")),
            Alternative::new("Python's re, the same terms", peer("re")),
        ],
        rounds,
    )?;
    let [ours, corasick, re] = taken.as_slice() else {
        anyhow::bail!("three alternatives were run");
    };
    let beside_corasick = beside(ours, corasick, "MB/s");
    let beside_re = Row {
        name: format!("{} (beside re)", ours.name),
        ..beside(ours, re, "MB/s")
    };
    let each = count(bytes) / count(tickets.len()) / MEGABYTE;
    let (least, most) = beside_corasick.spread;
    let in_tickets = Row {
        name: format!("{}, tickets", ours.name),
        unit: "tickets/s".to_owned(),
        value: beside_corasick.value / each,
        spread: (least / each, most / each),
        ..beside_corasick.clone()
    };
    Ok(vec![beside_corasick, beside_re, in_tickets])
}

fn tickets() -> anyhow::Result<Vec<TicketLine>> {
    let tickets = read_all(TICKETS)?;
    Ok(tickets.into_iter().map(|(_, ticket)| ticket).collect())
}

fn size(ticket: &TicketLine) -> usize {
    let text = ticket.text();
    text.summary.len() + 1 + text.description.len()
}

fn lines(tickets: &[TicketLine]) -> anyhow::Result<String> {
    let mut lines = String::new();
    for ticket in tickets {
        let text = ticket.text();
        let one = format!("{}\n{}", text.summary, text.description);
        lines.push_str(&serde_json::to_string(&one)?);
        lines.push('\n');
    }
    Ok(lines)
}

/// How often a second all tickets are classified.
fn classified(tickets: &[TicketLine]) -> anyhow::Result<f64> {
    let catalog = Catalog::embedded();
    let switches = Switches::default();
    let (mut times, mut relevant) = (0_usize, 0_usize);
    let started = Instant::now();
    while started.elapsed() < LASTS {
        for ticket in tickets {
            let found = classification(catalog, &switches, ticket.text());
            relevant += usize::from(found.relevance.security.relevant);
        }
        times += 1;
    }
    ensure!(relevant > 0, "nothing was found");
    Ok(count(times) / started.elapsed().as_secs_f64())
}

/// Megabytes a second.
fn ask(python: &Path, terms: &Path, texts: &Path, means: &str) -> anyhow::Result<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/terms.py");
    let asked = Command::new(python)
        .args([&script, terms, texts])
        .arg(means)
        .arg(LASTS.as_secs().to_string())
        .output()
        .context("Python cannot be run")?;
    ensure!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    let said: serde_json::Value = serde_json::from_slice(&asked.stdout)?;
    let rate = said["bytes_per_second"].as_f64().context("no rate")?;
    Ok(rate / MEGABYTE)
}

/// A Python with the peer's package; made once.
fn peers(kept: &Path) -> anyhow::Result<PathBuf> {
    let home = kept.join("python");
    let python = home.join("bin/python");
    if !home.join("ready").exists() {
        let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/requirements.txt");
        run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ];
        run(Command::new(&python).args(install).arg(wanted))?;
        fs::write(home.join("ready"), "")?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn count(n: usize) -> f64 {
    n as f64
}
