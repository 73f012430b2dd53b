//! `countersign evaluate`: how well the catalog does on labelled tickets.

use std::collections::BTreeSet;
use std::path::Path;

use compliance::Assessor;
use compliance::evaluation::{Evaluation, Evaluator, Expectation};

use super::classify::open;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::{Printable, printable_json};
use crate::render::evaluation;
use crate::tickets::{ReadError, TicketLine, in_order, read_all};
use crate::voice::Voice;

/// Measures, and says what was found. Every line must be a ticket with labels: a measure over some of them would look
/// like one over all.
pub(super) fn run(
    file: &Path,
    chosen: &Assessor,
    json: bool,
    lists: bool,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let tickets = labelled(file)?;
    if tickets.is_empty() {
        return Err(CliError::NoTickets);
    }
    let known: BTreeSet<String> = indicators(chosen).collect();
    let named = tickets.iter().flat_map(TicketLine::labelled_indicators);
    if let Some(unknown) = named.into_iter().find(|name| !known.contains(*name)) {
        return Err(CliError::UnknownLabel(Printable::new(unknown)));
    }
    let evaluation = measured(&tickets, chosen);
    if json {
        voice.say(&printable_json(&evaluation::as_json(&evaluation)))?;
    } else {
        voice.say_all(evaluation::as_text(&evaluation, lists))?;
    }
    Ok(Exit::Done)
}

fn indicators(chosen: &Assessor) -> impl Iterator<Item = String> {
    let all = chosen.catalog().indicators().iter();
    all.map(|indicator| indicator.id.to_string())
}

/// Every ticket, with something that people say of it.
fn labelled(file: &Path) -> Result<Vec<TicketLine>, CliError> {
    let tickets = read_all(open(file)?).map_err(|error| match error {
        ReadError::Text(error) => CliError::Tickets(error),
        ReadError::Line(error) => CliError::Line(error),
    })?;
    let says_something = |ticket: TicketLine, line| match &ticket.expect {
        Some(expected) if *expected != Expectation::default() => Ok(ticket),
        _ => Err(CliError::NoLabels { line }),
    };
    tickets
        .into_iter()
        .map(|(line, ticket)| says_something(ticket, line))
        .collect()
}

fn measured(tickets: &[TicketLine], chosen: &Assessor) -> Evaluation {
    let frameworks: BTreeSet<String> = tickets
        .iter()
        .flat_map(TicketLine::labelled_frameworks)
        .collect();
    let mut evaluator = Evaluator::new(frameworks, indicators(chosen).collect());
    let found = in_order(tickets, |ticket| chosen.classify(ticket.text()));
    for (ticket, found) in tickets.iter().zip(&found) {
        if let Some(expected) = &ticket.expect {
            evaluator.add(&ticket.id, found, expected);
        }
    }
    evaluator.finish()
}
