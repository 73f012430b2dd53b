//! A report of what became of requirements: as lines for people, as a table for a spreadsheet, and as JSON.

use compliance::coverage::{Coverage, Lack, Tally};

use crate::answers::{
    CoveredApproval, CoveredClaim, CoveredDeployment, CoveredRequirement, CoveredTicket,
    CoveredWaiver,
};
use crate::coverage::{Measures, Report};
use crate::error::CliError;
use crate::printable::Printable;

/// Lines for people.
#[must_use]
pub fn coverage(report: &Report) -> Vec<String> {
    let about = report
        .framework
        .as_deref()
        .map_or_else(String::new, |it| format!(", {it}"));
    let mut lines = vec![format!(
        "{}{about}: {} issues reported of {} looked at; entry {} is the last of the ledger",
        report.period,
        report.tickets.len(),
        report.looked_at,
        report.ledger_size.saturating_sub(1),
    )];
    lines.extend(unread(report).map(|line| format!("  {line}")));
    lines.push(format!("  requirements: {}", rate(report.requirements)));
    lines.extend(
        measured(&report.measures)
            .into_iter()
            .map(|line| format!("  {line}")),
    );
    for ticket in &report.tickets {
        lines.push(format!("{}  {}", ticket.ticket, standing(ticket)));
        for requirement in &ticket.requirements {
            lines.push(format!(
                "  {:<8} {} {}{}",
                word(requirement.coverage),
                requirement.id,
                requirement.title,
                reasons(requirement)
            ));
            let places = requirement
                .claims
                .iter()
                .map(CoveredClaim::place_and_commit);
            let mut places: Vec<String> = places.collect();
            places.dedup();
            lines.extend(places.iter().map(|place| format!("           {place}")));
        }
    }
    lines
}

/// That some issues could not be looked at at all.
pub(super) fn unread(report: &Report) -> Option<String> {
    let Report { unreadable, .. } = *report;
    (unreadable > 0).then(|| {
        format!(
            "{unreadable} issues cannot be read by the server, and are in no figure: run the verifier"
        )
    })
}

/// What can be measured, each with how many it is of.
pub(super) fn measured(measures: &Measures) -> Vec<String> {
    let Measures {
        tickets,
        relevant,
        unreadable,
        deployed,
        deployed_approved,
        deployed_requirements,
        approved,
        to_approval_seconds,
    } = *measures;
    let mut lines = vec![
        format!("involve security or privacy: {relevant} of {tickets} issues"),
        format!("deployed with an approval: {deployed_approved} of {deployed} deployed issues"),
        format!(
            "requirements of deployed issues: {}",
            rate(deployed_requirements)
        ),
    ];
    if unreadable > 0 {
        lines.push(format!(
            "cannot be read any more, and in no figure: what {unreadable} of {tickets} issues were asked for"
        ));
    }
    if let Some(seconds) = to_approval_seconds {
        lines.push(format!(
            "from the first assessment to the first approval: {} in the middle of {approved} issues",
            span(seconds)
        ));
    }
    lines
}

/// What became of them, with the denominator.
pub(super) fn rate(tally: Tally) -> String {
    let Tally {
        met,
        failed,
        waived,
        unknown,
    } = tally;
    match tally.rate_tenths() {
        None if waived > 0 => format!("none asked for but {waived} waived"),
        None => "none asked for".to_owned(),
        Some(tenths) => format!(
            "{met} of {} met ({}.{} %), {failed} failed, {unknown} unknown; {waived} waived beside them",
            tally.asked(),
            tenths / 10,
            tenths % 10
        ),
    }
}

fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

pub(super) const fn word(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Met => "met",
        Coverage::Failed => "failed",
        Coverage::Waived => "waived",
        Coverage::Unknown => "unknown",
    }
}

pub(super) const fn lack(lack: Lack) -> &'static str {
    match lack {
        Lack::NotSaid => "nobody said where the code meets it",
        Lack::NotApproved => "the issue is not approved",
        Lack::DeployedUnapproved => "the issue was not approved when it was deployed",
    }
}

/// Why a requirement came to what it did: its waiver, if that counts; else what is missing, and that a waiver came late.
pub(super) fn because(requirement: &CoveredRequirement) -> Vec<String> {
    let waiver = requirement.waiver.as_ref().map(CoveredWaiver::in_words);
    match requirement.coverage {
        Coverage::Waived => waiver.into_iter().collect(),
        Coverage::Met | Coverage::Failed | Coverage::Unknown => {
            let lacks = requirement.lacks.iter().map(|it| lack(*it).to_owned());
            let late = waiver.map(|waiver| format!("{waiver}, after it was deployed"));
            lacks.chain(late).collect()
        }
    }
}

fn reasons(requirement: &CoveredRequirement) -> String {
    let because = because(requirement);
    match because.is_empty() {
        true => String::new(),
        false => format!(": {}", because.join("; ")),
    }
}

/// How an issue stood.
fn standing(ticket: &CoveredTicket) -> String {
    let mut words = vec![verdict(ticket), approval(&ticket.approval)];
    words.extend(ticket.deployed.as_ref().map(deployment));
    words.extend(remarks(ticket));
    words.join(", ")
}

pub(super) fn verdict(ticket: &CoveredTicket) -> String {
    match (&ticket.severity, ticket.risk) {
        (Some(severity), Some(risk)) => format!("{severity} {risk:.1}"),
        _ => "what it was asked for cannot be read any more".to_owned(),
    }
}

/// What has to be said besides.
pub(super) fn remarks(ticket: &CoveredTicket) -> Vec<String> {
    let unapproved = ticket.unapproved_at.as_ref();
    let unapproved = unapproved.map(|at| format!("deployed without an approval on {}", day(at)));
    let deleted = ticket.deleted.then(|| "deleted in Jira".to_owned());
    let truncated = ticket
        .truncated
        .then(|| "its earliest entries were not looked at".to_owned());
    unapproved
        .into_iter()
        .chain(deleted)
        .chain(truncated)
        .collect()
}

pub(super) fn approval(approval: &CoveredApproval) -> String {
    let state = match approval.state.as_str() {
        "NONE" => return "not approved".to_owned(),
        "APPROVED" => "approved".to_owned(),
        "REJECTED" => "rejected".to_owned(),
        "PARTLY" => "partly approved".to_owned(),
        "STALE" => "approval stale".to_owned(),
        other => other.to_lowercase(),
    };
    let role = approval
        .role
        .as_ref()
        .map_or_else(String::new, |role| format!(" as {role}"));
    let at = approval
        .at
        .as_ref()
        .map_or_else(String::new, |at| format!(" on {}", day(at)));
    format!("{state}{role}{at}")
}

pub(super) fn deployment(deployed: &CoveredDeployment) -> String {
    let to = deployed
        .environment
        .as_ref()
        .map_or_else(String::new, |it| format!(" to {it}"));
    let without = if deployed.approved {
        ""
    } else {
        " without an approval"
    };
    format!("deployed{to} on {}{without}", day(&deployed.at))
}

fn day(at: &Printable) -> &str {
    at.as_str().get(..10).unwrap_or(at.as_str())
}

/// A table: a line for each requirement of each issue, RFC 4180. What a spreadsheet would take for a formula begins with
/// an apostrophe.
///
/// # Errors
/// Does not fail for tables of this release.
pub fn coverage_table(report: &Report) -> Result<Vec<String>, CliError> {
    let mut table = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut line = |cells: [&str; 20]| {
        table
            .write_record(cells.map(plain).iter())
            .map_err(CliError::form)
    };
    line([
        "issue",
        "site",
        "severity",
        "risk",
        "requirement",
        "title",
        "controls",
        "coverage",
        "lacks",
        "code",
        "commit",
        "approval",
        "approver",
        "role",
        "approved at",
        "deployed at",
        "environment",
        "waiver",
        "deployed unapproved at",
        "complete",
    ])?;
    for ticket in &report.tickets {
        let text = |value: Option<&Printable>| value.map(ToString::to_string).unwrap_or_default();
        let (approval, deployed) = (&ticket.approval, ticket.deployed.as_ref());
        for requirement in &ticket.requirements {
            let controls: Vec<&str> = requirement.controls.iter().map(Printable::as_str).collect();
            let lacks: Vec<&str> = requirement.lacks.iter().map(|it| lack(*it)).collect();
            let code: Vec<String> = requirement.claims.iter().map(CoveredClaim::place).collect();
            let commits: Vec<&str> = requirement
                .claims
                .iter()
                .filter_map(|claim| claim.commit.as_ref().map(Printable::as_str))
                .collect();
            line([
                ticket.ticket.as_str(),
                ticket.site.as_str(),
                &text(ticket.severity.as_ref()),
                &ticket
                    .risk
                    .map(|risk| format!("{risk:.1}"))
                    .unwrap_or_default(),
                requirement.id.as_str(),
                requirement.title.as_str(),
                &controls.join("; "),
                word(requirement.coverage),
                &lacks.join("; "),
                &code.join("; "),
                &commits.join("; "),
                approval.state.as_str(),
                &text(approval.by.as_ref()),
                &text(approval.role.as_ref()),
                &text(approval.at.as_ref()),
                &text(deployed.map(|it| &it.at)),
                &text(deployed.and_then(|it| it.environment.as_ref())),
                &requirement
                    .waiver
                    .as_ref()
                    .map(CoveredWaiver::in_words)
                    .unwrap_or_default(),
                &text(ticket.unapproved_at.as_ref()),
                if ticket.truncated { "no" } else { "yes" },
            ])?;
        }
    }
    let bytes = table.into_inner().map_err(CliError::form)?;
    let text = String::from_utf8(bytes).map_err(CliError::form)?;
    Ok(text
        .trim_end()
        .split("\r\n")
        .map(|line| format!("{line}\r"))
        .collect())
}

/// Some spreadsheets split cells at other signs than the comma, so what stands behind those is looked at too.
fn plain(cell: &str) -> String {
    let mut shown = String::with_capacity(cell.len());
    let mut begins = true;
    for c in cell.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@') {
            shown.push('\'');
        }
        shown.push(c);
        begins = matches!(c, ';' | ',' | '\t' | '|') || (begins && c == ' ');
    }
    shown
}

/// One object.
///
/// # Errors
/// Does not fail for reports of this release.
pub fn in_json(report: &Report) -> Result<String, CliError> {
    serde_json::to_string(report).map_err(CliError::form)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_in_a_cell_is_a_formula_wherever_a_spreadsheet_splits_it() {
        for (cell, shown) in [
            ("=1+1", "'=1+1"),
            ("a;=cmd", "a;'=cmd"),
            ("a; @x,-y", "a; '@x,'-y"),
            ("2026-11-01", "2026-11-01"),
            ("src/a-b.rs:1-2", "src/a-b.rs:1-2"),
        ] {
            assert_eq!(plain(cell), shown);
        }
    }
}
