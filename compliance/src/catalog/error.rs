//! What can be wrong with packs.

use crate::term::TermError;

/// Why packs make no catalog. Lines are counted from 1; 0 where the line is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The same term twice for the same purpose, or the same id twice.
    #[error("{file}:{line}: `{what}` stands there twice")]
    Duplicate {
        /// The pack's file.
        file: String,
        /// The line of the second.
        line: u64,
        /// The term or id.
        what: String,
    },
    /// A part that every catalog needs is absent.
    #[error("no pack gives {what}")]
    Missing {
        /// The part, in words.
        what: &'static str,
    },
    /// What an organisation's own configuration says cannot be done.
    #[error("{file}:{line}:{column}: {what}")]
    Organisation {
        /// Its file.
        file: String,
        /// From 1.
        line: u64,
        /// From 1.
        column: u64,
        /// What is wrong, and what would do.
        what: String,
    },
    /// A parameter is declared but not used, used but not declared, or not one of the three directions.
    #[error("{file}: {requirement}: parameter `{parameter}` {why}")]
    Parameter {
        /// The pack's file.
        file: String,
        /// The requirement.
        requirement: String,
        /// The parameter.
        parameter: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A term that could be misread.
    #[error("{file}:{line}: `{term}`: {source}")]
    Term {
        /// The pack's file.
        file: String,
        /// Its line.
        line: u64,
        /// The term as written.
        term: String,
        /// What is wrong with it.
        source: TermError,
    },
    /// Something refers to what no pack has.
    #[error("{file}: {what} is not in the catalog")]
    Unknown {
        /// The pack's file.
        file: String,
        /// The reference.
        what: String,
    },
    /// Not the YAML that is expected.
    #[error("{file}: {message}")]
    Yaml {
        /// The pack's file.
        file: String,
        /// What the reader says, with line and column.
        message: String,
    },
}
