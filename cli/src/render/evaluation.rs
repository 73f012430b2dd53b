//! An evaluation for people, and for programs.

use std::collections::BTreeMap;

use compliance::evaluation::{Answers, Counts, Evaluation};
use serde_json::{Value, json};

use crate::printable::Printable;

/// Rules that cost most, at most.
const COSTS: usize = 15;

/// A table, then what is worth a look; with `lists`, the ids behind each figure.
pub(crate) fn as_text(evaluation: &Evaluation, lists: bool) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{} tickets. P precision, R recall, F1 and F2; a dash where nothing can be measured.",
            evaluation.tickets
        ),
        String::new(),
        format!(
            "{:<28}{:>6}{:>6}{:>6}{:>6}  {:>5}{:>6}{:>6}{:>6}",
            "", "hits", "false", "miss", "quiet", "P", "R", "F1", "F2"
        ),
        row("security_relevant", &evaluation.security.counts),
        row("privacy_relevant", &evaluation.privacy.counts),
        String::new(),
    ];
    for (title, all) in [
        ("indicators", &evaluation.indicators),
        ("frameworks", &evaluation.frameworks),
    ] {
        for (name, answers) in all {
            lines.push(row(&Printable::new(name).to_string(), &answers.counts));
        }
        lines.push(row(&format!("all {title}"), &total(all)));
        lines.push(String::new());
    }
    lines.push(format!(
        "Flagged without need: {} of {} ordinary tickets{}.",
        evaluation.flagged.len(),
        evaluation.ordinary,
        flag_rate(evaluation)
            .map(|rate| format!(" ({:.1} %)", rate * 100.0))
            .unwrap_or_default()
    ));
    if !evaluation.costs.is_empty() {
        lines.push(String::new());
        lines.push("What false alarms began with:".to_owned());
        lines.extend(
            costs(evaluation)
                .into_iter()
                .take(COSTS)
                .map(|((name, rule), count)| format!("{count:>6}  {name}: {rule}")),
        );
    }
    if lists {
        lines.extend(confusion(evaluation));
    }
    lines
}

/// The same as one JSON object.
pub(crate) fn as_json(evaluation: &Evaluation) -> String {
    let each = |all: &BTreeMap<String, Answers>| -> Value {
        all.iter()
            .map(|(name, answers)| (name.clone(), measures(answers)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    json!({
        "tickets": evaluation.tickets,
        "security_relevant": measures(&evaluation.security),
        "privacy_relevant": measures(&evaluation.privacy),
        "indicators": each(&evaluation.indicators),
        "frameworks": each(&evaluation.frameworks),
        "all_frameworks": measured(&total(&evaluation.frameworks)),
        "ordinary": evaluation.ordinary,
        "flagged": evaluation.flagged,
        "flag_rate": flag_rate(evaluation),
        "costs": costs(evaluation)
            .into_iter()
            .map(|((name, rule), count)| json!({ "name": name, "rule": rule, "false_alarms": count }))
            .collect::<Vec<_>>(),
    })
    .to_string()
}

fn measures(answers: &Answers) -> Value {
    let mut value = measured(&answers.counts);
    if let Some(object) = value.as_object_mut() {
        object.insert("false_alarms".to_owned(), json!(answers.false_alarms));
        object.insert("missed".to_owned(), json!(answers.missed));
    }
    value
}

fn measured(counts: &Counts) -> Value {
    json!({
        "tp": counts.hits,
        "fp": counts.false_alarms,
        "fn": counts.missed,
        "tn": counts.rightly_quiet,
        "precision": counts.precision(),
        "recall": counts.recall(),
        "f1": counts.f(1),
        "f2": counts.f(2),
    })
}

fn total(all: &BTreeMap<String, Answers>) -> Counts {
    all.values().fold(Counts::default(), |mut sum, answers| {
        sum += answers.counts;
        sum
    })
}

fn row(name: &str, counts: &Counts) -> String {
    let share = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{name:<28}{:>6}{:>6}{:>6}{:>6}  {:>5}{:>6}{:>6}{:>6}",
        counts.hits,
        counts.false_alarms,
        counts.missed,
        counts.rightly_quiet,
        share(counts.precision()),
        share(counts.recall()),
        share(counts.f(1)),
        share(counts.f(2)),
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of tickets are far below 2^53"
)]
fn flag_rate(evaluation: &Evaluation) -> Option<f64> {
    (evaluation.ordinary > 0).then(|| evaluation.flagged.len() as f64 / evaluation.ordinary as f64)
}

fn costs(evaluation: &Evaluation) -> Vec<(&(String, String), &u64)> {
    let mut costs: Vec<_> = evaluation.costs.iter().collect();
    costs.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    costs
}

fn confusion(evaluation: &Evaluation) -> Vec<String> {
    let aspects = [
        ("security_relevant", &evaluation.security),
        ("privacy_relevant", &evaluation.privacy),
    ];
    let named = |all: &'static str, of: &BTreeMap<String, Answers>| -> Vec<(String, Answers)> {
        of.iter()
            .map(|(name, answers)| (format!("{all} {name}"), answers.clone()))
            .collect()
    };
    aspects
        .into_iter()
        .map(|(name, answers)| (name.to_owned(), answers.clone()))
        .chain(named("indicator", &evaluation.indicators))
        .chain(named("framework", &evaluation.frameworks))
        .flat_map(|(name, answers)| {
            let list = |what: &str, ids: &[String]| {
                (!ids.is_empty()).then(|| {
                    let ids = Printable::new(&ids.join(" ")).to_string();
                    format!("{}, {what}: {ids}", Printable::new(&name))
                })
            };
            [
                list("false alarms", &answers.false_alarms),
                list("missed", &answers.missed),
            ]
        })
        .flatten()
        .collect()
}
