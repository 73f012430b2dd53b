//! What each term of the catalog is for, and under which conditions something applies.

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) index: TermIndex,
    /// By term.
    pub(crate) roles: Vec<Vec<Role>>,
    pub(crate) groups: Vec<Group>,
    pub(crate) conditions: GroupId,
    pub(crate) cosmetic: GroupId,
    /// The lexicon's.
    pub(crate) words: GroupId,
}

impl Rules {
    pub(crate) fn roles(&self, term: TermId) -> &[Role] {
        self.roles.get(term.index()).map_or(&[], Vec::as_slice)
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
