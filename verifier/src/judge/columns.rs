//! The look-up columns beside an entry: each must say what the entry's bytes say.

use ledger::{Code, EntryRef, Finding, Place};
use store::StoredEntry;

/// A finding for each column that says something else than the entry.
pub(super) fn compare(row: &StoredEntry<'_>, entry: &EntryRef<'_>) -> Vec<Finding> {
    let columns = [
        ("id", row.id == entry.id),
        ("idem", row.idem == entry.idem.as_bytes()),
        ("at", row.at == entry.at),
        ("type", row.kind == entry.kind),
        ("severity", row.severity == entry.severity),
        ("subject", row.subject == entry.subject),
    ];
    columns
        .iter()
        .filter(|(_, same)| !same)
        .map(|(column, _)| altered(row, column))
        .collect()
}

/// The finding that this column of this row was changed.
pub(super) fn altered(row: &StoredEntry<'_>, column: &str) -> Finding {
    let place = match u64::try_from(row.seq) {
        Ok(seq) => Place::Entry { seq },
        Err(_) => Place::Row {
            table: "entries".to_owned(),
            row: row.seq.to_string(),
        },
    };
    Finding::new(Code::ColumnAltered, place, format!("column {column}"))
}
