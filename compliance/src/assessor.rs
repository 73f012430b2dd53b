//! A catalog together with an organisation's answers: what tickets are assessed with.

use crate::assess::{Classification, assess, assess_corrected, classification};
use crate::assessment::Assessment;
use crate::catalog::{Catalog, CatalogError, Framework};
use crate::corrections::Corrections;
use crate::switches::{Switch, Switches};
use crate::ticket_text::TicketText;
use crate::validation::Validation;

/// What tickets are assessed with.
#[derive(Debug)]
pub struct Assessor {
    own: Option<Catalog>,
    switches: Switches,
}

impl Assessor {
    /// The catalog that this crate was built with, and no answers: every framework may apply.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            own: None,
            switches: Switches::default(),
        }
    }

    /// The same, changed by an organisation's `compliance-config.yml`, given as file name and text.
    ///
    /// # Errors
    /// What cannot be understood, with line and column.
    pub fn for_organisation(file: &str, text: &str) -> Result<Self, CatalogError> {
        let packs = Catalog::embedded_packs();
        let (catalog, switches) = Catalog::for_organisation(packs, (file, text))?;
        Ok(Self {
            own: Some(catalog),
            switches,
        })
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        match &self.own {
            Some(own) => own,
            None => Catalog::embedded(),
        }
    }

    /// The frameworks that a ticket may be listed under, ordered by id.
    pub fn frameworks(&self) -> impl Iterator<Item = &Framework> {
        let all = self.catalog().frameworks().iter();
        all.filter(|framework| match self.switches.of(&framework.id) {
            Switch::Applies => true,
            Switch::MayApply => !framework.optional,
            Switch::Off => false,
        })
    }

    /// The organisation's answers.
    #[must_use]
    pub const fn switches(&self) -> &Switches {
        &self.switches
    }

    /// Assesses a ticket.
    #[must_use]
    pub fn assess<'a>(&self, ticket: impl Into<TicketText<'a>>) -> Assessment {
        assess(self.catalog(), &self.switches, ticket)
    }

    /// Assesses a ticket whose findings somebody set right.
    #[must_use]
    pub fn assess_corrected<'a>(
        &self,
        ticket: impl Into<TicketText<'a>>,
        corrections: &Corrections<'_>,
    ) -> Assessment {
        assess_corrected(self.catalog(), &self.switches, ticket, corrections)
    }

    /// Looks at whether an assessment of this ticket says all that it has to before code is written.
    #[must_use]
    pub fn validate<'a>(
        &self,
        ticket: impl Into<TicketText<'a>>,
        corrections: &Corrections<'_>,
        assessment: &Assessment,
    ) -> Validation {
        let now = self.assess_corrected(ticket, corrections);
        Validation::of(assessment, &now.requirements)
    }

    /// Classifies a ticket.
    #[must_use]
    pub fn classify<'a>(&self, ticket: impl Into<TicketText<'a>>) -> Classification {
        classification(self.catalog(), &self.switches, ticket)
    }
}
