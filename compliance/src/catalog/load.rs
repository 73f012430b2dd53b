//! From packs as written to a consistent catalog.

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::framework::Framework;
use super::indicator::{Indicator, Weight};
use super::lexicon::{self, Lexicon, LexiconPack};
use super::matching::Matching;
use super::organisation::Organisation;
use super::relevance::{Concept, RelevancePack, RelevanceRules, Weights};
use super::requirement::{ConflictRule, RequirementRule};
use super::rules::{Condition, Group, GroupId, Role, Rules};
use super::shapes::{FrameworkPack, IndicatorPack, RequirementPack};
use super::term_loader::TermLoader;
use super::{CatalogError, Pack, check, folded, hex};
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

enum AnyPack {
    Framework(FrameworkPack),
    Indicator(IndicatorPack),
    Lexicon(LexiconPack),
    Matching(Box<Matching>),
    Relevance(RelevancePack),
    Requirements(RequirementPack),
}

/// Reads all packs. Groups of terms are numbered: indicators, frameworks, conditions, appearance, concepts,
/// the lexicon.
pub(super) fn load(
    files: &[(&str, &str)],
    organisation: Option<Organisation>,
) -> Result<Loaded, CatalogError> {
    let mut packs = Vec::new();
    let (mut indicators, mut frameworks, mut requirements, mut matching, mut relevance) =
        (vec![], vec![], vec![], None, None);
    let mut lexicon = None;
    for &(file, text) in files {
        let (pack, version) = match read(file, text)? {
            AnyPack::Framework(pack) => {
                let head = (pack.pack.clone(), pack.version.clone());
                frameworks.push((file, pack));
                head
            }
            AnyPack::Indicator(pack) => {
                let head = (pack.pack.clone(), pack.version.clone());
                indicators.push((file, pack));
                head
            }
            AnyPack::Matching(mut pack) => {
                pack.denial.find_openers();
                let head = ("matching".to_owned(), pack.version.clone());
                matching = Some((file, pack));
                head
            }
            AnyPack::Lexicon(pack) => {
                let head = (pack.pack.clone(), pack.version.clone());
                lexicon = Some((file, pack));
                head
            }
            AnyPack::Relevance(pack) => {
                let head = (pack.pack.clone(), pack.version.clone());
                relevance = Some((file, pack));
                head
            }
            AnyPack::Requirements(pack) => {
                let head = (pack.pack.clone(), pack.version.clone());
                requirements.push((file, pack));
                head
            }
        };
        packs.push(Pack {
            name: pack,
            version,
            sha256: hex(&Sha256::digest(text.as_bytes())),
        });
    }
    let (matching_file, matching) = matching.ok_or(CatalogError::Missing {
        what: "the rules of matching",
    })?;
    let (relevance_file, relevance) = relevance.ok_or(CatalogError::Missing {
        what: "what is relevant",
    })?;
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
    let relevance = concepts(relevance_file, relevance, &mut terms, &mut groups)?;
    let ids: Vec<_> = loaded_indicators
        .iter()
        .map(|(_, indicator)| indicator.id.clone())
        .collect();
    let words = GroupId(groups.len());
    groups.push(Group::plain(false));
    // Without a lexicon the rules that people wrote decide alone.
    let lexicon = match lexicon {
        Some((file, pack)) => {
            lexicon::load(file, pack, &relevance.concepts, &ids, words, &mut terms)?
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
            roles,
            groups,
            conditions,
            cosmetic,
            words,
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
        groups.push(Group::plain(false));
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

/// The first line says which kind of pack it is: `pack: kind/name`.
fn read(file: &str, text: &str) -> Result<AnyPack, CatalogError> {
    let head = text
        .lines()
        .find_map(|line| line.strip_prefix("pack: "))
        .unwrap_or_default();
    match head.split('/').next() {
        Some("framework") => parse(file, text).map(AnyPack::Framework),
        Some("indicator") => parse(file, text).map(AnyPack::Indicator),
        Some("matching") => parse(file, text).map(Box::new).map(AnyPack::Matching),
        Some("lexicon") => parse(file, text).map(AnyPack::Lexicon),
        Some("relevance") => parse(file, text).map(AnyPack::Relevance),
        Some("requirements") => parse(file, text).map(AnyPack::Requirements),
        _ => Err(CatalogError::Unknown {
            file: file.to_owned(),
            what: format!("the kind of pack `{head}`"),
        }),
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    serde_saphyr::from_str(text).map_err(|error| CatalogError::Yaml {
        file: file.to_owned(),
        message: error.to_string(),
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
