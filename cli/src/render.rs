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

/// Why no issue is shown: an issue that is named may not have been read yet.
fn no_issue(trail: &Trail) -> String {
    let links = trail.events.iter().flat_map(|event| &event.links);
    let mut named: Vec<&str> = links
        .filter(|link| !link.revoked)
        .map(|link| link.external_id.as_str())
        .collect();
    named.sort_unstable();
    named.dedup();
    match named.is_empty() {
        true => "No issue belongs to it, or none that was looked up yet.".to_owned(),
        false => format!(
            "{} is named, and not read yet: ask again once its site was read.",
            named.join(", ")
        ),
    }
}

/// The trail: issues and what was decided on them, then events in order.
#[must_use]
pub fn trail(trail: &Trail, what: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if trail.events.is_empty() && trail.tickets.is_empty() {
        lines.push(format!(
            "No event is recorded about {}, and no issue belongs to it.",
            Printable::new(what)
        ));
    } else if trail.tickets.is_empty() {
        lines.push(no_issue(trail));
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
