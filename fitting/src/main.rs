//! `countersign-fit`: fits the weights of `catalog/lexicon.yaml` to labelled tickets, always the same for the same files.
//! For those who maintain the catalog: nothing that is installed runs it.

mod features;
mod logistic;
mod pack;
mod stem;
mod target;
mod threshold;

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use cli::tickets::{TicketLine, in_order, read_all};

/// Fit the lexicon's weights to labelled tickets.
#[derive(Debug, Parser)]
struct Arguments {
    /// Files of labelled tickets in JSON Lines.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the pack is written.
    #[arg(long)]
    out: PathBuf,
    /// The pack's version.
    #[arg(long)]
    version: String,
    /// How much a word has to say before it counts (the weight of L1).
    #[arg(long, default_value_t = 0.000_01)]
    sparse: f64,
    /// How far weights are held back (the weight of L2).
    #[arg(long, default_value_t = 0.000_1)]
    smooth: f64,
    /// How far the rules' weights are held near what people say of them.
    #[arg(long, default_value_t = 0.003)]
    trust: f64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut tickets = Vec::new();
    for file in &arguments.files {
        tickets.extend(read(file).with_context(|| format!("{}", file.display()))?);
    }
    let mut told = std::io::stderr();
    writeln!(told, "{} labelled tickets", tickets.len())?;
    let table = features::Table::of(&tickets);
    writeln!(told, "{} words and pairs of words", table.terms.len())?;
    let penalty = logistic::Penalty {
        sparse: arguments.sparse,
        smooth: arguments.smooth,
        trust: arguments.trust,
    };
    let mut fits = Vec::new();
    for fit in in_order(&target::all(), |target| {
        target.fit(&table, &tickets, penalty)
    }) {
        writeln!(told, "{}", fit.summary())?;
        fits.push(fit);
    }
    let text = pack::write(&arguments.version, &table, &fits);
    std::fs::write(&arguments.out, text).context("the pack cannot be written")
}

fn read(file: &Path) -> anyhow::Result<Vec<TicketLine>> {
    let tickets = read_all(BufReader::new(File::open(file)?))?;
    tickets
        .into_iter()
        .map(|(line, ticket)| {
            anyhow::ensure!(ticket.expect.is_some(), "line {line}: no labels");
            Ok(ticket)
        })
        .collect()
}
