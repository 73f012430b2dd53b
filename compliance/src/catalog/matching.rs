//! The numbers and word lists of matching, as the pack `matching` has them.

use std::collections::BTreeMap;

use record::scale::Severity;
use rustc_hash::FxHashSet;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::assessment::Action;

/// Numbers in hundredths and percent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Matching {
    #[serde(rename = "pack")]
    pub(super) _pack: String,
    pub(super) version: String,
    pub(super) phrases: BTreeMap<String, Vec<Spanned<String>>>,
    pub(crate) weights: Weights,
    pub(crate) factors: Factors,
    pub(crate) fire: Fire,
    pub(crate) weak_terms_to_suggest: usize,
    pub(crate) near_distance: usize,
    pub(crate) evidence_per_finding: usize,
    pub(crate) word_speaks: u32,
    pub(super) cosmetic: Vec<Spanned<String>>,
    pub(super) orders: Vec<Spanned<String>>,
    pub(crate) urgent_priorities: Vec<String>,
    pub(crate) actions: BTreeMap<Severity, Vec<Action>>,
    pub(crate) denial: Denial,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weights {
    pub(crate) strong: u32,
    pub(crate) medium: u32,
    pub(crate) weak: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Factors {
    pub(crate) labels: u32,
    pub(crate) components: u32,
    pub(crate) summary: u32,
    pub(crate) issue_type: u32,
    pub(crate) description: u32,
    pub(crate) custom: u32,
    pub(crate) code: u32,
    pub(crate) parent: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fire {
    pub(crate) suggested: u32,
    pub(crate) maybe: u32,
}

/// The words by which a denial is told from a prohibition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Denial {
    pub(crate) negators: Vec<String>,
    pub(crate) closers: Vec<String>,
    pub(crate) reach_verbs: Vec<String>,
    pub(crate) act_verbs: Vec<String>,
    pub(crate) negated_auxiliaries: Vec<String>,
    pub(crate) scope_subjects: Vec<String>,
    pub(crate) standings: Vec<String>,
    pub(crate) nothings: Vec<String>,
    pub(crate) list_words: Vec<String>,
    pub(crate) nouns: Vec<String>,
    pub(crate) links: Vec<String>,
    pub(crate) modals: Vec<String>,
    pub(crate) breaks: Vec<String>,
    pub(crate) tails: Vec<String>,
    pub(crate) prepositions: Vec<String>,
    /// The words that a denial's first words may be; filled in when the pack is loaded.
    #[serde(skip)]
    pub(crate) openers: FxHashSet<String>,
}

/// Openers that the code knows by itself.
const ALWAYS: [&str; 5] = ["unrelated", "not", "nothing", "excluding", "except"];

impl Denial {
    /// Finds out which words can open a denial.
    pub(super) fn find_openers(&mut self) {
        let lists = [
            &self.negators,
            &self.negated_auxiliaries,
            &self.standings,
            &self.nothings,
        ];
        let firsts = lists.into_iter().flatten();
        let firsts = firsts.filter_map(|phrase| phrase.split(' ').next());
        self.openers = firsts.chain(ALWAYS).map(str::to_owned).collect();
    }
}
