//! Answers as lines for people. Everything in them that came from the server is [`Printable`].

mod about;
mod catalog;
mod coverage;
mod coverage_page;
pub(crate) mod evaluation;
mod event;
mod gate;
mod scan;
mod ticket;

pub use catalog::catalog_effect;
pub use coverage::{coverage, coverage_table, in_json};
pub use coverage_page::coverage_page;
pub use event::{event, proven};
pub use gate::{gate, gate_json};
pub use scan::Scanned;

use crate::answers::Trail;
use crate::printable::Printable;

/// The trail: issues and what was decided on them, then events in order.
#[must_use]
pub fn trail(trail: &Trail, what: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if trail.events.is_empty() && trail.tickets.is_empty() {
        lines.push(format!(
            "Nothing is recorded about {}.",
            Printable::new(what)
        ));
    } else if trail.tickets.is_empty() {
        lines.push("No issue belongs to it.".to_owned());
    }
    lines.extend(trail.tickets.iter().flat_map(ticket::ticket));
    if !trail.tickets.is_empty() && !trail.events.is_empty() {
        lines.push(String::new());
    }
    lines.extend(trail.events.iter().flat_map(event));
    if trail.truncated {
        lines.push(
            "This is not all: the trail is longer than one answer. Begin at one of these events to \
             see more."
                .to_owned(),
        );
    }
    lines
}
