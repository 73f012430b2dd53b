//! Atlassian Document Format, the rich text of Jira's REST version 3: read as plain text, and written
//! for our own comments. Marks and colours are not text and are left out when reading.

mod read;
mod write;

pub use read::{AdfError, own_words, plain_text};
pub use write::{Inline, Link, LinkError, document};
