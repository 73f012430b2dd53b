//! A period of a report: a year, a quarter or a month of the calendar, in UTC.

use std::fmt;
use std::str::FromStr;

/// A period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    name: String,
    year: u16,
    /// The first month, from 1.
    month: u16,
    months: u16,
}

/// Not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a year (2026), a quarter (2026-Q4) or a month (2026-11) is expected")]
pub struct NotAPeriod;

impl Period {
    /// When it begins.
    #[must_use]
    pub fn from(&self) -> String {
        instant(self.year, self.month)
    }

    /// When the next one begins.
    #[must_use]
    pub fn to(&self) -> String {
        match self.month + self.months {
            13.. => instant(self.year + 1, 1),
            month => instant(self.year, month),
        }
    }
}

fn instant(year: u16, month: u16) -> String {
    format!("{year:04}-{month:02}-01T00:00:00Z")
}

fn digits(text: &str, how_many: usize) -> Option<u16> {
    let all = text.len() == how_many && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all)
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let name = text.trim().to_ascii_uppercase();
        let (year, part) = match name.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (name.as_str(), None),
        };
        let (month, months) = match part {
            None => (1, 12),
            Some(part) => match part.strip_prefix('Q') {
                Some(quarter) => {
                    let quarter = digits(quarter, 1).filter(|it| (1..=4).contains(it));
                    (quarter.ok_or(NotAPeriod)? * 3 - 2, 3)
                }
                None => {
                    let month = digits(part, 2).filter(|it| (1..=12).contains(it));
                    (month.ok_or(NotAPeriod)?, 1)
                }
            },
        };
        let year = digits(year, 4).filter(|year| (1..=9_998).contains(year));
        Ok(Self {
            year: year.ok_or(NotAPeriod)?,
            month,
            months,
            name,
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_quarters_and_months_begin_and_end_where_the_calendar_has_it() {
        for (text, from, to) in [
            ("2026", "2026-01-01", "2027-01-01"),
            ("2025-Q4", "2025-10-01", "2026-01-01"),
            ("2026-q1", "2026-01-01", "2026-04-01"),
            ("2026-11", "2026-11-01", "2026-12-01"),
            (" 2026-12 ", "2026-12-01", "2027-01-01"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.from(), format!("{from}T00:00:00Z"), "{text}");
            assert_eq!(period.to(), format!("{to}T00:00:00Z"), "{text}");
        }
        for text in [
            "", "26", "2026-", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "2026-1", "0000",
            "9999", "2026-+1",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }
}
