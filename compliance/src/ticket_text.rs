//! What is read of a ticket: its texts and its priority, borrowed. Knows neither who wrote it nor where it is kept.

use std::collections::BTreeMap;

use record::facts::TicketSnapshot;

/// A ticket's texts.
#[derive(Clone, Copy, Default)]
pub struct TicketText<'a> {
    /// One line.
    pub summary: &'a str,
    /// Plain text or markup, paragraphs separated by line breaks.
    pub description: &'a str,
    /// The issue type's name; empty where it is not known.
    pub issue_type: &'a str,
    /// The priority's name.
    pub priority: Option<&'a str>,
    /// Labels.
    pub labels: &'a [String],
    /// Names of components.
    pub components: &'a [String],
    /// Mapped custom fields as text, by the tracker's field id.
    pub fields: Option<&'a BTreeMap<String, String>>,
    /// The summary of the ticket that it is a part of; empty where there is none.
    pub parent: &'a str,
}

impl std::fmt::Debug for TicketText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketText").finish_non_exhaustive()
    }
}

impl<'a> From<&'a TicketSnapshot> for TicketText<'a> {
    fn from(ticket: &'a TicketSnapshot) -> Self {
        Self {
            summary: &ticket.summary,
            description: &ticket.description,
            issue_type: &ticket.issue_type,
            priority: ticket.priority.as_deref(),
            labels: &ticket.labels,
            components: &ticket.components,
            fields: Some(&ticket.fields),
            parent: ticket.parent.as_deref().unwrap_or_default(),
        }
    }
}
