//! The figures: one list of rows, in which a new measurement takes the place of the earlier one of its name.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// One figure beside another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// The median.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: String,
    /// The least and the most.
    pub(crate) spread: (f64, f64),
    /// What it stands beside, with its own median and spread.
    pub(crate) beside: String,
    /// The value in parts of what it stands beside; the median over the rounds, and their spread.
    pub(crate) ratio: f64,
    /// The least and the greatest ratio of a round.
    pub(crate) ratio_spread: (f64, f64),
}

/// Prints the rows and keeps them with those of other names.
pub(crate) fn keep(path: &Path, rows: Vec<Row>) -> anyhow::Result<()> {
    let mut kept: Vec<Row> = match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a list of figures", path.display()))?,
        Err(_) => Vec::new(),
    };
    kept.retain(|earlier| rows.iter().all(|row| row.name != earlier.name));
    for row in &rows {
        say(row);
    }
    kept.extend(rows);
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text = serde_json::to_string_pretty(&kept)?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]
fn say(row: &Row) {
    println!(
        "{}: {:.3} {} [{:.3}-{:.3}], {:.2} [{:.2}-{:.2}] x {}",
        row.name,
        row.value,
        row.unit,
        row.spread.0,
        row.spread.1,
        row.ratio,
        row.ratio_spread.0,
        row.ratio_spread.1,
        row.beside
    );
}
