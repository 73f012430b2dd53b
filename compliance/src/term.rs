//! The term language of the packs and its matching. Whole tokens only: `pan` never matches in `panel`.
//! Knows nothing of weights, indicators or cancels.
//!
//! A term is a sequence of slots separated by blanks. A slot is a literal (`login`), a prefix (`authenticat*`),
//! alternatives (`(log|sign)`, or without parentheses when the slot is the whole term), or `..` for zero to
//! four tokens. A literal in capitals (`US`) matches only text written in capitals.

mod build;
mod index;
mod parse;
mod vocabulary;

pub(crate) use build::TermIndexBuilder;
pub(crate) use index::{Span, Symbols, TermId, TermIndex};
pub(crate) use parse::Term;
pub use parse::TermError;

#[cfg(test)]
mod tests;
