//! Where the line is drawn: by tickets of writers that a model did not see.

use std::collections::BTreeSet;

use crate::logistic::{Example, Model, Penalty};

const FOLDS: usize = 6;
/// How often each ticket that is not about it counts: trackers hold more of them than a labelled set does.
const ORDINARY: f64 = 3.0;
/// What share of the best F1 is nearly as good.
const NEARLY: f64 = 0.99;

/// How a model does on tickets that it was not fitted to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unseen {
    /// Log odds from which on F1 is best.
    pub(crate) line: f64,
    /// F1 at that line.
    pub(crate) f1: f64,
    pub(crate) precision: f64,
    pub(crate) recall: f64,
}

/// Fits without some of the writers and asks about their tickets, until all were asked about.
pub(crate) fn unseen(
    examples: &[Example<'_>],
    words: usize,
    told: &[f64],
    penalty: Penalty,
) -> Unseen {
    let writers: BTreeSet<&str> = examples.iter().map(|example| example.batch).collect();
    let writers: Vec<&str> = writers.into_iter().collect();
    let fold_of =
        |example: &Example<'_>| writers.binary_search(&example.batch).unwrap_or_default() % FOLDS;
    let mut odds: Vec<(f64, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let seen: Vec<Example<'_>> = examples
            .iter()
            .filter(|example| fold_of(example) != fold)
            .copied()
            .collect();
        let model = Model::fit(&seen, words, told, penalty);
        odds.extend(
            examples
                .iter()
                .filter(|example| fold_of(example) == fold)
                .map(|example| (model.odds(example), example.truth)),
        );
    }
    best_line(odds)
}

/// The line where F1 is best. Near its best F1 hardly changes, and which line is the very best is chance: the middle of all
/// that do nearly as well is taken.
fn best_line(mut odds: Vec<(f64, bool)>) -> Unseen {
    odds.sort_by(|a, b| b.0.total_cmp(&a.0));
    let there = count(odds.iter().filter(|(_, truth)| *truth).count());
    let (mut hits, mut alarms) = (0.0, 0.0);
    let mut lines = Vec::with_capacity(odds.len());
    for (at, (line, truth)) in odds.iter().enumerate() {
        if *truth {
            hits += 1.0;
        } else {
            alarms += ORDINARY;
        }
        let below = odds.get(at + 1).map_or(*line, |next| next.0);
        lines.push(Unseen {
            line: f64::midpoint(*line, below),
            f1: 2.0 * hits / (hits + alarms + there),
            precision: hits / (hits + alarms),
            recall: hits / there,
        });
    }
    let best = lines.iter().map(|it| it.f1).fold(0.0, f64::max);
    let as_good = |it: &&Unseen| it.f1 >= best * NEARLY;
    let highest = lines.iter().find(as_good).map(|it| it.line);
    let lowest = lines.iter().rfind(as_good).map(|it| it.line);
    let middle = f64::midpoint(highest.unwrap_or_default(), lowest.unwrap_or_default());
    let chosen = lines.iter().take_while(|it| it.line >= middle).last();
    chosen.or(lines.first()).copied().unwrap_or(Unseen {
        line: 0.0,
        f1: 0.0,
        precision: 0.0,
        recall: 0.0,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
fn count(tickets: usize) -> f64 {
    tickets as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_drawn_where_f1_is_best_with_ordinary_tickets_counted_more_often() {
        let odds = vec![
            (3.0, true),
            (2.0, true),
            (1.0, false),
            (0.0, true),
            (-1.0, false),
        ];
        let best = best_line(odds);
        assert!((best.line - 1.5).abs() < 1e-9);
        assert!((best.precision - 1.0).abs() < 1e-9);
        assert!((best.recall - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_writer_is_asked_about_by_a_model_that_did_not_see_him() {
        // What is true of a word is turned round from writer to writer: only who saw the writer would know.
        let tickets: Vec<Example<'_>> = (0..12)
            .map(|at| Example {
                words: if at % 2 == 0 {
                    &[(0, 1.0)]
                } else {
                    &[(1, 1.0)]
                },
                rules: &[],
                truth: (at % 2 == 0) == (at < 6),
                weight: 1.0,
                batch: if at < 6 { "one" } else { "two" },
            })
            .collect();
        let penalty = Penalty {
            sparse: 0.0001,
            smooth: 0.001,
            trust: 0.001,
        };
        let unseen = unseen(&tickets, 2, &[], penalty);
        assert!(unseen.precision < 0.5, "{unseen:?}");
    }
}
