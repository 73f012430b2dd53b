//! What is fitted: whether security or privacy should look, and each indicator.

use cli::tickets::TicketLine;
use compliance::Catalog;
use compliance::fitting::Rule;

use crate::features::Table;
use crate::logistic::{Example, Model, Penalty};
use crate::threshold::{Unseen, unseen};

/// The batch of bare examples: what everybody expects of a few words. They are few, so each counts this often.
const EXAMPLES: &str = "example";
const EXAMPLE: f64 = 8.0;

/// One question.
pub(crate) enum Target {
    Security,
    Privacy,
    Indicator(usize, String),
}

/// One question, answered.
pub(crate) struct Fit {
    pub(crate) name: String,
    pub(crate) model: Model,
    pub(crate) unseen: Unseen,
    there: usize,
}

/// All questions of the catalog.
pub(crate) fn all() -> Vec<Target> {
    let indicators = Catalog::embedded().indicators().iter().enumerate();
    let indicators = indicators.map(|(at, it)| Target::Indicator(at, it.id.to_string()));
    [Target::Security, Target::Privacy]
        .into_iter()
        .chain(indicators)
        .collect()
}

impl Target {
    /// Fits it. Tickets whose labels leave the question open have no part in it.
    pub(crate) fn fit(&self, table: &Table, tickets: &[TicketLine], penalty: Penalty) -> Fit {
        let examples: Vec<Example<'_>> = tickets
            .iter()
            .zip(&table.rows)
            .zip(&table.rules)
            .filter_map(|((ticket, words), rules)| {
                Some(Example {
                    words,
                    rules,
                    truth: self.truth(ticket)?,
                    weight: if ticket.batch() == EXAMPLES {
                        EXAMPLE
                    } else {
                        1.0
                    },
                    batch: ticket.batch(),
                })
            })
            .collect();
        let words = table.terms.len();
        let told: Vec<f64> = table.known.iter().map(|rule| self.told(rule)).collect();
        Fit {
            name: self.name(),
            unseen: unseen(&examples, words, &told, penalty),
            model: Model::fit(&examples, words, &told, penalty),
            there: examples.iter().filter(|example| example.truth).count(),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Security => "security".to_owned(),
            Self::Privacy => "privacy".to_owned(),
            Self::Indicator(_, id) => id.clone(),
        }
    }

    fn truth(&self, ticket: &TicketLine) -> Option<bool> {
        let expected = ticket.expect.as_ref()?;
        match self {
            Self::Security => expected.security_relevant,
            Self::Privacy => expected.privacy_relevant,
            Self::Indicator(_, id) => Some(expected.indicators.as_ref()?.contains(id)),
        }
    }

    /// What people say that a rule says, in log odds.
    fn told(&self, rule: &Rule) -> f64 {
        match self {
            Self::Security => f64::from(rule.security) / 200.0,
            Self::Privacy => f64::from(rule.privacy) / 200.0,
            Self::Indicator(at, _) if rule.indicator == Some(*at) => 1.5,
            Self::Indicator(..) => 0.0,
        }
    }
}

impl Fit {
    /// One line about it.
    pub(crate) fn summary(&self) -> String {
        let kept = self.model.words.iter().filter(|weight| **weight != 0.0);
        format!(
            "{:<20} {:>4} there; unseen: P {:.2} R {:.2} F1 {:.2} from {:+.2}; base {:+.2}, {} words",
            self.name,
            self.there,
            self.unseen.precision,
            self.unseen.recall,
            self.unseen.f1,
            self.unseen.line,
            self.model.base,
            kept.count()
        )
    }
}
