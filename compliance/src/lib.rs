//! What a ticket asks for in security and compliance: ticket text in, assessment out.
//!
//! Pure and deterministic: no input or output, no clock, no randomness, no network. The knowledge lies in the packs of
//! [`Catalog`]; the code knows no framework. A finding means "may apply, and here is why", never "applies": which
//! frameworks bind an organisation is said by its [`Switches`].

mod assess;
pub mod assessment;
mod assessor;
mod catalog;
mod classify;
mod code_path;
mod corrections;
pub mod coverage;
pub mod evaluation;
mod finding;
pub mod fitting;
pub mod ids;
mod merge;
mod prompt;
pub mod requirement_set;
mod select;
mod switches;
mod term;
mod text;
mod ticket_text;
mod validation;

pub use assess::{Classification, assess, classification};
pub use assessment::Assessment;
pub use assessor::Assessor;
pub use catalog::{
    Baseline, Catalog, CatalogError, Control, EffectiveDate, Framework, Indicator, IndicatorKind,
    Pack,
};
pub use code_path::{LONGEST_CODE_PATH, is_code_path};
pub use corrections::Corrections;
pub use finding::{Certainty, Denied, Evidence, Field, Finding, NotAField};
pub use prompt::{Form, Moment, is_plain, prompt};
pub use requirement_set::RequirementSet;
pub use switches::{Switch, Switches};
pub use term::TermError;
pub use ticket_text::TicketText;
pub use validation::{Check, CheckName, Validation};
