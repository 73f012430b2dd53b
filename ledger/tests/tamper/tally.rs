//! Counting attacks: how many were tried, found and located, and how wide the place was that was named.

use ledger::{Finding, Place, Verdict};

#[derive(Debug)]
pub(crate) struct Tally {
    attack: &'static str,
    tried: usize,
    found: usize,
    located: usize,
    widest: u64,
}

impl Tally {
    pub(crate) const fn of(attack: &'static str) -> Self {
        Self {
            attack,
            tried: 0,
            found: 0,
            located: 0,
            widest: 0,
        }
    }

    /// One more attack, found if its verdict is the expected one, located if `located` says so.
    pub(crate) fn count(&mut self, findings: &[Finding], expected: Verdict, located: bool) {
        self.tried += 1;
        self.found += usize::from(Verdict::of(findings) == expected);
        self.located += usize::from(located);
    }

    /// One more attack on the entry at `seq`: a finding has to name it or an interval around it.
    pub(crate) fn count_at(&mut self, findings: &[Finding], expected: Verdict, seq: u64) {
        let narrowest = width(findings, seq);
        self.widest = self.widest.max(narrowest.unwrap_or(0));
        self.count(findings, expected, narrowest.is_some());
        assert!(
            narrowest.is_some() && Verdict::of(findings) == expected,
            "{}: at {seq}, {expected:?} is expected, found {findings:?}",
            self.attack
        );
    }

    /// Prints the counts; fails unless `tried` attacks were made and all found and located.
    pub(crate) fn close(&self, tried: usize) {
        println!("{self}");
        let counts = (self.tried, self.found, self.located);
        assert_eq!(counts, (tried, tried, tried), "{}", self.attack);
    }

    /// As [`Tally::close`], where intervals have to be of at most so many entries.
    pub(crate) fn close_within(&self, tried: usize, widest: u64) {
        self.close(tried);
        assert!(
            self.widest <= widest,
            "{}: {} wide",
            self.attack,
            self.widest
        );
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            attack,
            tried,
            found,
            located,
            widest,
        } = self;
        write!(
            f,
            "{attack}: tried {tried}, found {found}, located {located}"
        )?;
        match widest {
            0 | 1 => Ok(()),
            widest => write!(f, " (within at most {widest} entries)"),
        }
    }
}

/// Over how many entries the narrowest place that covers this position reaches.
pub(crate) fn width(findings: &[Finding], seq: u64) -> Option<u64> {
    findings
        .iter()
        .filter_map(|finding| match finding.place {
            Place::Entry { seq } => Some((seq, seq)),
            Place::Entries { from, to } => Some((from, to)),
            _ => None,
        })
        .filter(|(from, to)| (*from..=*to).contains(&seq))
        .map(|(from, to)| to - from + 1)
        .min()
}

/// Whether a finding names this row of this table.
pub(crate) fn names_row(findings: &[Finding], in_table: &str, of_row: &str) -> bool {
    findings.iter().any(|finding| match &finding.place {
        Place::Row { table, row } => table == in_table && row == of_row,
        _ => false,
    })
}
