//! What the weights of the lexicon are fitted to: a ticket's words as the classifier reads them, and what the rules that
//! people wrote make of it. Fits nothing itself.

use crate::catalog::Catalog;
use crate::classify::{self, classify, held, prose};
use crate::ticket_text::TicketText;

/// Percent of its weight that a word brings in a ticket of this many words, as the classifier has it.
#[must_use]
pub fn scale(words: usize) -> u32 {
    classify::scale(words)
}

/// A ticket as the classifier reads it.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Runs of words that stand together, normalised, each word with the percent that its place counts.
    pub runs: Vec<Vec<(String, u32)>>,
    /// The rules that hold, by their place in [`rules`], with how far each is there, in percent.
    pub held: Vec<(usize, u32)>,
}

/// A rule that people wrote, and what they say that it says.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The concept or the indicator.
    pub name: String,
    /// Hundredths for security.
    pub security: i32,
    /// Hundredths for privacy.
    pub privacy: i32,
    /// The indicator's place in the catalog, where it is one.
    pub indicator: Option<usize>,
}

/// The rules of a catalog: its concepts, then its indicators.
#[must_use]
pub fn rules(catalog: &Catalog) -> Vec<Rule> {
    let concepts = catalog.relevance.concepts.iter().map(|concept| Rule {
        name: concept.id.to_string(),
        security: concept.weights.security,
        privacy: concept.weights.privacy,
        indicator: None,
    });
    let indicators = catalog.indicators().iter().enumerate();
    let indicators = indicators.map(|(at, indicator)| {
        let weights = catalog.relevance.indicators.get(&indicator.id);
        let weights = weights.copied().unwrap_or_default();
        Rule {
            name: indicator.id.to_string(),
            security: weights.security,
            privacy: weights.privacy,
            indicator: Some(at),
        }
    });
    concepts.chain(indicators).collect()
}

/// Reads a ticket. The catalog's own lexicon has no part in it.
#[must_use]
pub fn observe(catalog: &Catalog, ticket: TicketText<'_>) -> Observed {
    let classified = classify(catalog, ticket);
    let held = held(catalog, &classified);
    Observed {
        runs: prose(catalog, ticket),
        held: held.iter().map(|held| (held.at, held.percent)).collect(),
    }
}
