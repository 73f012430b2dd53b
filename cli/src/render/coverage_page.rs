//! A report of what became of requirements as one HTML file, ready to print: it loads nothing and runs nothing.

use compliance::coverage::{Coverage, Tally};
use handlebars::Handlebars;
use serde::Serialize;

use super::coverage::{approval, deployment, lack, measured, rate, remarks, verdict, word};
use crate::answers::{CoveredRequirement, CoveredTicket, CoveredWaiver};
use crate::coverage::{Report, tally};
use crate::error::CliError;
use crate::printable::Printable;

const TEMPLATE: &str = include_str!("../../../templates/coverage.hbs");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'r> {
    period: &'r str,
    framework: Option<&'r str>,
    from: &'r str,
    to: &'r str,
    reported: usize,
    looked_at: u64,
    last_entry: u64,
    rate: String,
    bar: Vec<Part>,
    measures: Vec<String>,
    tickets: Vec<TicketPart<'r>>,
}

/// A part of the bar.
#[derive(Serialize)]
struct Part {
    word: &'static str,
    count: u64,
    /// Thousandths of the whole.
    thousandths: u64,
}

#[derive(Serialize)]
struct TicketPart<'r> {
    key: &'r str,
    verdict: String,
    approval: String,
    approver: Option<&'r str>,
    deployment: Option<String>,
    unapproved: bool,
    frameworks: Vec<&'r str>,
    requirements: Vec<RequirementPart<'r>>,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct RequirementPart<'r> {
    id: &'r str,
    title: &'r str,
    word: &'static str,
    controls: Vec<&'r str>,
    /// What is missing, unless it is waived.
    lacks: Vec<&'static str>,
    waiver: Option<String>,
    code: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    place: String,
    commit: Option<String>,
}

/// The file.
///
/// # Errors
/// Does not fail for reports of this release.
pub fn coverage_page(report: &Report) -> Result<String, CliError> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates
        .register_template_string("coverage", TEMPLATE)
        .map_err(CliError::form)?;
    let page = Page {
        period: &report.period,
        framework: report.framework.as_deref(),
        from: &report.from,
        to: &report.to,
        reported: report.tickets.len(),
        looked_at: report.looked_at,
        last_entry: report.ledger_size.saturating_sub(1),
        rate: rate(report.requirements),
        bar: bar(report.requirements),
        measures: measured(&report.measures),
        tickets: report.tickets.iter().map(ticket).collect(),
    };
    templates.render("coverage", &page).map_err(CliError::form)
}

fn bar(tally: Tally) -> Vec<Part> {
    let parts = [
        (Coverage::Met, tally.met),
        (Coverage::Failed, tally.failed),
        (Coverage::Unknown, tally.unknown),
        (Coverage::Waived, tally.waived),
    ];
    let drawn = parts.into_iter().filter(|(_, count)| *count > 0);
    drawn
        .map(|(coverage, count)| Part {
            word: word(coverage),
            count,
            thousandths: count * 1_000 / tally.all(),
        })
        .collect()
}

fn ticket(ticket: &CoveredTicket) -> TicketPart<'_> {
    let deployed = ticket.deployed.as_ref();
    TicketPart {
        key: ticket.ticket.as_str(),
        verdict: verdict(ticket),
        approval: format!(
            "{}; requirements: {}",
            approval(&ticket.approval),
            rate(tally(ticket))
        ),
        approver: ticket.approval.by.as_ref().map(Printable::as_str),
        deployment: deployed.map(deployment),
        unapproved: deployed.is_some_and(|deployed| !deployed.approved),
        frameworks: ticket
            .frameworks
            .iter()
            .map(|it| it.title.as_str())
            .collect(),
        requirements: ticket.requirements.iter().map(requirement).collect(),
        remarks: remarks(ticket),
    }
}

fn requirement(requirement: &CoveredRequirement) -> RequirementPart<'_> {
    RequirementPart {
        id: requirement.id.as_str(),
        title: requirement.title.as_str(),
        word: word(requirement.coverage),
        controls: requirement.controls.iter().map(Printable::as_str).collect(),
        lacks: match requirement.waiver {
            Some(_) => Vec::new(),
            None => requirement.lacks.iter().map(|it| lack(*it)).collect(),
        },
        waiver: requirement.waiver.as_ref().map(CoveredWaiver::in_words),
        code: requirement
            .claims
            .iter()
            .map(|claim| Place {
                place: claim.place(),
                commit: claim
                    .commit
                    .as_ref()
                    .map(|it| it.as_str().chars().take(12).collect()),
            })
            .collect(),
    }
}
