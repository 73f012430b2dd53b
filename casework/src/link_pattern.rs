//! A pattern that keys have to have besides belonging to a project that is looked at. It narrows what is linked and
//! cannot widen it; one that fits no key of a project is refused when it is registered, with an example.

use record::ids::{ProjectKey, TicketKey};
use regex::{Regex, RegexBuilder};

const LONGEST: usize = 500;
/// The largest program that a pattern may become, in bytes, and the deepest it may nest.
const LARGEST_PROGRAM: usize = 65_536;
const DEEPEST: u32 = 20;
/// The numbers of keys that a pattern is tried on.
const NUMBERS: [&str; 3] = ["1", "142", "98765"];
/// For so many projects it is shown what a pattern takes.
const MOST_SHOWN: usize = 20;

/// A pattern for keys. Its time is linear in what it looks at, whatever it is.
pub(crate) struct LinkPattern(Regex);

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternRefused {
    /// It is no pattern, or too large a one.
    #[error("it is no regular expression of at most {LONGEST} characters without look-around.")]
    Form,
    /// It fits no key of a project.
    #[error(
        "it does not fit {0}, as it would fit {1}: keys of that project would never be linked."
    )]
    DoesNotFit(TicketKey, String),
}

impl LinkPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, PatternRefused> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(PatternRefused::Form);
        }
        let whole = format!("^(?:{text})$");
        let built = RegexBuilder::new(&whole)
            .case_insensitive(true)
            .size_limit(LARGEST_PROGRAM)
            .nest_limit(DEEPEST)
            .build();
        built.map(Self).map_err(|_| PatternRefused::Form)
    }

    /// That it fits keys of every project.
    pub(crate) fn fits(&self, projects: &[ProjectKey]) -> Result<(), PatternRefused> {
        for project in projects {
            let examples = NUMBERS.map(|number| format!("{project}-{number}"));
            if !examples.iter().any(|example| self.0.is_match(example)) {
                let [_, example, _] = examples;
                let example: TicketKey = example.parse().map_err(|_| PatternRefused::Form)?;
                return Err(PatternRefused::DoesNotFit(
                    example,
                    format!("{project}-[0-9]+"),
                ));
            }
        }
        Ok(())
    }

    /// Which of some keys of these projects it takes, and which not.
    pub(crate) fn preview(pattern: Option<&Self>, projects: &[ProjectKey]) -> Vec<(String, bool)> {
        let keys = projects
            .iter()
            .take(MOST_SHOWN)
            .flat_map(|project| NUMBERS.map(|number| format!("{project}-{number}")));
        keys.map(|key| {
            let taken = pattern.is_none_or(|pattern| pattern.0.is_match(&key));
            (key, taken)
        })
        .collect()
    }

    pub(crate) fn takes(&self, key: &TicketKey) -> bool {
        self.0.is_match(key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(of: &[&str]) -> Vec<ProjectKey> {
        of.iter().map(|key| key.parse().unwrap()).collect()
    }

    #[test]
    fn a_022_a_pattern_that_fits_no_key_is_refused_with_an_example() {
        let pattern = LinkPattern::parse("AI-[0-9]+").unwrap();
        let refused = pattern
            .fits(&keys(&["AI-GOV", "ML-OPS", "CREDIT-RISK"]))
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "it does not fit AI-GOV-142, as it would fit AI-GOV-[0-9]+: keys of that project would never be linked."
        );
        for good in [
            "[A-Z-]+-[0-9]+",
            "(AI-GOV|ML-OPS|CREDIT-RISK)-\\d+",
            "ai-gov-.*|ml-ops-.*|credit-risk-.*",
        ] {
            LinkPattern::parse(good)
                .unwrap()
                .fits(&keys(&["AI-GOV", "ML-OPS", "CREDIT-RISK"]))
                .unwrap();
        }
    }

    #[test]
    fn a_022_what_a_pattern_takes_is_shown_for_each_project() {
        let projects = keys(&["AI-GOV", "PAY"]);
        let short = LinkPattern::parse("[A-Z-]+-[0-9]{1,3}").unwrap();
        let taken = LinkPattern::preview(Some(&short), &projects);
        let taken: Vec<_> = taken.iter().map(|(key, is)| (key.as_str(), *is)).collect();
        let expected = [
            ("AI-GOV-1", true),
            ("AI-GOV-142", true),
            ("AI-GOV-98765", false),
            ("PAY-1", true),
            ("PAY-142", true),
            ("PAY-98765", false),
        ];
        assert_eq!(taken, expected);
        let all = LinkPattern::preview(None, &projects);
        assert!(all.iter().all(|(_, taken)| *taken));
    }

    #[test]
    fn a_024_what_would_take_long_or_much_is_refused() {
        for text in [
            "",
            "(",
            "(?=x)",
            "a{1000}{1000}{1000}",
            &"(".repeat(100),
            &"a".repeat(501),
        ] {
            assert!(LinkPattern::parse(text).is_err(), "{text}");
        }
        let slow = LinkPattern::parse("(a+)+b").unwrap();
        let long: TicketKey = format!("{}-1", "A".repeat(250)).parse().unwrap();
        assert!(!slow.takes(&long));
    }
}
