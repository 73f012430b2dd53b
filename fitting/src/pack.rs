//! The pack as it is written: one term a line, its weights in hundredths.

use std::fmt::Write as _;

use crate::features::Table;
use crate::target::Fit;

/// The score from which on the catalog takes something for so.
const THRESHOLD: f64 = 3.0;
/// Weights below this are left out.
const LEAST: i32 = 3;

/// The text of the pack.
pub(crate) fn write(version: &str, table: &Table, fits: &[Fit]) -> String {
    let mut text = format!(
        "# What single words and pairs of words say, in hundredths: fitted by countersign-fit, not written by hand.\n\
         pack: lexicon\nversion: {version}\n\ntargets:\n"
    );
    for fit in fits {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "  {}:\n    base: {}\n    rules: {{{}}}",
            fit.name,
            hundredths(fit.model.base - fit.unseen.line + THRESHOLD),
            rules(table, fit)
        );
    }
    text.push_str("\nterms: |\n");
    for (at, (term, rarity)) in table.terms.iter().zip(&table.rarity).enumerate() {
        let weights: Vec<String> = fits
            .iter()
            .filter_map(|fit| {
                let weight = hundredths(fit.model.words.get(at)? * rarity);
                (weight.abs() >= LEAST).then(|| format!("{} {weight}", fit.name))
            })
            .collect();
        if !weights.is_empty() {
            let _ = writeln!(text, "  {term}: {}", weights.join(", "));
        }
    }
    text
}

fn rules(table: &Table, fit: &Fit) -> String {
    let weights = table.known.iter().zip(&fit.model.rules);
    let weights = weights.map(|(rule, weight)| (&rule.name, hundredths(*weight)));
    let written = weights
        .filter(|(_, weight)| *weight != 0)
        .map(|(name, weight)| format!("{name}: {weight}"));
    written.collect::<Vec<_>>().join(", ")
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small")]
fn hundredths(value: f64) -> i32 {
    (value * 100.0).round() as i32
}
