//! From a field's text to runs of normalised tokens that remember where they stood.
//! Knows lines, sentences, code and markup; knows nothing of terms or weights.

mod ascii;
mod lines;
mod passage;
mod reader;
mod stream;
mod words;

pub(crate) use passage::{Passage, Run};
pub(crate) use stream::{Packed, Pause, Token, Tokens, packed};
