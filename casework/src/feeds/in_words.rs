//! Entries as a mail tells them: how much each matters, of which ticket, what happened, and where to look. Nothing that
//! a ticket's people wrote in it, and nobody's name but those of roles, groups and statuses: a mail leaves the
//! organisation's hands.

use record::entries::Payload;
use record::ids::TenantId;
use record::scale::Severity;
use store::{Db, EntryRow, StoreError};

use crate::panel::in_words;
use crate::ticket_page::page_of;
use crate::times::minute;

/// An entry in words.
pub(super) struct Told {
    severity: Severity,
    seq: u64,
    id: String,
    /// When it was received.
    at: String,
    /// The key of its ticket, and the ticket's page.
    ticket: Option<(String, Option<String>)>,
    what: String,
}

impl Told {
    pub(super) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        row: &EntryRow,
    ) -> Result<Self, StoreError> {
        let entry = &row.entry;
        // What else it leads to may be damaged; that is for its own position to say.
        let what = match Payload::parse(&entry.kind, &entry.payload) {
            Ok(payload) => readable(in_words(db, tenant, &payload))?,
            Err(_) => None,
        };
        Ok(Self {
            severity: entry.severity.parse().unwrap_or(Severity::Critical),
            seq: entry.seq,
            id: entry.id.clone(),
            at: minute(&entry.at),
            ticket: readable(ticket_of(db, tenant, &entry.subject))?,
            what: what.unwrap_or_else(|| type_in_words(&entry.kind)),
        })
    }

    pub(super) const fn severity(&self) -> Severity {
        self.severity
    }

    /// In one line, as a subject.
    pub(super) fn headline(&self) -> String {
        let what = &self.what;
        match &self.ticket {
            Some((key, _)) => format!("{key}: {what}"),
            None => what.clone(),
        }
    }

    /// In a paragraph.
    pub(super) fn paragraph(&self) -> String {
        let Self {
            severity,
            seq,
            id,
            at,
            ..
        } = self;
        let page = self.ticket.as_ref().and_then(|(_, page)| page.as_deref());
        let page = page.map_or_else(String::new, |page| format!("    {page}\n"));
        format!(
            "{}\n{page}    {severity}, {at}, position {seq}\n    {id}\n",
            self.headline()
        )
    }
}

/// Nothing where what is stored cannot be read.
fn readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(error) if error.is_of_what_is_stored() => Ok(None),
        read => read,
    }
}

/// The type's own word where no sentence is made of it: KEY_ANNOUNCED is "Key announced".
fn type_in_words(kind: &str) -> String {
    let words = kind.to_lowercase().replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The ticket that entries of this subject are about.
fn ticket_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    subject: &str,
) -> Result<Option<(String, Option<String>)>, StoreError> {
    let named = subject.strip_prefix("ticket/");
    let Some((site, issue)) = named.and_then(|named| named.split_once('/')) else {
        return Ok(None);
    };
    let (Ok(site), Ok(issue)) = (site.parse(), issue.parse()) else {
        return Ok(None);
    };
    let Some(row) = db.ticket(tenant, &site, &issue)? else {
        return Ok(None);
    };
    let key = row.ticket.key;
    let page = page_of(db, tenant, &site, &key)?;
    Ok(Some((key.to_string(), page)))
}
