//! A report of what became of requirements, and what can be measured on it. Nothing is measured that is not counted
//! here: each figure comes with how many it is of.

use chrono::DateTime;
use compliance::coverage::{Coverage, Tally};
use serde::Serialize;

use crate::answers::{CoveragePage, CoveredTicket};

/// A report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The period, as it was asked for.
    pub period: String,
    /// Since when.
    pub from: String,
    /// Up to when.
    pub to: String,
    /// The framework that was asked for.
    pub framework: Option<String>,
    /// How many issues were looked at.
    pub looked_at: u64,
    /// How many of them the server could not read.
    pub unreadable: u64,
    /// How many entries the ledger had.
    pub ledger_size: u64,
    /// What became of all requirements.
    pub requirements: Tally,
    /// What can be measured.
    pub measures: Measures,
    /// The issues, by key.
    pub tickets: Vec<CoveredTicket>,
}

/// What can be measured on the issues of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// How many issues were worked on.
    pub tickets: u64,
    /// How many of them involve security or privacy.
    pub relevant: u64,
    /// Of how many nobody can read any more what they were asked for; they are in no other figure.
    pub unreadable: u64,
    /// How many were deployed.
    pub deployed: u64,
    /// Of these, how many had an approval that counted, each time.
    pub deployed_approved: u64,
    /// What became of the requirements of those that were deployed.
    pub deployed_requirements: Tally,
    /// How many were approved after they were assessed.
    pub approved: u64,
    /// Of these, the middle of the time from the first assessment to the first approval, in seconds; of two middles the
    /// shorter.
    pub to_approval_seconds: Option<u64>,
}

impl Report {
    /// Nothing yet.
    #[must_use]
    pub fn begun(period: &crate::period::Period, framework: Option<String>) -> Self {
        Self {
            period: period.to_string(),
            from: period.from(),
            to: period.to(),
            framework,
            looked_at: 0,
            unreadable: 0,
            ledger_size: 0,
            requirements: Tally::default(),
            measures: Measures::default(),
            tickets: Vec::new(),
        }
    }

    /// With another page.
    pub fn add(&mut self, page: CoveragePage) {
        self.looked_at += page.looked_at;
        self.unreadable += page.unreadable;
        self.ledger_size = self.ledger_size.max(page.ledger_size);
        self.tickets.extend(page.tickets);
    }

    /// In order, and added up.
    #[must_use]
    pub fn finished(mut self) -> Self {
        self.tickets
            .sort_by_cached_key(|it| (by_number(it.ticket.as_str()), it.site.clone()));
        for ticket in &self.tickets {
            self.requirements += tally(ticket);
        }
        self.measures = Measures::of(&self.tickets);
        self
    }
}

/// PAY-9 before PAY-10.
fn by_number(key: &str) -> (String, u64) {
    let (project, number) = key.rsplit_once('-').unwrap_or((key, ""));
    (project.to_owned(), number.parse().unwrap_or(u64::MAX))
}

/// What became of an issue's requirements.
#[must_use]
pub fn tally(ticket: &CoveredTicket) -> Tally {
    let mut tally = Tally::default();
    let all = ticket.requirements.iter().map(|it| it.coverage);
    all.for_each(|coverage: Coverage| tally.count(coverage));
    tally
}

impl Measures {
    fn of(tickets: &[CoveredTicket]) -> Self {
        let mut measures = Self {
            tickets: tickets.len() as u64,
            ..Self::default()
        };
        let mut took = Vec::new();
        for ticket in tickets {
            measures.unreadable += u64::from(ticket.unreadable);
            measures.relevant += u64::from(ticket.relevant);
            if let Some(deployed) = &ticket.deployed {
                measures.deployed += 1;
                let approved = deployed.approved && ticket.unapproved_at.is_none();
                measures.deployed_approved += u64::from(approved);
                measures.deployed_requirements += tally(ticket);
            }
            let approved = ticket.first_approved.as_ref();
            took.extend(
                approved.and_then(|at| seconds(ticket.first_assessed.as_str(), at.as_str())),
            );
        }
        took.sort_unstable();
        measures.approved = took.len() as u64;
        measures.to_approval_seconds = took.get(took.len().saturating_sub(1) / 2).copied();
        measures
    }
}

/// None where the end is before the beginning: a decision can be older than our knowledge of the issue.
fn seconds(from: &str, to: &str) -> Option<u64> {
    let at = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    let took = at(to)?.signed_duration_since(at(from)?).num_seconds();
    u64::try_from(took).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ticket(
        key: &str,
        approved: Option<&str>,
        deployed: Option<bool>,
        became: &[&str],
    ) -> CoveredTicket {
        let requirements: Vec<_> = became
            .iter()
            .map(|became| json!({ "id": "REQ-A", "title": "A", "controls": [], "coverage": became, "lacks": [], "claims": [] }))
            .collect();
        let deployed =
            deployed.map(|approved| json!({ "event": "evt_1", "at": "", "approved": approved }));
        serde_json::from_value(json!({
            "ticket": key, "site": "site_1", "severity": "HIGH", "risk": 5.0, "relevant": !became.is_empty(), "deleted": false, "unreadable": false,
            "frameworks": [], "firstAssessed": "2026-11-02T10:00:00.000Z", "firstApproved": approved,
            "approval": { "state": "NONE" }, "deployed": deployed, "requirements": requirements, "truncated": false,
        }))
        .unwrap()
    }

    #[test]
    fn measures_count_what_is_there_and_say_of_how_many() {
        let page = CoveragePage {
            looked_at: 9,
            unreadable: 0,
            ledger_size: 77,
            next: None,
            tickets: vec![
                ticket(
                    "PAY-10",
                    Some("2026-11-02T10:00:30Z"),
                    Some(true),
                    &["MET", "FAILED"],
                ),
                ticket(
                    "PAY-9",
                    Some("2026-11-02T12:00:00.000+01:00"),
                    Some(false),
                    &["FAILED"],
                ),
                ticket(
                    "OPS-1",
                    Some("2026-11-01T10:00:00Z"),
                    None,
                    &["UNKNOWN", "WAIVED"],
                ),
                ticket("PAY-11", Some("2026-11-03T10:00:00Z"), None, &[]),
            ],
        };
        let mut report = Report::begun(&"2026-Q4".parse().unwrap(), None);
        report.add(page);
        let report = report.finished();
        let keys: Vec<&str> = report.tickets.iter().map(|it| it.ticket.as_str()).collect();
        assert_eq!(keys, ["OPS-1", "PAY-9", "PAY-10", "PAY-11"]);
        let tally = |met, failed, waived, unknown| Tally {
            met,
            failed,
            waived,
            unknown,
        };
        assert_eq!(report.requirements, tally(1, 2, 1, 1));
        let measures = Measures {
            tickets: 4,
            relevant: 3,
            unreadable: 0,
            deployed: 2,
            deployed_approved: 1,
            deployed_requirements: tally(1, 2, 0, 0),
            approved: 3,
            to_approval_seconds: Some(3_600),
        };
        assert_eq!(report.measures, measures);
        let nothing = Report::begun(&"2026".parse().unwrap(), None).finished();
        assert_eq!(nothing.measures, Measures::default());
    }
}
