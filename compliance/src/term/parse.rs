//! From the written term to its slots. Refuses everything whose meaning could be misread.

/// Why a written term is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// `a|b c` could mean two things.
    #[error("alternatives in a term of several tokens need parentheses")]
    BareAlternatives,
    /// A gap needs something on both sides.
    #[error("a gap may stand only between two tokens")]
    DanglingGap,
    /// Nothing to match.
    #[error("the term or one of its alternatives is empty")]
    Empty,
    /// Text is split at everything else, so such a token could never match.
    #[error("a token holds letters and digits of one case only")]
    NotAToken,
    /// A prefix of one letter matches nearly everything.
    #[error("a prefix needs at least two characters before its star")]
    ShortPrefix,
    /// Parentheses do not pair up, or nest.
    #[error("parentheses do not pair up")]
    Unbalanced,
}

/// A parsed term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    slots: Vec<Slot>,
}

/// One place in a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    Gap,
    OneOf(Vec<Piece>),
}

/// What one token may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Capitals(String),
    Literal(String),
    Prefix(String),
}

impl Term {
    /// Parses the written form.
    pub(crate) fn parse(written: &str) -> Result<Self, TermError> {
        let parts = split_slots(written)?;
        let alone = parts.len() == 1;
        let slots = parts
            .iter()
            .map(|part| Slot::parse(part, alone))
            .collect::<Result<Vec<_>, _>>()?;
        let gap_at = |at: usize| slots.get(at) == Some(&Slot::Gap);
        let doubled = (1..slots.len()).any(|at| gap_at(at) && gap_at(at - 1));
        if gap_at(0) || gap_at(slots.len().saturating_sub(1)) || doubled {
            return Err(TermError::DanglingGap);
        }
        if slots.is_empty() {
            Err(TermError::Empty)
        } else {
            Ok(Self { slots })
        }
    }

    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }
}

impl Slot {
    fn parse(text: &str, alone: bool) -> Result<Self, TermError> {
        if text == ".." {
            return Ok(Self::Gap);
        }
        let inner = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        if inner.is_none() && text.contains('|') && !alone {
            return Err(TermError::BareAlternatives);
        }
        inner
            .unwrap_or(text)
            .split('|')
            .map(Piece::parse)
            .collect::<Result<_, _>>()
            .map(Self::OneOf)
    }
}

impl Piece {
    fn parse(text: &str) -> Result<Self, TermError> {
        let (stem, prefix) = text
            .strip_suffix('*')
            .map_or((text, false), |stem| (stem, true));
        let all = |test: fn(char) -> bool| stem.chars().all(test);
        match stem.chars().count() {
            0 if !prefix => Err(TermError::Empty),
            0 | 1 if prefix => Err(TermError::ShortPrefix),
            _ if !all(char::is_alphanumeric) => Err(TermError::NotAToken),
            _ if all(|c| !c.is_uppercase()) && prefix => Ok(Self::Prefix(stem.to_owned())),
            _ if all(|c| !c.is_uppercase()) => Ok(Self::Literal(stem.to_owned())),
            _ if all(|c| !c.is_lowercase()) && !prefix => Ok(Self::Capitals(stem.to_lowercase())),
            _ => Err(TermError::NotAToken),
        }
    }
}

fn split_slots(written: &str) -> Result<Vec<String>, TermError> {
    let mut slots = vec![String::new()];
    let mut open = false;
    for c in written.chars() {
        match c {
            '(' if open => return Err(TermError::Unbalanced),
            ')' if !open => return Err(TermError::Unbalanced),
            '(' | ')' => open = c == '(',
            ' ' if !open => {
                slots.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(slot) = slots.last_mut() {
            slot.push(c);
        }
    }
    if open {
        Err(TermError::Unbalanced)
    } else {
        Ok(slots.into_iter().filter(|s| !s.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_could_be_misread_is_refused() {
        for (written, why) in [
            ("log|sign in", TermError::BareAlternatives),
            ("log in|on", TermError::BareAlternatives),
            (".. card", TermError::DanglingGap),
            ("card ..", TermError::DanglingGap),
            ("card .. .. number", TermError::DanglingGap),
            ("", TermError::Empty),
            ("(a|)", TermError::Empty),
            ("index.html", TermError::NotAToken),
            ("(log in|on) x", TermError::NotAToken),
            ("Card", TermError::NotAToken),
            ("c* card", TermError::ShortPrefix),
            ("(a|b", TermError::Unbalanced),
            ("(a|(b))", TermError::Unbalanced),
        ] {
            assert_eq!(Term::parse(written), Err(why), "{written}");
        }
    }

    #[test]
    fn alternatives_stand_alone_or_in_parentheses() {
        assert!(Term::parse("login|logon").is_ok());
        assert!(Term::parse("(log|sign) (in|on)").is_ok());
        assert_eq!(
            Term::parse("US").unwrap().slots(),
            [Slot::OneOf(vec![Piece::Capitals("us".to_owned())])]
        );
    }
}
