//! Reading single entries and what stands beside them, for pages.

use diesel::prelude::*;
use ledger::Entry;
use ledger::disclosure::{Disclosure, digests};
use record::ids::{EventId, ModelId, TenantId};

use crate::connection::on_either;
use crate::db::{Db, counted};
use crate::error::StoreError;
use crate::schema::{disclosures, entries, event_models};

/// An entry with its leaf hash, as stored.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// The entry, read from its bytes.
    pub entry: Entry,
    /// The leaf hash, computed from the bytes just read.
    pub leaf: ledger::Hash,
    /// Whether the recorded leaf hash is the computed one.
    pub intact: bool,
}

/// Which entries are wanted. What is none is not looked at.
#[derive(Debug, Clone, Default)]
pub struct EntriesWanted {
    /// Of this type.
    pub kind: Option<&'static str>,
    /// Of this severity.
    pub severity: Option<&'static str>,
    /// About this subject.
    pub subject: Option<String>,
    /// Or about this model besides another subject.
    pub or_model: Option<ModelId>,
    /// Received at this time or later.
    pub from: Option<String>,
    /// Received before this time.
    pub to: Option<String>,
    /// Before this position.
    pub before: Option<u64>,
    /// At this position or later.
    pub at_least: Option<u64>,
    /// The earliest first; else the latest.
    pub earliest_first: bool,
}

impl Db<'_> {
    /// The entry at a position.
    ///
    /// # Errors
    /// If the database fails, or the bytes are not an entry.
    pub fn entry(&mut self, tenant: &TenantId, seq: u64) -> Result<Option<EntryRow>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = entries::table
            .find((tenant.as_str(), counted(seq)))
            .select((entries::bytes, entries::leaf))
            .first(self.conn)
            .optional()?;
        row.map(|(bytes, stored)| {
            let entry = Entry::parse(&bytes)?;
            let leaf = ledger::Hash::leaf(&bytes);
            Ok(EntryRow {
                entry,
                leaf,
                intact: leaf.as_bytes().as_slice() == stored,
            })
        })
        .transpose()
    }

    /// The position of an entry.
    ///
    /// # Errors
    /// If the database fails.
    pub fn position(&mut self, tenant: &TenantId, id: &EventId) -> Result<Option<u64>, StoreError> {
        let seq: Option<i64> = entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::id.eq(id.as_str()))
            .select(entries::seq)
            .first(self.conn)
            .optional()?;
        Ok(seq.map(|seq| seq as u64))
    }

    /// The position of the entry that counts under this key.
    ///
    /// # Errors
    /// If the database fails.
    pub fn position_under(
        &mut self,
        tenant: &TenantId,
        once: &str,
    ) -> Result<Option<u64>, StoreError> {
        let idem = ledger::Hash::of(once.as_bytes());
        let seq: Option<i64> = entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::idem.eq(idem.as_bytes().as_slice()))
            .select(entries::seq)
            .first(self.conn)
            .optional()?;
        Ok(seq.map(|seq| seq as u64))
    }

    /// The positions of the entries about a subject, the latest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn positions_about(
        &mut self,
        tenant: &TenantId,
        subject: &str,
        limit: i64,
    ) -> Result<Vec<u64>, StoreError> {
        let rows: Vec<i64> = entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::subject.eq(subject))
            .order(entries::seq.desc())
            .limit(limit)
            .select(entries::seq)
            .load(self.conn)?;
        Ok(rows.into_iter().map(|seq| seq as u64).collect())
    }

    /// The subjects that begin so and that entries are about, in order; `limit` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn subjects_beginning(
        &mut self,
        tenant: &TenantId,
        beginning: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let end = format!("{beginning}\u{10ffff}");
        Ok(entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::subject.ge(beginning))
            .filter(entries::subject.lt(end))
            .select(entries::subject)
            .distinct()
            .order(entries::subject)
            .limit(limit)
            .load(self.conn)?)
    }

    /// The positions of the entries that are wanted, in the order that is; `limit` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn positions_wanted(
        &mut self,
        tenant: &TenantId,
        wanted: &EntriesWanted,
        limit: i64,
    ) -> Result<Vec<u64>, StoreError> {
        // Boxed queries know one backend each.
        let rows: Vec<i64> = on_either!(self.conn, conn => {
            let mut query = entries::table
                .filter(entries::tenant.eq(tenant.as_str()))
                .limit(limit)
                .select(entries::seq)
                .into_boxed();
            query = match wanted.earliest_first {
                true => query.order(entries::seq.asc()),
                false => query.order(entries::seq.desc()),
            };
            if let Some(kind) = wanted.kind {
                query = query.filter(entries::kind.eq(kind));
            }
            if let Some(severity) = wanted.severity {
                query = query.filter(entries::severity.eq(severity));
            }
            if let Some(subject) = &wanted.subject {
                let about = entries::subject.eq(subject);
                // With an alternative the index by subject is of no use: it is asked only where there is one.
                query = match &wanted.or_model {
                    None => query.filter(about),
                    Some(model) => {
                        let of_model = event_models::table
                            .filter(event_models::tenant.eq(tenant.as_str()))
                            .filter(event_models::model.eq(model.as_str()))
                            .select(event_models::seq);
                        query.filter(about.or(entries::seq.eq_any(of_model)))
                    }
                };
            }
            if let Some(from) = &wanted.from {
                query = query.filter(entries::at.ge(from));
            }
            if let Some(to) = &wanted.to {
                query = query.filter(entries::at.lt(to));
            }
            if let Some(before) = wanted.before {
                query = query.filter(entries::seq.lt(counted(before)));
            }
            if let Some(at_least) = wanted.at_least {
                query = query.filter(entries::seq.ge(counted(at_least)));
            }
            query.load(conn)?
        });
        Ok(rows.into_iter().map(|seq| seq as u64).collect())
    }

    /// The digests by which an entry commits to values of these names that stand beside it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn digests_beside(
        &mut self,
        tenant: &TenantId,
        entry: &Entry,
        names: &[&str],
    ) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for digest in digests(&entry.payload) {
            let text: Option<String> = disclosures::table
                .find((tenant.as_str(), entry.seq as i64, digest))
                .select(disclosures::disclosure)
                .first(self.conn)
                .optional()?;
            let disclosure = text.and_then(|text| Disclosure::parse(&text).ok());
            if disclosure.is_some_and(|disclosure| names.contains(&disclosure.name())) {
                found.push(digest.to_owned());
            }
        }
        Ok(found)
    }

    /// The value of this name beside an entry; none where it was erased or never was. A stored value
    /// whose digest the entry does not name is not given.
    ///
    /// # Errors
    /// If the database fails.
    pub fn beside(
        &mut self,
        tenant: &TenantId,
        entry: &Entry,
        name: &str,
    ) -> Result<Option<serde_json::Value>, StoreError> {
        for digest in digests(&entry.payload) {
            let text: Option<String> = disclosures::table
                .find((tenant.as_str(), entry.seq as i64, digest))
                .select(disclosures::disclosure)
                .first(self.conn)
                .optional()?;
            let disclosure = text
                .and_then(|text| Disclosure::parse(&text).ok())
                .filter(|disclosure| disclosure.digest() == digest && disclosure.name() == name);
            if let Some(disclosure) = disclosure {
                return Ok(Some(disclosure.value().clone()));
            }
        }
        Ok(None)
    }
}
