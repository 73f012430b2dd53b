//! The terms of packs: parsed, refused with file and line, and given their roles.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::CatalogError;
use super::indicator::{IndicatorKind, NearRule, Weight};
use super::rules::{Condition, Group, GroupId, Role};
use super::shapes::{ConditionShape, IndicatorPack, Terms};
use crate::term::{Term, TermId, TermIndexBuilder};

/// Collects the terms of all packs, with what each is for.
pub(super) struct TermLoader<'a> {
    pub(super) builder: TermIndexBuilder,
    pub(super) roles: Vec<Vec<Role>>,
    phrases: &'a BTreeMap<String, Terms>,
    conditions: GroupId,
}

impl<'a> TermLoader<'a> {
    pub(super) fn new(phrases: &'a BTreeMap<String, Terms>, conditions: GroupId) -> Self {
        Self {
            builder: TermIndexBuilder::default(),
            roles: Vec::new(),
            phrases,
            conditions,
        }
    }

    /// The terms of an indicator.
    pub(super) fn indicator(
        &mut self,
        file: &str,
        pack: &IndicatorPack,
        group: GroupId,
    ) -> Result<Group, CatalogError> {
        self.add(file, &pack.strong, Role::Hit(group, Weight::Strong))?;
        self.add(file, &pack.medium, Role::Hit(group, Weight::Medium))?;
        self.add(file, &pack.weak, Role::Hit(group, Weight::Weak))?;
        self.add(file, &pack.not, Role::Not(group))?;
        let mut near = Vec::new();
        for shape in &pack.not_near {
            let terms = shape
                .terms
                .iter()
                .map(|term| self.intern(file, term.referenced.line(), &term.value))
                .collect::<Result<_, _>>()?;
            near.push(NearRule {
                terms,
                words: shape.words.clone(),
            });
        }
        Ok(Group {
            deniable: pack.kind == IndicatorKind::Data,
            urls: pack.urls,
            summary_only: false,
            near,
        })
    }

    /// The words of conditions.
    pub(super) fn conditions(
        &mut self,
        file: &str,
        shapes: &[ConditionShape],
    ) -> Result<Vec<Condition>, CatalogError> {
        let role = Role::Hit(self.conditions, Weight::Weak);
        shapes
            .iter()
            .map(|shape| {
                Ok(Condition {
                    indicators: shape.indicators.clone(),
                    also: shape.also.clone(),
                    frameworks: shape.frameworks.clone(),
                    terms: self.add(file, &shape.terms, role)?,
                    unless: self.add(file, &shape.unless, role)?,
                    despite: self.add(file, &shape.despite, role)?,
                })
            })
            .collect()
    }

    /// Terms for one purpose; none of them twice for the same group. `@name` stands for the terms of a phrase.
    pub(super) fn add(
        &mut self,
        file: &str,
        terms: &[Spanned<String>],
        role: Role,
    ) -> Result<Vec<TermId>, CatalogError> {
        let mut ids = Vec::new();
        for term in terms {
            if let Some(name) = term.value.strip_prefix('@') {
                let phrases = self
                    .phrases
                    .get(name)
                    .ok_or_else(|| CatalogError::Unknown {
                        file: file.to_owned(),
                        what: format!("the phrase `{}`", term.value),
                    })?;
                ids.extend(self.add(file, phrases, role)?);
                continue;
            }
            ids.push(self.add_one(file, term.referenced.line(), &term.value, role)?);
        }
        Ok(ids)
    }

    /// A term for one purpose, not twice for the same group.
    pub(super) fn add_one(
        &mut self,
        file: &str,
        line: u64,
        term: &str,
        role: Role,
    ) -> Result<TermId, CatalogError> {
        let id = self.intern(file, line, term)?;
        let roles = &mut self.roles[id.index()];
        let known = roles.iter().any(|known| known.group() == role.group());
        if known && role.group() != Some(self.conditions) {
            return Err(CatalogError::Duplicate {
                file: file.to_owned(),
                line,
                what: term.to_owned(),
            });
        }
        if !known {
            roles.push(role);
        }
        Ok(id)
    }

    fn intern(&mut self, file: &str, line: u64, written: &str) -> Result<TermId, CatalogError> {
        let term = Term::parse(written).map_err(|source| CatalogError::Term {
            file: file.to_owned(),
            line,
            term: written.to_owned(),
            source,
        })?;
        let id = self.builder.add(written, term);
        if self.roles.len() <= id.index() {
            self.roles.resize_with(id.index() + 1, Vec::new);
        }
        Ok(id)
    }
}
