//! A ticket to write down in a line, and what tests ask of its assessment.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use compliance::requirement_set::Requirement;
use compliance::{Assessment, Catalog, Certainty, Switch, Switches, assess};
use record::facts::TicketSnapshot;

pub(crate) fn ticket(summary: &str) -> TicketSnapshot {
    TicketSnapshot {
        id: "10001".parse().unwrap(),
        key: "SHOP-1".parse().unwrap(),
        project: "SHOP".parse().unwrap(),
        summary: summary.to_owned(),
        description: String::new(),
        issue_type: "Story".to_owned(),
        priority: Some("Medium".to_owned()),
        labels: vec![],
        components: vec![],
        attachments: vec![],
        fields: BTreeMap::new(),
        parent: None,
        status: "To Do".to_owned(),
        done: false,
        assignee: None,
        reporter: None,
        restricted: false,
        updated: "2026-01-05T09:00:00Z".to_owned(),
    }
}

pub(crate) fn described(summary: &str, description: &str) -> TicketSnapshot {
    TicketSnapshot {
        description: description.to_owned(),
        ..ticket(summary)
    }
}

pub(crate) fn assessed(ticket: &TicketSnapshot) -> Assessment {
    assess(Catalog::embedded(), &Switches::default(), ticket)
}

/// What the rules that people wrote make of it, without the lexicon.
pub(crate) fn by_rules(ticket: &TicketSnapshot) -> Assessment {
    static RULES: LazyLock<Catalog> = LazyLock::new(|| {
        let packs = Catalog::embedded_packs().iter().copied();
        let rules: Vec<_> = packs.filter(|(file, _)| *file != "lexicon.yaml").collect();
        Catalog::from_packs(&rules).unwrap()
    });
    assess(&RULES, &Switches::default(), ticket)
}

pub(crate) fn switched(ticket: &TicketSnapshot, answers: &[(&str, Switch)]) -> Assessment {
    let switches = answers
        .iter()
        .fold(Switches::default(), |all, (id, switch)| {
            all.with(id.parse().unwrap(), *switch)
        });
    assess(Catalog::embedded(), &switches, ticket)
}

pub(crate) fn suggested(assessment: &Assessment) -> Vec<&str> {
    let findings = assessment
        .findings
        .iter()
        .filter(|finding| finding.certainty == Certainty::Suggested);
    findings.map(|finding| finding.indicator.as_str()).collect()
}

pub(crate) fn denied(assessment: &Assessment) -> Vec<&str> {
    assessment
        .denied
        .iter()
        .map(|denied| denied.indicator.as_str())
        .collect()
}

pub(crate) fn frameworks(assessment: &Assessment) -> Vec<&str> {
    assessment
        .frameworks
        .iter()
        .map(|framework| framework.id.as_str())
        .collect()
}

pub(crate) fn requirement<'a>(assessment: &'a Assessment, id: &str) -> &'a Requirement {
    assessment
        .requirements
        .get(id)
        .unwrap_or_else(|| panic!("{id} is not in the set"))
}

/// `framework control` for every control that a requirement serves.
pub(crate) fn controls(requirement: &Requirement) -> Vec<String> {
    let sources = requirement.frameworks.iter();
    sources
        .flat_map(|it| {
            it.controls
                .iter()
                .map(|control| format!("{} {}", it.framework, control.id))
        })
        .collect()
}
