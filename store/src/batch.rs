//! Many entries at once: those that lead to no row, of any tenants, in as few statements as there are tenants.
//! One query finds those that count already; the rest is sealed in memory, one after another, and inserted.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use ledger::disclosure::Disclosure;
use ledger::{Entry, Hash};
use record::ids::TenantId;

use crate::append::{Appended, Earlier, NewEntry, draft, earlier, insert_filled_tiles};
use crate::connection::{Connection, on_either};
use crate::db::Db;
use crate::error::StoreError;
use crate::head::Head;
use crate::rows::{DisclosureRow, EntryRow, insert_disclosures, insert_entries};
use crate::savepoint::Heads;
use crate::schema::entries;
use crate::tenant::origin_of;

/// Appends these entries inside the open transaction; gives what became of each, in their order. One that has not
/// its form is refused alone.
///
/// # Errors
/// If the database fails: then nothing of the transaction can be kept.
pub(crate) fn append_all(
    connection: &mut Connection,
    heads: &mut Heads,
    news: Vec<(TenantId, NewEntry)>,
) -> Result<Vec<Result<Appended, StoreError>>, StoreError> {
    let mut by_tenant: BTreeMap<TenantId, Vec<(usize, NewEntry)>> = BTreeMap::new();
    let count = news.len();
    for (at, (tenant, new)) in news.into_iter().enumerate() {
        by_tenant.entry(tenant).or_default().push((at, new));
    }
    let mut outcomes: Vec<Option<Result<Appended, StoreError>>> = Vec::new();
    outcomes.resize_with(count, || None);
    for (tenant, news) in by_tenant {
        let mut ledger = Ledger::open(Db::new(connection), tenant, heads)?;
        ledger.find_earlier(&news)?;
        for (at, new) in &news {
            outcomes[*at] = Some(ledger.seal(new));
        }
        ledger.store(heads)?;
    }
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or(Err(StoreError::Stopped)))
        .collect())
}

/// One tenant's ledger while a batch is put at its end.
struct Ledger<'c> {
    db: Db<'c>,
    tenant: TenantId,
    head: Head,
    size_before: u64,
    counted: HashMap<Hash, Appended>,
    entries: Vec<EntryRow>,
    disclosures: Vec<DisclosureRow>,
}

impl<'c> Ledger<'c> {
    fn open(mut db: Db<'c>, tenant: TenantId, heads: &Heads) -> Result<Self, StoreError> {
        let head = match heads.get(&tenant) {
            Some(head) => head.clone(),
            None => Head::to_move(&mut db, &tenant)?,
        };
        Ok(Self {
            db,
            tenant,
            size_before: head.frontier.size(),
            head,
            counted: HashMap::new(),
            entries: Vec::new(),
            disclosures: Vec::new(),
        })
    }

    fn find_earlier(&mut self, news: &[(usize, NewEntry)]) -> Result<(), StoreError> {
        let keys: Vec<Hash> = news.iter().map(|(_, new)| new.idem()).collect();
        let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes().as_slice()).collect();
        let earlier_rows = entries::table
            .filter(entries::tenant.eq(self.tenant.as_str()))
            .filter(entries::idem.eq_any(keys))
            .select((entries::idem, (entries::seq, entries::id, entries::leaf)));
        // For PostgreSQL the keys are one array, so that the statement is the same for any number of them.
        let rows: Vec<(Vec<u8>, Earlier)> =
            on_either!(self.db.conn, conn => earlier_rows.load(conn)?);
        for (idem, row) in rows {
            let idem = Hash::try_from(idem.as_slice()).map_err(|_| StoreError::Row("entries"))?;
            self.counted.insert(idem, earlier(row)?);
        }
        Ok(())
    }

    /// The entry's place, if it has one already; else the next.
    fn seal(&mut self, new: &NewEntry) -> Result<Appended, StoreError> {
        let idem = new.idem();
        if let Some(earlier) = self.counted.get(&idem) {
            return Ok(earlier.clone());
        }
        let (draft, beside) = draft(new, idem)?;
        let (seq, prev) = (self.head.frontier.size(), self.head.last_leaf);
        let (entry, bytes) = Entry::seal(draft, &origin_of(&self.tenant), seq, prev)?;
        let leaf = Hash::leaf(&bytes);
        let appended = Appended {
            seq,
            id: entry.id.parse().map_err(|_| StoreError::Row("entries"))?,
            leaf,
            fresh: true,
        };
        self.head.frontier.push(leaf);
        self.head.last_leaf = leaf;
        self.keep(EntryRow::of(&self.tenant, &entry, bytes, leaf), &beside);
        let again = Appended {
            fresh: false,
            ..appended.clone()
        };
        self.counted.insert(idem, again);
        Ok(appended)
    }

    fn keep(&mut self, row: EntryRow, beside: &[Disclosure]) {
        let disclosures = beside
            .iter()
            .map(|disclosure| DisclosureRow::of(&self.tenant, row.seq, disclosure));
        self.disclosures.extend(disclosures);
        self.entries.push(row);
    }

    fn store(mut self, heads: &mut Heads) -> Result<(), StoreError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        insert_entries(self.db.conn, &self.entries)?;
        insert_disclosures(self.db.conn, &self.disclosures)?;
        let size = self.head.frontier.size();
        insert_filled_tiles(&mut self.db, &self.tenant, self.size_before, size)?;
        self.head.store(&mut self.db, self.tenant.as_str())?;
        heads.insert(self.tenant, self.head);
        Ok(())
    }
}
