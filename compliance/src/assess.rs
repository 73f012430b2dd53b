//! A ticket's assessment, put together. The same ticket, catalog and switches always give the same assessment.

use record::scale::{RiskTenths, Severity};

use crate::assessment::{
    Absorbed, Assessment, Encryption, FrameworkMatch, Relevance, Risk, RiskFactor,
};
use crate::catalog::{Catalog, Indicator, ProvidedFact};
use crate::classify::{Judged, classify};
use crate::corrections::Corrections;
use crate::finding::{Denied, Finding};
use crate::requirement_set::RequirementSet;
use crate::select::Facts;
use crate::switches::Switches;
use crate::ticket_text::TicketText;

/// What a ticket is about, before anything is asked of those who work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// Whether somebody in security or privacy should look at it.
    pub relevance: Relevance,
    /// What the ticket is about, ordered by indicator.
    pub findings: Vec<Finding>,
    /// What the ticket mentions and says is not involved.
    pub denied: Vec<Denied>,
    /// Frameworks that apply or may apply, ordered by id.
    pub frameworks: Vec<FrameworkMatch>,
    /// The risk score and what it is made of.
    pub risk: Risk,
}

/// Classifies a ticket: what [`assess`] does, without the requirements. Takes time in proportion to its text.
#[must_use]
pub fn classification<'a>(
    catalog: &Catalog,
    switches: &Switches,
    ticket: impl Into<TicketText<'a>>,
) -> Classification {
    let found = classify(catalog, ticket.into());
    let judged = Judged::of(catalog, &found);
    let facts = Facts::new(catalog, &found, &judged);
    Classification {
        frameworks: facts.frameworks(switches),
        risk: risk(&facts.indicators()),
        relevance: judged.relevance,
        findings: judged.findings,
        denied: judged.denied,
    }
}

/// Assesses a ticket. Takes time in proportion to its text.
#[must_use]
pub fn assess<'a>(
    catalog: &Catalog,
    switches: &Switches,
    ticket: impl Into<TicketText<'a>>,
) -> Assessment {
    assess_corrected(catalog, switches, ticket, &Corrections::default())
}

/// The same, of a ticket whose findings somebody set right.
#[must_use]
pub(crate) fn assess_corrected<'a>(
    catalog: &Catalog,
    switches: &Switches,
    ticket: impl Into<TicketText<'a>>,
    corrections: &Corrections<'_>,
) -> Assessment {
    let ticket = ticket.into();
    let found = classify(catalog, ticket);
    let mut judged = Judged::of(catalog, &found);
    corrections.apply(catalog, &mut judged);
    let facts = Facts::new(catalog, &found, &judged);
    let indicators = facts.indicators();
    let risk = risk(&indicators);
    let frameworks = facts.frameworks(switches);
    let requirements = facts.requirements(&frameworks);
    let provides = |fact| provides(catalog, &requirements, fact);
    Assessment {
        catalog: catalog.version().to_owned(),
        data_classes: indicators
            .iter()
            .filter_map(|indicator| indicator.data_class.clone())
            .collect(),
        security_level: security_level(catalog, ticket.priority, &indicators, &risk),
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
        relevance: judged.relevance,
        risk,
        frameworks,
        requirements,
        findings: judged.findings,
        denied: judged.denied,
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
    priority: Option<&str>,
    indicators: &[&Indicator],
    risk: &Risk,
) -> Severity {
    let Some(level) = indicators.iter().map(|indicator| indicator.level).max() else {
        return Severity::Info;
    };
    let urgent = priority.is_some_and(|priority| {
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
