//! The one scale of severity, and the risk score that leads to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a thing matters. One scale for entries, risk, security level and change risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// For the record only.
    Info,
    /// Little can go wrong.
    Low,
    /// Worth a second pair of eyes.
    Medium,
    /// Needs a review before release.
    High,
    /// Needs a review and watching afterwards.
    Critical,
}

impl Severity {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of the five words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a severity")]
pub struct NotASeverity;

impl FromStr for Severity {
    type Err = NotASeverity;

    fn from_str(text: &str) -> Result<Self, NotASeverity> {
        [
            Self::Info,
            Self::Low,
            Self::Medium,
            Self::High,
            Self::Critical,
        ]
        .into_iter()
        .find(|severity| severity.as_str() == text)
        .ok_or(NotASeverity)
    }
}

/// A risk score in tenths, 0 to 100: `85` reads 8.5 of 10. The ledger holds integers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RiskTenths(u8);

impl RiskTenths {
    /// A score of this many tenths, capped at 10.0.
    #[must_use]
    pub const fn capped(tenths: u32) -> Self {
        Self(if tenths > 100 { 100 } else { tenths as u8 })
    }

    /// The score in tenths.
    #[must_use]
    pub const fn tenths(self) -> u8 {
        self.0
    }

    /// The band of the score: 0-3.9 LOW, 4-6.9 MEDIUM, 7-8.4 HIGH, 8.5-10 CRITICAL.
    #[must_use]
    pub const fn band(self) -> Severity {
        match self.0 {
            0..=39 => Severity::Low,
            40..=69 => Severity::Medium,
            70..=84 => Severity::High,
            _ => Severity::Critical,
        }
    }
}

impl fmt::Display for RiskTenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_meet_at_the_stated_scores() {
        for (tenths, band) in [
            (0, Severity::Low),
            (39, Severity::Low),
            (40, Severity::Medium),
            (69, Severity::Medium),
            (70, Severity::High),
            (84, Severity::High),
            (85, Severity::Critical),
            (100, Severity::Critical),
        ] {
            assert_eq!(RiskTenths::capped(tenths).band(), band, "{tenths}");
        }
        assert_eq!(RiskTenths::capped(135).to_string(), "10.0");
        assert_eq!(RiskTenths::capped(85).to_string(), "8.5");
    }
}
