//! A ticket's assessment, put together. The same ticket, catalog and switches always give the same assessment.

use std::collections::BTreeSet;

use record::facts::TicketSnapshot;
use record::scale::{RiskTenths, Severity};

use crate::assessment::{Absorbed, Assessment, Encryption, Risk, RiskFactor};
use crate::catalog::{Catalog, Indicator, ProvidedFact};
use crate::classify::{classify, findings};
use crate::finding::Certainty;
use crate::ids::IndicatorId;
use crate::requirement_set::RequirementSet;
use crate::select::Facts;
use crate::switches::Switches;

/// Assesses a ticket. Takes time in proportion to its text.
#[must_use]
pub fn assess(catalog: &Catalog, switches: &Switches, ticket: &TicketSnapshot) -> Assessment {
    let classified = classify(catalog, ticket);
    let (findings, denied) = findings(catalog, &classified);
    let suggested: BTreeSet<&IndicatorId> = findings
        .iter()
        .filter(|finding| finding.certainty == Certainty::Suggested)
        .map(|finding| &finding.indicator)
        .collect();
    let indicators: Vec<&Indicator> = catalog
        .indicators()
        .iter()
        .filter(|indicator| suggested.contains(&indicator.id))
        .collect();
    let risk = risk(&indicators);
    let security_level = security_level(catalog, ticket, &indicators, &risk);
    let facts = Facts {
        catalog,
        classified: &classified,
        suggested,
    };
    let frameworks = facts.frameworks(switches);
    let requirements = facts.requirements(&frameworks);
    let provides = |fact| provides(catalog, &requirements, fact);
    Assessment {
        catalog: catalog.version().to_owned(),
        data_classes: indicators
            .iter()
            .filter_map(|indicator| indicator.data_class.clone())
            .collect(),
        security_level,
        encryption: Encryption {
            in_transit: provides(ProvidedFact::EncryptionInTransit),
            at_rest: provides(ProvidedFact::EncryptionAtRest),
        },
        audit_logging: provides(ProvidedFact::AuditLogging),
        actions: if indicators.is_empty() {
            Vec::new()
        } else {
            catalog
                .matching
                .actions
                .get(&risk.band)
                .cloned()
                .unwrap_or_default()
        },
        risk,
        frameworks,
        requirements,
        findings,
        denied,
    }
}

/// Indicators that weigh the same data as another one add nothing beside it: personal data beside health data, the
/// database beneath either.
fn risk(indicators: &[&Indicator]) -> Risk {
    let mut factors = Vec::new();
    let mut absorbed = Vec::new();
    for indicator in indicators {
        let by = indicator
            .absorbed_by
            .iter()
            .find(|id| indicators.iter().any(|other| other.id == **id));
        match by {
            Some(by) => absorbed.push(Absorbed {
                indicator: indicator.id.clone(),
                by: by.clone(),
            }),
            None => factors.push(RiskFactor {
                indicator: indicator.id.clone(),
                tenths: indicator.risk_tenths,
                reason: indicator.risk_reason.clone(),
            }),
        }
    }
    factors.sort_by(|a, b| (b.tenths, &a.indicator).cmp(&(a.tenths, &b.indicator)));
    let score = RiskTenths::capped(factors.iter().map(|factor| factor.tenths).sum());
    Risk {
        score,
        band: score.band(),
        factors,
        absorbed,
    }
}

fn security_level(
    catalog: &Catalog,
    ticket: &TicketSnapshot,
    indicators: &[&Indicator],
    risk: &Risk,
) -> Severity {
    let Some(level) = indicators.iter().map(|indicator| indicator.level).max() else {
        return Severity::Info;
    };
    let urgent = ticket.priority.as_deref().is_some_and(|priority| {
        catalog
            .matching
            .urgent_priorities
            .iter()
            .any(|urgent| urgent.eq_ignore_ascii_case(priority.trim()))
    });
    level.max(risk.band).max(if urgent {
        Severity::High
    } else {
        Severity::Low
    })
}

fn provides(catalog: &Catalog, set: &RequirementSet, fact: ProvidedFact) -> bool {
    catalog
        .requirements
        .iter()
        .any(|rule| rule.provides.contains(&fact) && set.get(rule.id.as_str()).is_some())
}
