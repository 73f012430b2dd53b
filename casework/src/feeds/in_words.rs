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
    /// When it was received, and its id; of what does not read as it was recorded neither is known.
    known_by: Option<(String, String)>,
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
        let what = match Payload::parse(&entry.kind, &entry.payload) {
            Ok(payload) => in_words(db, tenant, &payload)?,
            Err(_) => None,
        };
        Ok(Self {
            severity: entry.severity.parse().unwrap_or(Severity::Critical),
            seq: entry.seq,
            known_by: Some((minute(&entry.at), entry.id.clone())),
            ticket: ticket_of(db, tenant, &entry.subject)?,
            what: what.unwrap_or_else(|| type_in_words(&entry.kind)),
        })
    }

    /// What stands at this position does not read as it was recorded.
    pub(super) fn damaged(seq: u64) -> Self {
        Self {
            severity: Severity::Critical,
            seq,
            known_by: None,
            ticket: None,
            what: format!("Position {seq} does not read as it was recorded: run the verifier"),
        }
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
        let Self { severity, seq, .. } = self;
        let page = self.ticket.as_ref().and_then(|(_, page)| page.as_deref());
        let page = page.map_or_else(String::new, |page| format!("    {page}\n"));
        let known_by = match &self.known_by {
            Some((at, id)) => format!("    {severity}, {at}, position {seq}\n    {id}\n"),
            None => format!("    {severity}, position {seq}\n"),
        };
        format!("{}\n{page}{known_by}", self.headline())
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
