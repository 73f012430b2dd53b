//! From tickets to numbers: which words and pairs of words stand in each, and how much their place counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cli::tickets::{TicketLine, in_order};
use compliance::Catalog;
use compliance::fitting::{Observed, Rule, observe};

use crate::stem::stem;

/// In how many tickets a word or a pair has to stand before it can have a weight.
const FEWEST: usize = 3;
const LONGEST_WORD: usize = 24;
const USUAL_RARITY: f64 = 6.0;
/// Words that say little alone. In pairs they tell how somebody speaks ("shall not", "so that").
const EMPTY: &str = " a an the and or of to in on at by for from as is are was were be been it its this that these those there \
    i we you he she they them their his her my our your me us with but so if then than when while which who what where how \
    do does did done has have had not no nor can could will would should shall may might must also just only very too \
    more most some any all each other one two s t d ll m re ve into about over up out off again after before still now ";

/// What stands where.
pub(crate) struct Table {
    /// In the language of terms.
    pub(crate) terms: Vec<String>,
    /// By term: how many times as much one of its weights says as in the rows. A weight is held back by its size, and what
    /// stands in few tickets would hardly get any.
    pub(crate) rarity: Vec<f64>,
    /// By ticket: term and value times rarity, ordered by term.
    pub(crate) rows: Vec<Vec<(usize, f64)>>,
    /// The rules that people wrote.
    pub(crate) known: Vec<Rule>,
    /// By ticket: rule and how far it is there.
    pub(crate) rules: Vec<Vec<(usize, f64)>>,
}

type Pair = (String, Option<String>);

impl Table {
    /// Reads all tickets.
    pub(crate) fn of(tickets: &[TicketLine]) -> Self {
        let catalog = Catalog::embedded();
        let observed = in_order(tickets, |ticket| observe(catalog, ticket.text()));
        let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (word, _) in observed
            .iter()
            .flat_map(|ticket| ticket.runs.iter().flatten())
        {
            if is_word(word) {
                forms.entry(stem(word)).or_default().insert(word.clone());
            }
        }
        let values: Vec<BTreeMap<Pair, u32>> = observed.iter().map(values).collect();
        let mut counts: HashMap<&Pair, usize> = HashMap::new();
        for pair in values.iter().flat_map(BTreeMap::keys) {
            *counts.entry(pair).or_default() += 1;
        }
        let kept: BTreeMap<&Pair, usize> = counts
            .iter()
            .filter(|(_, count)| **count >= FEWEST)
            .map(|(pair, _)| *pair)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .zip(0..)
            .collect();
        let rarity: Vec<f64> = kept
            .keys()
            .map(|pair| rarity(counts.get(pair).copied().unwrap_or_default(), tickets.len()))
            .collect();
        let rows = values.iter().map(|values| {
            let known = values
                .iter()
                .filter_map(|(pair, value)| Some((*kept.get(pair)?, *value)));
            known
                .filter_map(|(at, value)| Some((at, f64::from(value) / 100.0 * rarity.get(at)?)))
                .collect()
        });
        Self {
            rows: rows.collect(),
            terms: kept.keys().map(|pair| written(pair, &forms)).collect(),
            known: compliance::fitting::rules(catalog),
            rules: observed.iter().map(rules).collect(),
            rarity,
        }
    }
}

/// How rare what stands in so many tickets is: the logarithm of one ticket in how many, and 1. Divided by what that is for
/// most words, so that values stay near 1 and penalties mean what they do without it.
#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
fn rarity(count: usize, of: usize) -> f64 {
    (((1 + of) as f64 / (1 + count) as f64).ln() + 1.0) / USUAL_RARITY
}

fn rules(ticket: &Observed) -> Vec<(usize, f64)> {
    let held = ticket.held.iter();
    held.map(|(at, percent)| (*at, f64::from(*percent) / 100.0))
        .collect()
}

/// What stands in a ticket, where it counts most.
fn values(ticket: &Observed) -> BTreeMap<Pair, u32> {
    let mut values = BTreeMap::new();
    let scale = compliance::fitting::scale(ticket.runs.iter().map(Vec::len).sum());
    let mut add = |pair: Pair, factor: u32| {
        let value = factor * scale / 100;
        let known: &mut u32 = values.entry(pair).or_default();
        *known = value.max(*known);
    };
    for run in &ticket.runs {
        let stems: Vec<Option<String>> = run
            .iter()
            .map(|(word, _)| is_word(word).then(|| stem(word)))
            .collect();
        for (at, (_, factor)) in run.iter().enumerate() {
            let Some(Some(here)) = stems.get(at) else {
                continue;
            };
            if !is_empty(here) {
                add((here.clone(), None), *factor);
            }
            if let Some(Some(next)) = stems.get(at + 1) {
                add((here.clone(), Some(next.clone())), *factor);
            }
        }
    }
    values
}

fn is_empty(stem: &str) -> bool {
    EMPTY.split(' ').any(|word| word == stem)
}

fn is_word(word: &str) -> bool {
    word.len() <= LONGEST_WORD
        && word.chars().all(char::is_alphanumeric)
        && word.chars().any(char::is_alphabetic)
        && word.chars().all(|c| !c.is_uppercase())
}

fn written((first, second): &Pair, forms: &BTreeMap<String, BTreeSet<String>>) -> String {
    let slot = |stem: &String, alone: bool| {
        let all: Vec<&str> = forms
            .get(stem)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        match (all.len(), alone) {
            (2.., false) => format!("({})", all.join("|")),
            _ => all.join("|"),
        }
    };
    match second {
        None => slot(first, true),
        Some(second) => format!("{} {}", slot(first, false), slot(second, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_fewer_tickets_is_rarer_and_nothing_is_left_out_for_being_common() {
        let rarities: Vec<f64> = [3, 30, 300, 3000, 10_000]
            .into_iter()
            .map(|count| rarity(count, 10_000))
            .collect();
        assert!(rarities.is_sorted_by(|a, b| a > b), "{rarities:?}");
        assert!(rarities.iter().all(|rarity| (0.1..2.0).contains(rarity)));
    }
}
