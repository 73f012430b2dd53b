//! Many entries at once: those that lead to no row, of any tenants, in as few statements as there are tenants.
//!
//! Most of the time a ledger is where the last commit of ours left it, and none of the keys counts yet. So that is
//! tried first: the entries are sealed after the head as it is remembered, and the head is moved only if it still is
//! what is remembered. If it is not, or the database refuses a key that counts already, the ledger is asked, under
//! the lock on its head, where it ends and which of the keys count.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use ledger::Hash;
use record::ids::{EventId, TenantId};

use crate::append::{Appended, Drafted, Earlier, earlier, insert_filled_tiles};
use crate::connection::{Connection, on_either, plan_anew};
use crate::db::Db;
use crate::error::StoreError;
use crate::events::queue_linking;
use crate::head::{Head, Heads};
use crate::rows::{DisclosureRow, EntryRow, insert_disclosures, insert_entries};
use crate::schema::entries;

/// What the database says when an entry's place, id or key is taken: SQLite in the words of our own trigger.
const TAKEN: &str = "entries are append-only";

type Outcomes = Vec<Option<Result<Vec<Appended>, StoreError>>>;

/// What belongs together, and where its outcome is to stand.
type Unit<'n> = (usize, &'n [Drafted]);

/// Appends these entries inside the open transaction; gives what became of each, in their order. Those that one caller
/// asked for are kept all or none: where one has not its place they are refused, and no others. `remembered` are heads
/// as commits of ours left them; `heads`, as this transaction did.
///
/// # Errors
/// If the database fails: then nothing of the transaction can be kept. [`is_taken`] says whether it can be carried
/// out all the same by asking first, that is without remembered heads.
pub(crate) fn append_all(
    connection: &mut Connection,
    heads: &mut Heads,
    remembered: &Heads,
    news: &[(TenantId, Vec<Drafted>)],
) -> Result<Vec<Result<Vec<Appended>, StoreError>>, StoreError> {
    let mut by_tenant: BTreeMap<&TenantId, Vec<Unit<'_>>> = BTreeMap::new();
    for (at, (tenant, new)) in news.iter().enumerate() {
        by_tenant
            .entry(tenant)
            .or_default()
            .push((at, new.as_slice()));
    }
    let mut outcomes: Outcomes = Vec::new();
    outcomes.resize_with(news.len(), || None);
    for (tenant, news) in by_tenant {
        let mut db = Db::new(connection);
        let head = match remembered.get(tenant) {
            Some(head) => append_after(&mut db, tenant, head, &news, &mut outcomes)?,
            None => None,
        };
        let head = match head {
            Some(head) => Some(head),
            None => append_at_the_end(&mut db, tenant, heads, &news, &mut outcomes)?,
        };
        heads.extend(head.map(|head| (tenant.clone(), head)));
    }
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or(Err(StoreError::Stopped)))
        .collect())
}

/// Whether an append failed because something of it is there already.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    match error {
        StoreError::Query(Error::DatabaseError(kind, said)) => {
            matches!(kind, DatabaseErrorKind::UniqueViolation) || said.message() == TAKEN
        }
        _ => false,
    }
}

/// Appends after a head that is remembered, with keys none of which counts yet; none if the head is not there.
fn append_after(
    db: &mut Db<'_>,
    tenant: &TenantId,
    before: &Head,
    news: &[Unit<'_>],
    outcomes: &mut Outcomes,
) -> Result<Option<Head>, StoreError> {
    let mut batch = Batch::after(tenant, before.clone());
    batch.seal(news, outcomes);
    if batch.entries.is_empty() || !batch.head.move_from(before, db, tenant.as_str())? {
        return Ok(None);
    }
    batch.insert(db)?;
    Ok(Some(batch.head))
}

/// Appends where the ledger ends, each key that does not count yet; none if the ledger is not where its head says, or a
/// row of it is not what was written: then nothing of this tenant's is appended, and others are none the worse for it.
fn append_at_the_end(
    db: &mut Db<'_>,
    tenant: &TenantId,
    heads: &Heads,
    news: &[Unit<'_>],
    outcomes: &mut Outcomes,
) -> Result<Option<Head>, StoreError> {
    plan_anew(db.conn)?;
    let head = match heads.get(tenant) {
        Some(head) => Ok(head.clone()),
        None => Head::to_move(db, tenant),
    };
    let asked = head.and_then(|head| Ok((head, counted(db, tenant, news)?)));
    let (head, counted) = match asked {
        Ok(asked) => asked,
        Err(error @ (StoreError::HeadMoved | StoreError::Row(_))) => {
            for (at, _) in news {
                outcomes[*at] = Some(Err(error.for_another()));
            }
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut batch = Batch::after(tenant, head);
    batch.counted = counted;
    batch.seal(news, outcomes);
    if !batch.entries.is_empty() {
        batch.insert(db)?;
        batch.head.store(db, tenant.as_str())?;
    }
    Ok(Some(batch.head))
}

/// Those of these keys that count already.
fn counted(
    db: &mut Db<'_>,
    tenant: &TenantId,
    news: &[Unit<'_>],
) -> Result<HashMap<Hash, Appended>, StoreError> {
    let drafts = news.iter().flat_map(|(_, drafts)| drafts.iter());
    let keys: Vec<Hash> = drafts.map(Drafted::idem).collect();
    let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes().as_slice()).collect();
    let earlier_rows = entries::table
        .filter(entries::tenant.eq(tenant.as_str()))
        .filter(entries::idem.eq_any(keys))
        .select((entries::idem, (entries::seq, entries::id, entries::leaf)));
    // For PostgreSQL the keys are one array, so that the statement is the same for any number of them.
    let rows: Vec<(Vec<u8>, Earlier)> = on_either!(db.conn, conn => earlier_rows.load(conn)?);
    rows.into_iter()
        .map(|(idem, row)| {
            let idem = Hash::try_from(idem.as_slice()).map_err(|_| StoreError::Row("entries"))?;
            Ok((idem, earlier(row)?))
        })
        .collect()
}

/// Entries at the end of one tenant's ledger.
struct Batch<'n> {
    tenant: &'n TenantId,
    size_before: u64,
    head: Head,
    counted: HashMap<Hash, Appended>,
    entries: Vec<EntryRow<'n>>,
    disclosures: Vec<DisclosureRow<'n>>,
    to_be_linked: Vec<EventId>,
}

/// How far a batch was before a unit.
struct Mark {
    head: Head,
    entries: usize,
    disclosures: usize,
    to_be_linked: usize,
}

impl<'n> Batch<'n> {
    fn after(tenant: &'n TenantId, head: Head) -> Self {
        Self {
            tenant,
            size_before: head.frontier.size(),
            head,
            counted: HashMap::new(),
            entries: Vec::new(),
            disclosures: Vec::new(),
            to_be_linked: Vec::new(),
        }
    }

    fn seal(&mut self, news: &[Unit<'n>], outcomes: &mut Outcomes) {
        for (at, drafts) in news {
            outcomes[*at] = Some(match drafts {
                [one] => self.seal_one(one).map(|appended| vec![appended]),
                several => self.seal_all(several),
            });
        }
    }

    fn seal_all(&mut self, drafts: &'n [Drafted]) -> Result<Vec<Appended>, StoreError> {
        let before = Mark {
            head: self.head.clone(),
            entries: self.entries.len(),
            disclosures: self.disclosures.len(),
            to_be_linked: self.to_be_linked.len(),
        };
        let sealed: Result<_, _> = drafts.iter().map(|draft| self.seal_one(draft)).collect();
        if sealed.is_err() {
            self.go_back_to(before);
        }
        sealed
    }

    fn go_back_to(&mut self, mark: Mark) {
        let size = mark.head.frontier.size();
        self.counted.retain(|_, appended| appended.seq < size);
        self.head = mark.head;
        self.entries.truncate(mark.entries);
        self.disclosures.truncate(mark.disclosures);
        self.to_be_linked.truncate(mark.to_be_linked);
    }

    /// The entry's place, if it has one already; else the next.
    fn seal_one(&mut self, new: &'n Drafted) -> Result<Appended, StoreError> {
        let idem = new.idem();
        if let Some(earlier) = self.counted.get(&idem) {
            return Ok(earlier.clone());
        }
        let (seq, prev) = (self.head.frontier.size(), self.head.last_leaf);
        let row = EntryRow::of(
            self.tenant,
            new.written.draft(),
            seq,
            new.written.at(seq, prev)?,
        );
        let appended = Appended {
            seq,
            id: new.id.clone(),
            leaf: row.leaf,
            fresh: true,
        };
        self.head.frontier.push(row.leaf);
        self.head.last_leaf = row.leaf;
        self.entries.push(row);
        let beside = new.beside.iter();
        self.disclosures
            .extend(beside.map(|hidden| DisclosureRow::of(self.tenant, seq, hidden)));
        if new.to_be_linked {
            self.to_be_linked.push(new.id.clone());
        }
        let again = Appended {
            fresh: false,
            ..appended.clone()
        };
        self.counted.insert(idem, again);
        Ok(appended)
    }

    fn insert(&self, db: &mut Db<'_>) -> Result<(), StoreError> {
        insert_entries(db.conn, &self.entries)?;
        insert_disclosures(db.conn, &self.disclosures)?;
        queue_linking(db.conn, self.tenant, &self.to_be_linked)?;
        insert_filled_tiles(db, self.tenant, self.size_before, self.head.frontier.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::origin_of;
    use ledger::disclosure::Hidden;
    use ledger::entry::{Draft, MAX_BYTES};
    use ledger::{Actor, ActorKind};
    use ulid::Ulid;

    fn drafted(tenant: &TenantId, once: u8, length: usize) -> Drafted {
        let id = EventId::from_ulid(Ulid::generate());
        let draft = Draft {
            id: id.as_str().to_owned(),
            idem: Hash::of(&[once]),
            at: crate::now(),
            kind: "CONFIG_CHANGE".to_owned(),
            source: "API".to_owned(),
            severity: "INFO".to_owned(),
            subject: "events".to_owned(),
            actor: Actor {
                id: "countersign-server".to_owned(),
                kind: ActorKind::System,
            },
            payload: [("x".to_owned(), "y".repeat(length).into())]
                .into_iter()
                .collect(),
        };
        Drafted {
            id,
            written: draft.written(&origin_of(tenant)).unwrap(),
            beside: Vec::new(),
            to_be_linked: true,
        }
    }

    #[test]
    fn a_large_value_beside_an_entry_counts_as_many_pieces() {
        let tenant = TenantId::from_ulid(Ulid::generate());
        let mut entry = drafted(&tenant, 1, 1);
        assert_eq!(entry.pieces(), 1);
        let large = "x".repeat(1_048_576).into();
        entry.beside.push(Hidden::new(&[0; 16], "payload", &large));
        assert!(entry.pieces() > 16, "{}", entry.pieces());
    }

    #[test]
    fn what_belongs_together_is_sealed_all_or_none_and_the_next_follows_what_was_before() {
        let tenant = TenantId::from_ulid(Ulid::generate());
        let mut batch = Batch::after(&tenant, Head::of(None).unwrap());
        // The longest entry there can be at a place of one digit: too long for one of two.
        let short = drafted(&tenant, 0, 1).written.at(0, Hash::NONE).unwrap();
        let longest = 1 + MAX_BYTES - short.len();
        let units = [
            (10..20).map(|once| drafted(&tenant, once, 1)).collect(),
            vec![drafted(&tenant, 2, 1), drafted(&tenant, 3, longest)],
            vec![drafted(&tenant, 2, 1), drafted(&tenant, 4, 1)],
        ];
        let news: Vec<Unit<'_>> = units.iter().map(Vec::as_slice).enumerate().collect();
        let mut outcomes: Outcomes = std::iter::repeat_with(|| None).take(3).collect();
        batch.seal(&news, &mut outcomes);
        let [first, second, third] = outcomes.as_slice() else {
            unreachable!()
        };
        assert!(matches!(first, Some(Ok(appended)) if appended.len() == 10));
        assert!(matches!(second, Some(Err(StoreError::Entry(_)))));
        let third = third.as_ref().unwrap().as_ref().unwrap();
        let places: Vec<_> = third.iter().map(|one| (one.seq, one.fresh)).collect();
        assert_eq!(places, [(10, true), (11, true)]);
        assert_eq!((batch.entries.len(), batch.to_be_linked.len()), (12, 12));
        assert_eq!(batch.head.frontier.size(), 12);
    }
}
