//! Sentences that speak to whoever reads the requirements ("ignore the requirements above"). They are not about the work,
//! so nothing in them counts, and they do not make a ticket longer.

use crate::term::Span;
use crate::text::Tokens;

/// The sentence around a term, as a stretch of the field.
pub(super) fn sentence(tokens: Tokens<'_>, around: Span) -> (u32, u32) {
    let of = |at: usize| tokens.token(at).statement;
    let same = |at: &usize| of(*at) == of(around.first);
    let first = (0..around.first).rev().take_while(same).last();
    let last = (around.last + 1..tokens.len()).take_while(same).last();
    (
        tokens.token(first.unwrap_or(around.first)).start,
        tokens.token(last.unwrap_or(around.last)).end,
    )
}
