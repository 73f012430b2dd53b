//! Bundles: a range of a ledger's entries in one text, with all that is needed to check it offline
//! with only the ledger's public key. The form is described in `docs/LEDGER.md`, section 8.
//!
//! No byte of a bundle is free: each line is either prescribed, or follows from the entries, or is
//! signed. So there is nothing that could be changed unseen, except by leaving out disclosures, or
//! checkpoints before the last.

mod read;
mod verify;
mod write;

pub use read::{Bundle, BundleEntry, MalformedBundle, read};
pub use verify::{Checked, verify};
pub use write::{BundleSource, WriteError, write};

/// The first line of a bundle.
pub const HEADER: &str = "countersign-bundle/v1";
