//! What the writers were told: which key got which place. It is what they may rely on, and so what is looked for.

use std::collections::{BTreeMap, HashMap};

use ledger::Hash;

use crate::chance::Chance;

/// Where an entry was said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) seq: u64,
    pub(crate) leaf: Hash,
}

/// A line of a writer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// `= SEQ LEAF FRESH MICROSECONDS KEY`: an entry was acknowledged, after so long.
    Acknowledged {
        once: String,
        told: Told,
        fresh: bool,
        took_micros: u32,
    },
    /// `! REASON`: an entry was refused for now.
    Refused(String),
    /// `? REASON`: a head must not be signed.
    NotSigned(String),
}

impl Line {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "!" => Some(Self::Refused(rest.to_owned())),
            "?" => Some(Self::NotSigned(rest.to_owned())),
            "=" => {
                let mut words = rest.splitn(5, ' ');
                let told = Told {
                    seq: words.next()?.parse().ok()?,
                    leaf: words.next()?.parse().ok()?,
                };
                Some(Self::Acknowledged {
                    told,
                    fresh: words.next()?.parse().ok()?,
                    took_micros: words.next()?.parse().ok()?,
                    once: words.next()?.to_owned(),
                })
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Acknowledged {
                once,
                told,
                fresh,
                took_micros,
            } => write!(
                f,
                "= {} {} {fresh} {took_micros} {once}",
                told.seq, told.leaf
            ),
            Self::Refused(reason) => write!(f, "! {}", reason.replace('\n', " ")),
            Self::NotSigned(reason) => write!(f, "? {}", reason.replace('\n', " ")),
        }
    }
}

/// All that was acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged {
    places: HashMap<String, Told>,
    keys: Vec<String>,
    /// How many answers there were, repeated ones included.
    pub(crate) answers: u64,
    /// Answers to a key that had been answered before.
    pub(crate) repeated: u64,
    /// First answers that told of an entry that was there already: its commit was kept, its reply was not.
    pub(crate) kept_unanswered: u64,
    /// Keys that were told two places.
    pub(crate) contradicted: Vec<String>,
    /// Heads that must not be signed.
    pub(crate) not_signed: Vec<String>,
    /// Why entries were refused for now, and how often.
    pub(crate) refused: BTreeMap<String, u64>,
    /// How long each answer took.
    pub(crate) took_micros: Vec<u32>,
}

impl Acknowledged {
    pub(crate) fn hear(&mut self, line: Line) {
        match line {
            Line::Refused(reason) => *self.refused.entry(reason).or_default() += 1,
            Line::NotSigned(reason) => self.not_signed.push(reason),
            Line::Acknowledged {
                once,
                told,
                fresh,
                took_micros,
            } => {
                self.answers += 1;
                self.took_micros.push(took_micros);
                match self.places.get(&once) {
                    Some(before) => {
                        self.repeated += 1;
                        if *before != told || fresh {
                            let how = if fresh { "anew" } else { "again" };
                            self.contradicted.push(format!(
                                "{once} was told entry {} ({}), then {how} entry {} ({})",
                                before.seq, before.leaf, told.seq, told.leaf
                            ));
                        }
                    }
                    None => {
                        self.kept_unanswered += u64::from(!fresh);
                        self.keys.push(once.clone());
                        self.places.insert(once, told);
                    }
                }
            }
        }
    }

    pub(crate) fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Every key with its place.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&str, Told)> {
        self.places
            .iter()
            .map(|(once, told)| (once.as_str(), *told))
    }

    /// One of them.
    pub(crate) fn any(&self, chance: &mut Chance) -> Option<(String, Told)> {
        let once = chance.pick(&self.keys)?;
        Some((once.clone(), *self.places.get(once)?))
    }

    pub(crate) fn knows(&self, once: &str) -> bool {
        self.places.contains_key(once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(once: &str, seq: u64, fresh: bool) -> Line {
        let leaf = Hash::of(&seq.to_be_bytes());
        Line::Acknowledged {
            once: once.to_owned(),
            told: Told { seq, leaf },
            fresh,
            took_micros: 1,
        }
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_half_a_line_is_none() {
        for line in [
            told("w1/2/3", 7, true),
            Line::Refused("the disk is full".to_owned()),
        ] {
            assert_eq!(Line::parse(&line.to_string()), Some(line));
        }
        let whole = told("k", 7, true).to_string();
        assert_eq!(Line::parse(&whole[..whole.len() - 3]), None);
    }

    #[test]
    fn a_key_that_was_told_two_places_is_found() {
        let mut heard = Acknowledged::default();
        heard.hear(told("a", 1, true));
        heard.hear(told("a", 1, false));
        assert_eq!((heard.repeated, heard.contradicted.len()), (1, 0));
        heard.hear(told("a", 2, false));
        heard.hear(told("a", 1, true));
        assert_eq!(heard.contradicted.len(), 2);
        heard.hear(told("b", 3, false));
        assert_eq!(heard.kept_unanswered, 1);
    }
}
