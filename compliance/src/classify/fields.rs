//! Which parts of a ticket are read, and how much they say. Status, people and attachments are not read.

use record::facts::TicketSnapshot;

use crate::catalog::Catalog;
use crate::finding::Field;

/// The fields with their texts, the short ones first.
pub(super) fn fields(ticket: &TicketSnapshot) -> impl Iterator<Item = (Field, &str)> {
    let one = [
        (Field::Summary, ticket.summary.as_str()),
        (Field::IssueType, ticket.issue_type.as_str()),
    ];
    let labels = (0..)
        .zip(&ticket.labels)
        .map(|(at, text)| (Field::Label(at), text.as_str()));
    let components = (0..)
        .zip(&ticket.components)
        .map(|(at, text)| (Field::Component(at), text.as_str()));
    let custom = ticket
        .fields
        .iter()
        .map(|(id, text)| (Field::Custom(id.clone()), text.as_str()));
    one.into_iter()
        .chain(labels)
        .chain(components)
        .chain([(Field::Description, ticket.description.as_str())])
        .chain(custom)
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
        Field::Summary => factors.summary,
    }
}
