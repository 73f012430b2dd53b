//! What each term of the catalog is for, and under which conditions something applies.

use std::collections::HashMap;

use crate::catalog::NearRule;
use crate::ids::{FrameworkId, IndicatorId};
use crate::term::{TermId, TermIndex};

use super::Weight;

/// Everything terms belong to: one group per indicator, one per framework, one for the words of conditions, one for
/// the words of appearance, one per concept of relevance, one for the lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupId(pub(crate) usize);

/// How hits of a group are treated.
#[derive(Debug)]
pub(crate) struct Group {
    /// A denial cancels its hits.
    pub(crate) deniable: bool,
    /// Words of URLs count.
    pub(crate) urls: bool,
    /// Only the summary counts.
    pub(crate) summary_only: bool,
    pub(crate) near: Vec<NearRule>,
}

impl Group {
    /// A group whose terms count in every field.
    pub(crate) const fn plain(deniable: bool) -> Self {
        Self {
            deniable,
            urls: false,
            summary_only: false,
            near: Vec::new(),
        }
    }
}

/// What a term is for in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// It counts.
    Hit(GroupId, Weight),
    /// It cancels the hits that it covers.
    Not(GroupId),
    /// It has a weight in the lexicon.
    Weigh(GroupId),
    /// Its words weigh nothing.
    Order,
}

impl Role {
    /// The group that it is a term of; none where it belongs to no one.
    pub(crate) const fn group(self) -> Option<GroupId> {
        match self {
            Self::Hit(group, _) | Self::Not(group) | Self::Weigh(group) => Some(group),
            Self::Order => None,
        }
    }
}

/// What each term is for. Most are for the same, so that each list of roles is kept once.
#[derive(Debug)]
pub(crate) struct Roles {
    /// By term: which list.
    of: Vec<u32>,
    lists: Vec<Vec<Role>>,
}

impl Roles {
    /// Of the roles of each term.
    pub(super) fn new(by_term: Vec<Vec<Role>>) -> Self {
        let mut known = HashMap::new();
        let mut lists: Vec<Vec<Role>> = Vec::new();
        let of = by_term.into_iter().map(|roles| {
            *known.entry(roles).or_insert_with_key(|roles| {
                lists.push(roles.clone());
                u32::try_from(lists.len() - 1).unwrap_or(u32::MAX)
            })
        });
        Self {
            of: of.collect(),
            lists,
        }
    }

    /// How many terms there are.
    #[cfg(test)]
    pub(super) const fn terms(&self) -> usize {
        self.of.len()
    }

    fn of(&self, term: TermId) -> &[Role] {
        let list = self.of.get(term.index());
        list.and_then(|at| self.lists.get(*at as usize))
            .map_or(&[], Vec::as_slice)
    }
}

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) index: TermIndex,
    pub(super) roles: Roles,
    pub(crate) groups: Vec<Group>,
    pub(crate) conditions: GroupId,
    pub(crate) cosmetic: GroupId,
}

impl Rules {
    pub(crate) fn roles(&self, term: TermId) -> &[Role] {
        self.roles.of(term)
    }
}

/// When something applies: each list that is given must have a member that is there. `unless` rules it out again,
/// `despite` overrides that.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    pub(crate) indicators: Vec<IndicatorId>,
    pub(crate) also: Vec<IndicatorId>,
    pub(crate) frameworks: Vec<FrameworkId>,
    pub(crate) terms: Vec<TermId>,
    pub(crate) unless: Vec<TermId>,
    pub(crate) despite: Vec<TermId>,
}
