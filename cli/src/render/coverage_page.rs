//! A report of what became of requirements as one HTML file, ready to print: it loads nothing and runs nothing.

use compliance::coverage::{Coverage, Tally};
use handlebars::Handlebars;
use serde::Serialize;

use super::coverage::{
    approval, because, deployment, measured, rate, remarks, unread, verdict, word,
};
use crate::answers::{CoveredRequirement, CoveredTicket};
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
    unread: Option<String>,
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
    because: Vec<String>,
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
        unread: unread(report),
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
        because: because(requirement),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::coverage_page;
    use crate::answers::CoveragePage;
    use crate::coverage::Report;

    #[test]
    fn what_others_wrote_is_text_on_the_page_and_runs_nothing() {
        let hostile = "<script>alert(1)</script><img src=x onerror=y>{{period}}\"'&";
        let requirement = |coverage: &str| {
            json!({ "id": hostile, "title": hostile, "controls": [hostile], "coverage": coverage,
                "lacks": ["NOT_SAID"], "claims": [{ "path": hostile, "commit": hostile }],
                "waiver": { "event": "evt_1", "until": "2027-01-31", "by": "per_1", "role": hostile,
                    "reason": hostile } })
        };
        let page: CoveragePage = serde_json::from_value(json!({
            "lookedAt": 1, "unreadable": 2, "ledgerSize": 9, "tickets": [{
                "ticket": hostile, "site": "site_1", "severity": hostile, "risk": 5.0, "relevant": true,
                "deleted": true, "unreadable": false, "frameworks": [{ "title": hostile, "version": "1",
                    "applies": true }],
                "firstAssessed": hostile, "approval": { "state": hostile, "by": hostile, "role": hostile,
                    "at": hostile },
                "deployed": { "event": hostile, "at": hostile, "environment": hostile, "approved": false },
                "unapprovedAt": hostile, "truncated": true,
                "requirements": [requirement("WAIVED"), requirement("FAILED")],
            }],
        }))
        .unwrap();
        let mut report = Report::begun(&"2026".parse().unwrap(), None);
        report.add(page);
        let shown = coverage_page(&report.finished()).unwrap();
        for told in ["<script", "<img", "onerror=y>"] {
            assert!(!shown.contains(told), "{told}");
        }
        assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(shown.contains("{{period}}"), "a template in it stays text");
        assert!(shown.contains("2 issues cannot be read by the server"));
        // A waiver that came too late hides no failure.
        assert_eq!(
            shown.matches("nobody said where the code meets it").count(),
            1
        );
        assert_eq!(shown.matches("after it was deployed").count(), 1);
    }
}
