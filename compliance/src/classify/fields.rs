//! Which parts of a ticket are read, and how much they say. Status, people and attachments are not read.

use crate::catalog::Catalog;
use crate::finding::Field;
use crate::ticket_text::TicketText;

/// The fields with their texts, the short ones first.
pub(super) fn fields(ticket: TicketText<'_>) -> Vec<(Field, &str)> {
    let mut fields = Vec::with_capacity(6 + ticket.labels.len() + ticket.components.len());
    fields.push((Field::Summary, ticket.summary));
    fields.push((Field::IssueType, ticket.issue_type));
    let labels = (0..).map(Field::Label).zip(ticket.labels);
    fields.extend(labels.map(|(field, text)| (field, text.as_str())));
    let components = (0..).map(Field::Component).zip(ticket.components);
    fields.extend(components.map(|(field, text)| (field, text.as_str())));
    fields.push((Field::Description, ticket.description));
    let custom = ticket.fields.into_iter().flatten();
    fields.extend(custom.map(|(id, text)| (Field::Custom(id.clone()), text.as_str())));
    fields.push((Field::Parent, ticket.parent));
    fields
}

/// The text of one field.
pub(super) fn text<'a>(ticket: TicketText<'a>, field: &Field) -> &'a str {
    let listed = |all: &'a [String], at: u32| all.get(at as usize).map_or("", String::as_str);
    match field {
        Field::Component(at) => listed(ticket.components, *at),
        Field::Custom(id) => ticket
            .fields
            .and_then(|fields| fields.get(id))
            .map_or("", String::as_str),
        Field::Description => ticket.description,
        Field::IssueType => ticket.issue_type,
        Field::Label(at) => listed(ticket.labels, *at),
        Field::Parent => ticket.parent,
        Field::Summary => ticket.summary,
    }
}

/// Percent.
pub(super) fn factor(catalog: &Catalog, field: &Field) -> u32 {
    let factors = &catalog.matching.factors;
    match field {
        Field::Component(_) => factors.components,
        Field::Custom(_) => factors.custom,
        Field::Description => factors.description,
        Field::IssueType => factors.issue_type,
        Field::Label(_) => factors.labels,
        Field::Parent => factors.parent,
        Field::Summary => factors.summary,
    }
}

/// Percent of a weight that a term brings by where it stands: far down in a description stands mostly context.
pub(super) fn deep(catalog: &Catalog, field: &Field, start: u32, factor: u32) -> u32 {
    let deep = catalog.relevance.deep;
    if *field == Field::Description && start >= deep.from {
        factor * deep.factor / 100
    } else {
        factor
    }
}
