//! Markers found again: which of those that stand in the code now are those that were claimed of earlier commits, and
//! whether their code is still what it was. Compares text; what it means is not looked at.

use std::collections::BTreeMap;

use record::ids::TicketKey;

use super::Claim;

/// A claim that was made of an earlier commit.
#[derive(Debug, Clone)]
pub struct Known {
    /// The issue, as the marker named it or whoever claimed it.
    pub ticket: TicketKey,
    /// The requirement's id.
    pub requirement: String,
    /// The file.
    pub file: String,
    /// Its first and last line.
    pub lines: (u64, u64),
    /// Where it was found last: file and first line.
    pub last: (String, u64),
    /// Its code, as its commit has it; none where that cannot be read.
    pub code: Option<String>,
    /// Whether its commit is one of those that led to this one, so that what is not here any more was taken away.
    pub came_before: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The marker at this index of the list, where it was.
    Present(usize),
    /// The marker at this index, elsewhere.
    Moved(usize),
    /// The marker at this index, with other code.
    Drifted(usize),
    /// None.
    Gone,
    /// The marker of another claim, which says the same.
    Twice,
    /// Nothing can be said: its code is in no commit that led to this one.
    Unsaid,
}

/// What became of each of the claims, in their order. Each marker is of one claim at most.
#[must_use]
pub fn again(known: &[Known], markers: &[Claim]) -> Vec<Again> {
    let mut of_requirement: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, marker) in markers.iter().enumerate() {
        let same = of_requirement.entry(&marker.requirement).or_default();
        same.push(at);
    }
    let mut search = Search {
        known,
        markers,
        of_requirement,
        taken: vec![false; markers.len()],
        became: vec![None; known.len()],
    };
    search.pass(
        |it, marker| it.has_code_of(marker) && it.stands_at(marker),
        Again::Present,
    );
    search.pass(
        |it, marker| it.has_code_of(marker) && it.last.0 == marker.file,
        Again::Moved,
    );
    search.pass(Known::has_code_of, Again::Moved);
    search.pass(
        |it, marker| it.can_be_missed() && it.last.0 == marker.file,
        Again::Drifted,
    );
    let rest = |it: &Known| match it.can_be_missed() {
        _ if search.is_twice(it) => Again::Twice,
        true => Again::Gone,
        false => Again::Unsaid,
    };
    let became = search.became.iter().zip(known);
    became
        .map(|(became, it)| became.unwrap_or_else(|| rest(it)))
        .collect()
}

struct Search<'a> {
    known: &'a [Known],
    markers: &'a [Claim],
    of_requirement: BTreeMap<&'a str, Vec<usize>>,
    taken: Vec<bool>,
    became: Vec<Option<Again>>,
}

impl Search<'_> {
    /// Gives claims that have no marker yet those free ones that fit, the nearest pairs first.
    fn pass(&mut self, fits: impl Fn(&Known, &Claim) -> bool, as_what: fn(usize) -> Again) {
        let mut pairs = Vec::new();
        for (which, it) in self.known.iter().enumerate() {
            if self.became[which].is_some() {
                continue;
            }
            let same = self.of_requirement.get(it.requirement.as_str());
            for &at in same.into_iter().flatten() {
                let marker = &self.markers[at];
                if !self.taken[at] && it.is_of_issue_of(marker) && fits(it, marker) {
                    pairs.push((marker.from.abs_diff(it.last.1), which, at));
                }
            }
        }
        pairs.sort_unstable();
        for (_, which, at) in pairs {
            if self.became[which].is_none() && !self.taken[at] {
                self.taken[at] = true;
                self.became[which] = Some(as_what(at));
            }
        }
    }

    /// Whether another claim has the marker of this one.
    fn is_twice(&self, it: &Known) -> bool {
        let same = self.of_requirement.get(it.requirement.as_str());
        same.into_iter().flatten().any(|&at| {
            let marker = &self.markers[at];
            it.is_of_issue_of(marker) && it.has_code_of(marker) && it.last.0 == marker.file
        })
    }
}

impl Known {
    fn is_of_issue_of(&self, marker: &Claim) -> bool {
        marker.ticket.as_ref().is_none_or(|key| *key == self.ticket)
    }

    fn has_code_of(&self, marker: &Claim) -> bool {
        self.code.as_ref().is_some_and(|code| *code == marker.code)
    }

    fn stands_at(&self, marker: &Claim) -> bool {
        self.file == marker.file && self.lines == (marker.from, marker.to)
    }

    fn can_be_missed(&self) -> bool {
        self.came_before && self.code.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(file: &str, from: u64, code: &str) -> Claim {
        Claim {
            requirement: "REQ-A".to_owned(),
            ticket: Some("PAY-1".parse().unwrap()),
            file: file.to_owned(),
            line: from - 1,
            from,
            to: from + 1,
            code: code.to_owned(),
        }
    }

    fn known(file: &str, from: u64, code: &str) -> Known {
        Known {
            ticket: "PAY-1".parse().unwrap(),
            requirement: "REQ-A".to_owned(),
            file: file.to_owned(),
            lines: (from, from + 1),
            last: (file.to_owned(), from),
            code: Some(code.to_owned()),
            came_before: true,
        }
    }

    #[test]
    fn code_is_found_where_it_was_elsewhere_changed_or_not_at_all() {
        let at = [known("a.rs", 5, "one"), known("a.rs", 20, "two")];
        for (markers, became) in [
            (
                vec![marker("a.rs", 5, "one"), marker("a.rs", 20, "two")],
                [Again::Present(0), Again::Present(1)],
            ),
            (
                vec![marker("a.rs", 9, "one"), marker("b.rs", 2, "two")],
                [Again::Moved(0), Again::Moved(1)],
            ),
            (
                vec![marker("a.rs", 5, "other"), marker("a.rs", 21, "new")],
                [Again::Drifted(0), Again::Drifted(1)],
            ),
            // The one that is left is nearer to the first, and has the second's code.
            (
                vec![marker("a.rs", 6, "two")],
                [Again::Gone, Again::Moved(0)],
            ),
            (vec![], [Again::Gone, Again::Gone]),
            (
                vec![marker("b.rs", 5, "changed and moved")],
                [Again::Gone, Again::Gone],
            ),
        ] {
            assert_eq!(again(&at, &markers), became, "{markers:?}");
        }
    }

    #[test]
    fn the_nearest_is_the_one_that_changed() {
        let at = [known("a.rs", 2, "one"), known("a.rs", 12, "two")];
        let became = again(&at, &[marker("a.rs", 12, "other")]);
        assert_eq!(became, [Again::Gone, Again::Drifted(0)]);
    }

    #[test]
    fn what_was_claimed_twice_is_not_gone_while_its_marker_stands() {
        let at = [known("a.rs", 2, "one"), known("a.rs", 2, "one")];
        let became = again(&at, &[marker("a.rs", 2, "one")]);
        assert_eq!(became, [Again::Present(0), Again::Twice]);
    }

    #[test]
    fn nothing_is_missed_that_was_not_here_before() {
        let elsewhere = Known {
            came_before: false,
            ..known("a.rs", 5, "one")
        };
        let unread = Known {
            code: None,
            ..known("a.rs", 5, "one")
        };
        let changed = [marker("a.rs", 5, "other")];
        assert_eq!(
            again(&[elsewhere.clone(), unread], &changed),
            [Again::Unsaid; 2]
        );
        assert_eq!(
            again(&[elsewhere], &[marker("a.rs", 5, "one")]),
            [Again::Present(0)]
        );
    }

    #[test]
    fn a_marker_of_another_issue_is_another() {
        let mut other = marker("a.rs", 5, "one");
        other.ticket = Some("PAY-2".parse().unwrap());
        let mut none = marker("a.rs", 5, "one");
        none.ticket = None;
        let at = [known("a.rs", 5, "one")];
        assert_eq!(again(&at, &[other]), [Again::Gone]);
        assert_eq!(again(&at, &[none]), [Again::Present(0)]);
    }

    #[test]
    fn what_drifted_after_it_moved_is_looked_for_where_it_was_last() {
        let moved = Known {
            last: ("b.rs".to_owned(), 40),
            ..known("a.rs", 5, "one")
        };
        let markers = [marker("a.rs", 5, "x"), marker("b.rs", 44, "y")];
        assert_eq!(again(&[moved], &markers), [Again::Drifted(1)]);
    }
}
