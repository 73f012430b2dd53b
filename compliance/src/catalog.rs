//! What Countersign knows of indicators, frameworks and requirements, read from packs of YAML.
//! A catalog that exists is consistent: every term is well formed, every id resolves, every slot is filled.
//! Does not look at tickets, and knows nothing of any organisation.

mod check;
mod embedded;
mod error;
mod framework;
mod indicator;
mod lexicon;
mod load;
mod matching;
mod organisation;
mod relevance;
mod requirement;
mod rules;
mod shapes;
mod term_loader;
mod written;

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

pub use error::CatalogError;
pub use framework::{Baseline, Control, EffectiveDate, Framework};
pub use indicator::{Indicator, IndicatorKind};
pub(crate) use indicator::{NearRule, Weight};
pub(crate) use lexicon::{Fit, Lexicon, Target};
pub(crate) use matching::{Denial, Matching};
pub(crate) use relevance::RelevanceRules;
pub(crate) use requirement::{Direction, ParameterRule, ProvidedFact, RequirementRule};
pub(crate) use rules::{Condition, GroupId, Role, Rules};

use crate::ids::FrameworkId;
use crate::switches::Switches;
use organisation::Organisation;

/// A consistent set of packs.
#[derive(Debug)]
pub struct Catalog {
    pub(crate) matching: Matching,
    pub(crate) relevance: RelevanceRules,
    pub(crate) lexicon: Lexicon,
    pub(crate) rules: Rules,
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) requirements: Vec<RequirementRule>,
    pub(crate) conflicts: Vec<requirement::ConflictRule>,
    packs: Vec<Pack>,
    version: String,
}

/// One pack of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// What it calls itself, such as `framework/pci_dss`.
    pub name: String,
    /// Its version, as it states it.
    pub version: String,
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
}

impl Catalog {
    /// The catalog this crate was built with, parsed at first use.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        #[expect(
            clippy::expect_used,
            reason = "the embedded packs are constant, and a test loads them"
        )]
        CATALOG.get_or_init(|| Self::from_packs(embedded::PACKS).expect("the embedded packs load"))
    }

    /// File name and text of every pack that this crate was built with.
    #[must_use]
    pub const fn embedded_packs() -> &'static [(&'static str, &'static str)] {
        embedded::PACKS
    }

    /// Reads packs, given as file name and text. The order of the files changes the version and nothing else.
    ///
    /// # Errors
    /// Names the file, and the line where it is known, of the first thing that is wrong.
    pub fn from_packs(files: &[(&str, &str)]) -> Result<Self, CatalogError> {
        Self::build(files, None).map(|(catalog, _)| catalog)
    }

    /// Reads packs and an organisation's own configuration (`compliance-config.yml`), given as file name and text, and
    /// gives the organisation's answers beside the catalog.
    ///
    /// # Errors
    /// As [`Self::from_packs`]; what the configuration says is refused with line and column.
    pub fn for_organisation(
        files: &[(&str, &str)],
        own: (&str, &str),
    ) -> Result<(Self, Switches), CatalogError> {
        Self::build(files, Some(own))
    }

    fn build(
        files: &[(&str, &str)],
        own: Option<(&str, &str)>,
    ) -> Result<(Self, Switches), CatalogError> {
        let organisation = own.map(|(file, text)| Organisation::read(file, text));
        let loaded = load::load(files, organisation.transpose()?)?;
        let mut all = Sha256::new();
        for (name, text) in files.iter().copied().chain(own) {
            for part in [name.as_bytes(), text.as_bytes()] {
                all.update((part.len() as u64).to_be_bytes());
                all.update(part);
            }
        }
        let catalog = Self {
            matching: loaded.matching,
            relevance: loaded.relevance,
            lexicon: loaded.lexicon,
            rules: loaded.rules,
            indicators: loaded.indicators,
            frameworks: loaded.frameworks,
            requirements: loaded.requirements,
            conflicts: loaded.conflicts,
            packs: loaded.packs,
            version: hex(&all.finalize()),
        };
        Ok((catalog, loaded.switches))
    }

    /// Lower-case hex SHA-256 over the names and bytes of all packs.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What people call a requirement; nothing where no pack has it.
    #[must_use]
    pub fn requirement_title(&self, id: &str) -> Option<&str> {
        let mut all = self.requirements.iter();
        all.find(|rule| rule.id.as_str() == id)
            .map(|rule| rule.title.as_str())
    }

    /// All terms, as the packs write them.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.rules.index.all_written()
    }

    /// The packs, in the order they were read.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The indicators, ordered by id.
    #[must_use]
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The frameworks, ordered by id.
    #[must_use]
    pub fn frameworks(&self) -> &[Framework] {
        &self.frameworks
    }

    /// One framework.
    #[must_use]
    pub fn framework(&self, id: &FrameworkId) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id == *id)
    }
}

/// A name as names are compared: whatever its case and however its accents are written.
pub(crate) fn folded(name: &str) -> String {
    name.trim().nfkc().collect::<String>().to_lowercase()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests;
