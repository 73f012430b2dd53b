//! The tamper-evident ledger, as bytes in and verdicts out. No I/O, no clock, no randomness.
//!
//! A ledger is a sequence of entries. An entry is a JSON object in canonical form; its exact bytes
//! are stored, and their RFC 6962 leaf hash is at once the entry's leaf in a Merkle tree and the
//! `prev` link that the next entry carries. So one SHA-256 per entry serves chain and tree, and
//! neither can lag behind or disagree with the other.
//!
//! A checkpoint is a C2SP signed note over the tree's size and root. Personal data stands in an
//! entry only as SD-JWT digests, whose disclosures are kept beside the ledger and can be erased.
//! A bundle carries a range of entries with everything that is needed to check it offline.
//!
//! The normative description is `docs/LEDGER.md`; this crate implements it, and deliberately knows
//! nothing of databases, of Jira, or of what the payloads mean.

pub mod bundle;
pub mod canonical;
pub mod checkpoint;
pub mod disclosure;
pub mod entry;
pub mod finding;
pub mod hash;
pub mod key;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod walk;

pub use checkpoint::Checkpoint;
pub use entry::{Actor, ActorKind, Draft, Entry, EntryRef, Origin, Written};
pub use finding::{Code, Finding, Place, Verdict};
pub use hash::Hash;
pub use key::{SigningKey, VerifierKey};
pub use tree::Frontier;
