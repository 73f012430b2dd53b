//! Which frameworks and requirements follow from suggested findings, and because of what.

use std::collections::BTreeSet;

use crate::assessment::{Because, FrameworkMatch, Relevance, Standing};
use crate::catalog::{Baseline, Catalog, Condition, GroupId, Indicator, RequirementRule};
use crate::classify::{Classified, Judged, certainty, points};
use crate::finding::Certainty;
use crate::ids::IndicatorId;
use crate::merge;
use crate::requirement_set::{Conflict, ControlReference, Requirement, RequirementSet, Source};
use crate::switches::{Switch, Switches};

/// What selection looks at.
pub(crate) struct Facts<'a> {
    catalog: &'a Catalog,
    classified: &'a Classified<'a>,
    /// Who should look at the ticket.
    relevance: &'a Relevance,
    /// Indicators with a suggested finding.
    suggested: BTreeSet<&'a IndicatorId>,
}

impl<'a> Facts<'a> {
    /// What was found in a ticket, and what was made of it.
    pub(crate) fn new(
        catalog: &'a Catalog,
        classified: &'a Classified<'a>,
        judged: &'a Judged,
    ) -> Self {
        let suggested = judged.findings.iter();
        let suggested = suggested.filter(|finding| finding.certainty == Certainty::Suggested);
        Self {
            catalog,
            classified,
            relevance: &judged.relevance,
            suggested: suggested.map(|finding| &finding.indicator).collect(),
        }
    }

    /// The suggested indicators, ordered by id.
    pub(crate) fn indicators(&self) -> Vec<&'a Indicator> {
        let all = self.catalog.indicators().iter();
        all.filter(|indicator| self.suggested.contains(&indicator.id))
            .collect()
    }

    /// The frameworks that are not switched off and are called for, ordered by id.
    pub(crate) fn frameworks(&self, switches: &Switches) -> Vec<FrameworkMatch> {
        let first = self.catalog.indicators().len();
        let mut matches = Vec::new();
        for (at, framework) in self.catalog.frameworks().iter().enumerate() {
            let standing = match switches.of(&framework.id) {
                Switch::Applies => Standing::Applies,
                Switch::MayApply if !framework.optional => Standing::MayApply,
                Switch::MayApply | Switch::Off => continue,
            };
            let indicators: BTreeSet<&IndicatorId> = framework
                .applies
                .iter()
                .filter_map(|condition| self.callers(condition, &[]))
                .flatten()
                .collect();
            let mut because: Vec<Because> = indicators
                .into_iter()
                .map(|id| Because::Indicator {
                    indicator: id.clone(),
                })
                .collect();
            let named = GroupId(first + at);
            let certainty = certainty(self.catalog, self.classified, named, false);
            if let Some((Certainty::Suggested, _)) = certainty {
                let heaviest = self
                    .classified
                    .live(named)
                    .max_by_key(|term| points(self.catalog, term));
                because.extend(heaviest.map(|term| Because::Term {
                    evidence: self.classified.evidence(term, points(self.catalog, term)),
                }));
            }
            because.extend(self.classified.named_by_the_organisation(framework));
            if because.is_empty() && framework.baseline.is_some_and(|of| self.is_relevant(of)) {
                because.push(Because::Baseline);
            }
            if !because.is_empty() {
                matches.push(FrameworkMatch {
                    id: framework.id.clone(),
                    title: framework.title.clone(),
                    version: framework.edition.clone(),
                    standing,
                    because,
                    question: framework.question.clone(),
                });
            }
        }
        matches
    }

    /// The requirements under these frameworks.
    pub(crate) fn requirements(&self, frameworks: &[FrameworkMatch]) -> RequirementSet {
        let rules = self.catalog.requirements.iter();
        let requirements: Vec<Requirement> = rules
            .filter_map(|rule| self.requirement(rule, frameworks))
            .collect();
        let conflicts = self.catalog.conflicts.iter().filter(|conflict| {
            conflict
                .between
                .iter()
                .all(|id| requirements.iter().any(|requirement| requirement.id == *id))
        });
        let conflicts = conflicts
            .map(|it| Conflict {
                between: it.between.clone(),
                note: it.note.clone(),
            })
            .collect();
        RequirementSet {
            requirements,
            conflicts,
        }
    }

    fn is_relevant(&self, baseline: Baseline) -> bool {
        match baseline {
            Baseline::Security => self.relevance.security.relevant,
            Baseline::Privacy => self.relevance.privacy.relevant,
        }
    }

    fn requirement(
        &self,
        rule: &RequirementRule,
        frameworks: &[FrameworkMatch],
    ) -> Option<Requirement> {
        let called: Vec<_> = rule
            .when
            .iter()
            .filter_map(|when| self.callers(when, frameworks))
            .collect();
        if called.is_empty() {
            return None;
        }
        let indicators: BTreeSet<&IndicatorId> = called.into_iter().flatten().collect();
        let parameters: Vec<_> = rule
            .parameters
            .iter()
            .map(|parameter| merge::parameter(parameter, frameworks))
            .collect();
        let known = self.catalog.indicators();
        let data = known
            .iter()
            .filter(|indicator| indicators.contains(&indicator.id))
            .filter_map(|indicator| indicator.data_class.as_deref())
            .collect();
        Some(Requirement {
            id: rule.id.clone(),
            group: rule.group.clone(),
            title: rule.title.clone(),
            statement: merge::fill(&rule.statement, &parameters, &data),
            parameters,
            frameworks: frameworks
                .iter()
                .filter_map(|framework| self.source(rule, framework))
                .collect(),
            indicators: indicators.into_iter().cloned().collect(),
        })
    }

    fn source(&self, rule: &RequirementRule, framework: &FrameworkMatch) -> Option<Source> {
        let controls = rule.controls.get(&framework.id)?;
        let known = &self.catalog.framework(&framework.id)?.controls;
        let controls = controls
            .iter()
            .filter_map(|id| known.iter().find(|control| control.id == *id));
        Some(Source {
            framework: framework.id.clone(),
            title: framework.title.clone(),
            version: framework.version.clone(),
            controls: controls
                .map(|it| ControlReference {
                    id: it.id.clone(),
                    text: it.text.clone(),
                    kind: it.kind.clone(),
                })
                .collect(),
        })
    }

    /// The suggested indicators that fulfil a condition; nothing where it is not fulfilled.
    fn callers<'c>(
        &self,
        when: &'c Condition,
        frameworks: &[FrameworkMatch],
    ) -> Option<Vec<&'c IndicatorId>> {
        let conditions = self.catalog.rules.conditions;
        let there = |ids: &'c [IndicatorId]| -> Vec<&'c IndicatorId> {
            ids.iter()
                .filter(|id| self.suggested.contains(id))
                .collect()
        };
        let (callers, also) = (there(&when.indicators), there(&when.also));
        let frameworks = when.frameworks.is_empty()
            || when
                .frameworks
                .iter()
                .any(|id| frameworks.iter().any(|framework| framework.id == *id));
        let terms = when.terms.is_empty() || self.classified.has_any(conditions, &when.terms);
        let ruled_out = self.classified.has_any(conditions, &when.unless)
            && !self.classified.has_any(conditions, &when.despite);
        let fulfilled = (when.indicators.is_empty() || !callers.is_empty())
            && (when.also.is_empty() || !also.is_empty())
            && frameworks
            && terms
            && !ruled_out;
        fulfilled.then(|| callers.into_iter().chain(also).collect())
    }
}
