//! What a run came to, as a table, and what was found, with the event after which it was found.

use std::collections::BTreeMap;

use ledger::Verdict;

use crate::faults::{Fault, Kind};
use crate::rate::percentile;

/// How many reasons for refusals are shown.
const MOST_REASONS: usize = 8;

/// The counts of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) name: &'static str,
    pub(crate) kills: u32,
    pub(crate) stops: u32,
    /// Times the disk was full, times a writer felt it, and times the server ended itself over it.
    pub(crate) full: u32,
    pub(crate) felt: u32,
    pub(crate) servers_ended: u32,
    pub(crate) cannot_be_filled: Option<String>,
    pub(crate) lost_replies: u64,
    pub(crate) lost_commits: u64,
    pub(crate) answers: u64,
    pub(crate) repeated: u64,
    pub(crate) kept_unanswered: u64,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) took_micros: Vec<u32>,
    pub(crate) entries: u64,
    pub(crate) signed: usize,
    pub(crate) pairs: u64,
    pub(crate) worst: Option<Verdict>,
    pub(crate) faults: Vec<Fault>,
}

impl Tally {
    fn found(&self, kind: Kind) -> usize {
        self.faults
            .iter()
            .filter(|fault| fault.kind == kind)
            .count()
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let full = match &self.cannot_be_filled {
            None => format!("{} ({} felt)", self.full, self.felt),
            Some(_) => "skipped".to_owned(),
        };
        vec![
            ("kills", self.kills.to_string()),
            ("stops of everything", self.stops.to_string()),
            ("disk full", full),
            ("servers ended by it", self.servers_ended.to_string()),
            ("lost COMMIT replies", self.lost_replies.to_string()),
            ("lost COMMITs", self.lost_commits.to_string()),
            ("acknowledged", self.answers.to_string()),
            ("  to repeated keys", self.repeated.to_string()),
            ("  kept unanswered", self.kept_unanswered.to_string()),
            (
                "refused for now",
                self.refused.values().sum::<u64>().to_string(),
            ),
            ("entries", self.entries.to_string()),
            ("signed heads", self.signed.to_string()),
            ("pairs proven", self.pairs.to_string()),
            ("lost", self.found(Kind::Lost).to_string()),
            ("duplicated", self.found(Kind::Duplicated).to_string()),
            ("forks", self.found(Kind::Fork).to_string()),
            (
                "otherwise wrong",
                (self.found(Kind::Unsound) + self.found(Kind::Stuck)).to_string(),
            ),
            (
                "worst verdict",
                self.worst
                    .map_or_else(|| "none".to_owned(), |worst| worst.to_string()),
            ),
        ]
    }

    /// The rate, and how long callers waited.
    pub(crate) fn rate(&self, seconds: u64) -> String {
        let mut took = self.took_micros.clone();
        took.sort_unstable();
        let millis = |percent| f64::from(percentile(&took, percent)) / 1000.0;
        format!(
            "{} acknowledged in {seconds} s: {} a second, p50 {:.1} ms, p99 {:.1} ms, forks {}",
            self.answers,
            self.answers / seconds.max(1),
            millis(50),
            millis(99),
            self.found(Kind::Fork),
        )
    }

    /// What was found, naming event and seed, and why entries were refused for now.
    pub(crate) fn details(&self, seed: u64) -> Vec<String> {
        let mut reasons: Vec<(&String, &u64)> = self.refused.iter().collect();
        reasons.sort_unstable_by(|a, b| b.1.cmp(a.1));
        let refusals = reasons
            .into_iter()
            .take(MOST_REASONS)
            .map(|(reason, count)| {
                format!("{}: refused for now {count} times: {reason}", self.name)
            });
        let faults = self.faults.iter().map(|fault| {
            let Fault {
                kind,
                detail,
                after,
                times,
            } = fault;
            format!(
                "{}: {kind}: {detail} (after {after}; {times} times; SEED={seed})",
                self.name
            )
        });
        refusals.chain(faults).collect()
    }
}

/// The runs beside each other.
pub(crate) fn table(tallies: &[Tally]) -> Vec<String> {
    let columns: Vec<Vec<(&str, String)>> = tallies.iter().map(Tally::rows).collect();
    let titles = tallies.iter().map(|tally| format!("{:>18}", tally.name));
    let mut lines = vec![format!("{:22}{}", "", titles.collect::<String>())];
    for (at, (name, _)) in columns.first().into_iter().flatten().enumerate() {
        let values = columns.iter().filter_map(|column| column.get(at));
        let values: String = values.map(|(_, value)| format!("{value:>18}")).collect();
        lines.push(format!("{name:22}{values}"));
    }
    lines
}
