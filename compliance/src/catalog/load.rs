//! From packs as written to a consistent catalog.

use super::framework::Framework;
use super::indicator::{Indicator, IndicatorKind, Weight};
use super::lexicon::{self, Lexicon};
use super::matching::Matching;
use super::organisation::Organisation;
use super::relevance::{Concept, RelevancePack, RelevanceRules, Weights};
use super::requirement::{ConflictRule, RequirementRule};
use super::rules::{Condition, Group, GroupId, Role, Roles, Rules};
use super::shapes::{FrameworkPack, IndicatorPack};
use super::term_loader::TermLoader;
use super::written::Written;
use super::{CatalogError, Pack, check, folded};
use crate::switches::Switches;

pub(super) struct Loaded {
    pub(super) matching: Matching,
    pub(super) relevance: RelevanceRules,
    pub(super) lexicon: Lexicon,
    pub(super) rules: Rules,
    pub(super) indicators: Vec<Indicator>,
    pub(super) frameworks: Vec<Framework>,
    pub(super) requirements: Vec<RequirementRule>,
    pub(super) conflicts: Vec<ConflictRule>,
    pub(super) packs: Vec<Pack>,
    pub(super) switches: Switches,
}

/// Makes a catalog of packs. Groups of terms are numbered: indicators, frameworks, conditions, appearance, concepts,
/// the lexicon.
pub(super) fn load(
    files: &[(&str, &str)],
    organisation: Option<Organisation>,
) -> Result<Loaded, CatalogError> {
    let Written {
        packs,
        mut indicators,
        mut frameworks,
        mut requirements,
        matching: (matching_file, matching),
        relevance: (relevance_file, relevance),
        lexicon,
    } = Written::read(files)?;
    let switches = match organisation {
        Some(own) => own.apply(&mut frameworks, &mut requirements)?,
        None => Switches::default(),
    };
    indicators.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
    frameworks.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));

    let conditions = GroupId(indicators.len() + frameworks.len());
    let cosmetic = GroupId(conditions.0 + 1);
    let mut terms = TermLoader::new(&matching.phrases, conditions);
    let mut groups = Vec::new();
    let mut loaded_indicators = Vec::new();
    for (file, pack) in indicators {
        groups.push(terms.indicator(file, &pack, GroupId(groups.len()))?);
        loaded_indicators.push((file, indicator(pack)));
    }
    let mut loaded_frameworks = Vec::new();
    for (file, pack) in frameworks {
        let group = GroupId(groups.len());
        terms.add(file, &pack.direct, Role::Hit(group, Weight::Strong))?;
        terms.add(file, &pack.not, Role::Not(group))?;
        groups.push(Group::plain(true));
        let applies = terms.conditions(file, &pack.applies)?;
        loaded_frameworks.push((file, framework(pack, applies)));
    }
    groups.push(Group::plain(true));
    groups.push(Group {
        summary_only: true,
        ..Group::plain(false)
    });
    terms.add(
        matching_file,
        &matching.cosmetic,
        Role::Hit(cosmetic, Weight::Weak),
    )?;
    terms.add(matching_file, &matching.orders, Role::Order)?;
    let relevance = concepts(relevance_file, relevance, &mut terms, &mut groups)?;
    let ids: Vec<_> = loaded_indicators
        .iter()
        .map(|(_, indicator)| indicator.id.clone())
        .collect();
    let words = GroupId(groups.len());
    groups.push(Group::plain(false));
    let lexicon = match lexicon {
        Some((file, pack)) => {
            lexicon::load(file, &pack, &relevance.concepts, &ids, words, &mut terms)?
        }
        None => Lexicon::default(),
    };

    let mut rules = Vec::new();
    let mut conflicts = Vec::new();
    for (file, pack) in requirements {
        for shape in pack.requirements {
            let when = terms.conditions(file, &shape.when)?;
            rules.push((
                file,
                shape.id.referenced.line(),
                check::requirement(file, &pack.group, pack.order, shape, when)?,
            ));
        }
        conflicts.extend(pack.conflicts.into_iter().map(|c| {
            (
                file,
                ConflictRule {
                    between: c.between,
                    note: c.note,
                },
            )
        }));
    }
    rules.sort_by(|(_, _, a), (_, _, b)| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let TermLoader { builder, roles, .. } = terms;
    check::references(&loaded_indicators, &loaded_frameworks, &rules, &conflicts)?;
    check::relevance(relevance_file, &relevance, &loaded_indicators)?;
    Ok(Loaded {
        switches,
        rules: Rules {
            index: builder.build(),
            roles: Roles::new(roles),
            groups,
            conditions,
            cosmetic,
        },
        matching: *matching,
        relevance,
        lexicon,
        indicators: loaded_indicators
            .into_iter()
            .map(|(_, indicator)| indicator)
            .collect(),
        frameworks: loaded_frameworks
            .into_iter()
            .map(|(_, framework)| framework)
            .collect(),
        requirements: rules.into_iter().map(|(_, _, rule)| rule).collect(),
        conflicts: conflicts
            .into_iter()
            .map(|(_, conflict)| conflict)
            .collect(),
        packs,
    })
}

/// The terms of what makes a ticket relevant, each concept a group of its own.
fn concepts(
    file: &str,
    pack: RelevancePack,
    terms: &mut TermLoader<'_>,
    groups: &mut Vec<Group>,
) -> Result<RelevanceRules, CatalogError> {
    let mut concepts = Vec::new();
    for shape in pack.concepts {
        let group = GroupId(groups.len());
        terms.add(file, &shape.terms, Role::Hit(group, Weight::Strong))?;
        terms.add(file, &shape.not, Role::Not(group))?;
        groups.push(Group::plain(shape.kind == IndicatorKind::Data));
        concepts.push(Concept {
            id: shape.id,
            title: shape.title,
            weights: Weights {
                security: shape.security,
                privacy: shape.privacy,
            },
            group,
        });
    }
    Ok(RelevanceRules {
        threshold: pack.threshold,
        deep: pack.deep,
        indicators: pack.indicators,
        concepts,
    })
}

fn indicator(pack: IndicatorPack) -> Indicator {
    Indicator {
        pack: format!("{} {}", pack.pack, pack.version),
        id: pack.id,
        title: pack.title,
        kind: pack.kind,
        data_class: pack.data_class,
        level: pack.level,
        risk_tenths: pack.risk.tenths,
        risk_reason: pack.risk.reason,
        absorbed_by: pack.risk.absorbed_by,
        clears: pack.clears,
    }
}

fn framework(pack: FrameworkPack, applies: Vec<Condition>) -> Framework {
    Framework {
        id: pack.id,
        title: pack.title,
        official_title: pack.official_title,
        edition: pack.edition,
        publisher: pack.publisher,
        licence: pack.licence,
        effective: pack.effective,
        question: pack.question,
        note: pack.note,
        baseline: pack.baseline,
        optional: pack.optional,
        controls: pack.controls,
        components: lower(&pack.components),
        labels: lower(&pack.labels),
        applies,
    }
}

fn lower(names: &[String]) -> Vec<String> {
    names.iter().map(|name| folded(name)).collect()
}
