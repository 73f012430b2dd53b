//! Denials: statements that something is not there. A prohibition ("never store card data"), a defect ("the export
//! does not contain patient names") and a rule ("logs must not contain card numbers") are not denials.
//! Looks at one statement at a time, and when in doubt sees no denial.

use crate::catalog::Denial;
use crate::text::{Pause, Token, Tokens};

/// The most tokens an enumeration may have; more is no plain sentence.
const LONGEST_LIST: usize = 40;
/// The most words between a verb and the first thing denied.
const LEAD_IN: usize = 5;

/// The stretches, in characters of the field, in which marked words are denied.
pub(super) fn denied(words: &Denial, tokens: Tokens<'_>, marks: &[bool]) -> Vec<(u32, u32)> {
    let mut denied = Vec::new();
    let mut from = 0;
    while from < tokens.len() {
        let statement = tokens.token(from).statement;
        let length = tokens
            .iter()
            .skip(from)
            .take_while(|token| token.statement == statement)
            .count();
        let to = from + length;
        if marks
            .get(from..to)
            .is_some_and(|marks| marks.contains(&true))
        {
            let statement = Statement {
                words,
                tokens,
                marks,
                from,
                to,
            };
            let opens = |at: &usize| words.openers.contains(tokens.word(*at));
            let found = (from..to).filter(opens);
            let found = found.filter_map(|at| statement.denial_at(at));
            denied.extend(
                found.map(|(first, last)| (tokens.token(first).start, tokens.token(last).end)),
            );
        }
        from = to;
    }
    denied
}

struct Statement<'a> {
    words: &'a Denial,
    tokens: Tokens<'a>,
    marks: &'a [bool],
    from: usize,
    to: usize,
}

fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|it| it == word)
}

impl Statement<'_> {
    /// The tokens denied by the words at this place.
    fn denial_at(&self, at: usize) -> Option<(usize, usize)> {
        self.nothing_is(at)
            .or_else(|| self.does_not(at))
            .or_else(|| self.unrelated(at))
            .or_else(|| self.standing(at))
            .or_else(|| self.colon_nothing(at))
            .or_else(|| self.excluding(at))
    }

    /// "No card data and no payments are involved."
    fn nothing_is(&self, at: usize) -> Option<(usize, usize)> {
        if !has(&self.words.negators, self.word(at)) {
            return None;
        }
        let list = self.list_from(at + 1)?;
        let closer = (list.1 + 1..self.to.min(list.1 + 5))
            .find(|&at| !has(&self.words.links, self.word(at)))?;
        let closed = has(&self.words.closers, self.word(closer)) && self.is_tail(closer + 1);
        (closed && !self.any(self.from, closer, &self.words.modals)).then_some(list)
    }

    /// "Does not touch payments or personal data."
    fn does_not(&self, at: usize) -> Option<(usize, usize)> {
        let length = self.phrase_at(&self.words.negated_auxiliaries, at)?;
        let verb = (at + length..self.to.min(at + length + 3)).find(|&at| {
            has(&self.words.reach_verbs, self.word(at)) || has(&self.words.act_verbs, self.word(at))
        })?;
        let opens = at == self.from || self.token(at).pause != Pause::None;
        let imperative = opens && matches!(self.word(at), "do" | "don");
        let about_ticket = if opens {
            true
        } else {
            (at.saturating_sub(3).max(self.from)..at)
                .any(|at| has(&self.words.scope_subjects, self.word(at)))
        };
        let reaches = has(&self.words.reach_verbs, self.word(verb));
        if imperative || !(reaches || about_ticket) || self.any(self.from, verb, &self.words.modals)
        {
            return None;
        }
        self.list_from(verb + 1)
            .filter(|list| self.is_tail(list.1 + 1))
    }

    /// "Unrelated to patients."
    fn unrelated(&self, at: usize) -> Option<(usize, usize)> {
        let two = (self.word(at), self.word_in(at + 1));
        let after = match two {
            ("unrelated", "to") | ("not", "related") => at + 2,
            ("nothing", "to") if self.word_in(at + 2) == "do" => at + 3,
            _ => return None,
        };
        self.list_from(after)
            .filter(|list| self.is_tail(list.1 + 1))
    }

    /// "Payments and refunds are out of scope."
    fn standing(&self, at: usize) -> Option<(usize, usize)> {
        let length = self.phrase_at(&self.words.standings, at)?;
        let mut last = at.checked_sub(1)?;
        while last > self.from && at - last <= 3 && has(&self.words.links, self.word(last)) {
            last -= 1;
        }
        let list = self.list_before(last)?;
        (self.is_tail(at + length) && !self.any(self.from, at, &self.words.modals)).then_some(list)
    }

    /// "Health data: none"
    fn colon_nothing(&self, at: usize) -> Option<(usize, usize)> {
        let length = self.phrase_at(&self.words.nothings, at)?;
        let ends = at + length == self.to || self.token(at + length).pause != Pause::None;
        if self.token(at).pause != Pause::Colon || !ends {
            return None;
        }
        self.list_before(at.checked_sub(1)?)
    }

    /// "This change covers all services excluding payments."
    fn excluding(&self, at: usize) -> Option<(usize, usize)> {
        let scoped = self.any(self.from, at, &self.words.scope_subjects);
        let ruled = self.any(self.from, at, &self.words.modals)
            || self.any(self.from, at, &self.words.negators);
        if !matches!(self.word(at), "excluding" | "except") || !scoped || ruled {
            return None;
        }
        self.list_from(at + 1)
            .filter(|list| self.is_tail(list.1 + 1))
    }

    /// An enumeration of marked words that begins within a few words of `at`.
    fn list_from(&self, at: usize) -> Option<(usize, usize)> {
        let first = (at..self.to.min(at + LEAD_IN + 1)).find(|&at| self.marked(at))?;
        let plain = |at: usize| {
            at == first
                || (!has(&self.words.breaks, self.word(at))
                    && !has(&self.words.modals, self.word(at)))
        };
        if !(at..=first)
            .all(|here| plain(here) && (here == at || self.token(here).pause == Pause::None))
        {
            return None;
        }
        let mut last = first;
        let mut here = first + 1;
        while here < self.to.min(first + LONGEST_LIST) {
            let (word, pause) = (self.word(here), self.token(here).pause);
            let joins = self.marked(here) || (pause == Pause::None && has(&self.words.nouns, word));
            if joins {
                last = here;
            } else if !has(&self.words.list_words, word) {
                break;
            }
            here += 1;
        }
        Some((first, last))
    }

    /// An enumeration of marked words that ends at `last`.
    fn list_before(&self, last: usize) -> Option<(usize, usize)> {
        let lowest = self.from.max(last.saturating_sub(LONGEST_LIST));
        let part = |at: usize| {
            self.marked(at)
                || has(&self.words.nouns, self.word(at))
                || has(&self.words.list_words, self.word(at))
        };
        let first = (lowest..=last)
            .rev()
            .take_while(|&at| part(at))
            .filter(|&at| self.marked(at))
            .last()?;
        Some((first, last))
    }

    /// Whether a denial may end before `at`: nothing follows that narrows it.
    fn is_tail(&self, at: usize) -> bool {
        if at >= self.to
            || self.token(at).pause != Pause::None
            || has(&self.words.tails, self.word(at))
        {
            return true;
        }
        let names_ticket =
            (at + 1..self.to.min(at + 5)).any(|at| has(&self.words.scope_subjects, self.word(at)));
        has(&self.words.prepositions, self.word(at)) && names_ticket
    }

    /// How many tokens the phrase of the list has that stands at this place.
    fn phrase_at(&self, phrases: &[String], at: usize) -> Option<usize> {
        let fits = |phrase: &&String| {
            (at..)
                .zip(phrase.split(' '))
                .all(|(at, word)| self.word_in(at) == word)
        };
        phrases
            .iter()
            .filter(fits)
            .map(|phrase| phrase.split(' ').count())
            .max()
    }

    fn any(&self, from: usize, to: usize, list: &[String]) -> bool {
        // Only the near past counts, so that a statement of any length stays cheap.
        (from.max(to.saturating_sub(LONGEST_LIST))..to).any(|at| has(list, self.word(at)))
    }

    fn marked(&self, at: usize) -> bool {
        at < self.to && self.marks.get(at).copied().unwrap_or_default()
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.word(at)
    }

    fn word_in(&self, at: usize) -> &str {
        if at < self.to { self.word(at) } else { "" }
    }

    fn token(&self, at: usize) -> &Token {
        self.tokens.token(at)
    }
}
