//! All terms of a catalog at once over a run of tokens: found by their first token, then compared slot by slot.

use std::collections::{BTreeSet, HashMap};

use super::parse::{Piece, Slot, Term};
use crate::text::Tokens;

/// The most tokens a `..` may skip.
const GAP: usize = 4;

/// A term of one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TermId(u32);

/// Where a term stands: tokens `first..=last` of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) term: TermId,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Collects terms; the same written term is kept once.
#[derive(Debug, Default)]
pub(crate) struct TermIndexBuilder {
    ids: HashMap<String, TermId>,
    terms: Vec<(String, Term)>,
}

/// All terms of a catalog, ready to match.
#[derive(Debug)]
pub(crate) struct TermIndex {
    terms: Vec<(String, Term)>,
    literals: HashMap<String, Vec<TermId>>,
    prefixes: HashMap<String, Vec<TermId>>,
    prefix_lengths: BTreeSet<usize>,
}

impl TermIndexBuilder {
    /// The id of a term; a new one where it was not yet added.
    pub(crate) fn add(&mut self, written: &str, term: Term) -> TermId {
        if let Some(id) = self.ids.get(written) {
            return *id;
        }
        let id = TermId(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
        self.ids.insert(written.to_owned(), id);
        self.terms.push((written.to_owned(), term));
        id
    }

    pub(crate) fn build(self) -> TermIndex {
        let mut literals: HashMap<String, Vec<TermId>> = HashMap::new();
        let mut prefixes: HashMap<String, Vec<TermId>> = HashMap::new();
        for (id, (_, term)) in (0..).map(TermId).zip(&self.terms) {
            let Some(Slot::OneOf(pieces)) = term.slots().first() else {
                continue;
            };
            for piece in pieces {
                let (map, key) = match piece {
                    Piece::Capitals(word) | Piece::Literal(word) => (&mut literals, word),
                    Piece::Prefix(stem) => (&mut prefixes, stem),
                };
                let ids = map.entry(key.clone()).or_default();
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            }
        }
        let prefix_lengths = prefixes.keys().map(String::len).collect();
        TermIndex {
            terms: self.terms,
            literals,
            prefixes,
            prefix_lengths,
        }
    }
}

impl TermId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl TermIndex {
    /// The term as the pack writes it.
    pub(crate) fn written(&self, id: TermId) -> &str {
        self.terms
            .get(id.index())
            .map_or("", |(written, _)| written)
    }

    /// Every place where a term begins in the run; where gaps allow several ends, the nearest.
    pub(crate) fn find(&self, run: Tokens<'_>, mut found: impl FnMut(Span)) {
        for first in 0..run.len() {
            let word = run.word(first);
            let mut try_all = |ids: &[TermId]| {
                for &term in ids {
                    if let Some(end) = self.end_of(term, run, first) {
                        found(Span {
                            term,
                            first,
                            last: end - 1,
                        });
                    }
                }
            };
            if let Some(ids) = self.literals.get(word) {
                try_all(ids);
            }
            for &length in self.prefix_lengths.range(..=word.len()) {
                if let Some(ids) = word.get(..length).and_then(|stem| self.prefixes.get(stem)) {
                    try_all(ids);
                }
            }
        }
    }

    fn end_of(&self, term: TermId, run: Tokens<'_>, first: usize) -> Option<usize> {
        let (_, term) = self.terms.get(term.index())?;
        end(term.slots(), run, first)
    }
}

fn end(slots: &[Slot], run: Tokens<'_>, at: usize) -> Option<usize> {
    match slots.split_first() {
        None => Some(at),
        Some((Slot::Gap, rest)) => (0..=GAP).find_map(|skipped| end(rest, run, at + skipped)),
        Some((Slot::OneOf(pieces), rest)) => {
            let fits = at < run.len() && pieces.iter().any(|piece| fits(piece, run, at));
            if fits { end(rest, run, at + 1) } else { None }
        }
    }
}

fn fits(piece: &Piece, run: Tokens<'_>, at: usize) -> bool {
    let word = run.word(at);
    match piece {
        Piece::Capitals(wanted) => wanted == word && run.token(at).capitals,
        Piece::Literal(wanted) => wanted == word,
        Piece::Prefix(stem) => word.starts_with(stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Passage;

    fn matches(term: &str, text: &str) -> bool {
        let mut builder = TermIndexBuilder::default();
        builder.add(term, Term::parse(term).unwrap());
        let index = builder.build();
        let passage = Passage::read(text);
        let mut found = false;
        for run in passage.runs() {
            for stream in run.streams() {
                index.find(stream, |_| found = true);
            }
        }
        found
    }

    #[test]
    fn whole_tokens_only() {
        assert!(!matches("pan", "the panel"));
        assert!(matches("pan", "mask PAN now"));
        assert!(matches("card number", "card_number and e-mail"));
        assert!(matches("e mail", "E-Mail"));
    }

    #[test]
    fn gaps_span_at_most_four_tokens() {
        assert!(matches("lock* .. account", "Lock the account"));
        assert!(matches(
            "lock* .. account",
            "lock one two three four account"
        ));
        assert!(!matches(
            "lock* .. account",
            "lock one two three four five account"
        ));
    }

    #[test]
    fn camel_case_matches_split_and_whole() {
        assert!(matches("payment intent", "createPaymentIntent returns 500"));
        assert!(matches("hubspot", "sync with HubSpot"));
        assert!(matches("oauth2", "OAuth2 client"));
        assert!(matches("v2 api", "v2Api"));
        assert!(matches("pii", "PII"));
    }

    #[test]
    fn a_country_in_capitals_is_not_a_pronoun() {
        assert!(matches("US", "host it in the US"));
        assert!(!matches("US", "contact us"));
    }

    #[test]
    fn terms_do_not_reach_across_sentences() {
        assert!(!matches("credit card", "Give credit. Card is blue"));
        assert!(matches("medical history", "view their medical\nhistory"));
    }

    #[test]
    fn disguised_words_still_match() {
        assert!(matches("password", "pass\u{200b}wo\u{ad}rd"));
        assert!(matches("card", "ｃａｒｄ"));
        assert!(matches("doesn t", "doesn\u{2019}t"));
    }
}
