//! Somebody is to be forgotten: the mapping to the account goes, and so does what stands beside the entries about that
//! person. Or all goes that stands beside one entry. The entries stay, and say that it was done.

use record::entries::{ErasedReason, Payload, PersonalDataErased};
use record::ids::{EventId, PersonId, TenantId};
use record::scale::Severity;
use store::{NewEntry, StoreError, Tx};

use crate::error::CaseError;
use crate::linking::{ASSIGNEE, REPORTER};
use crate::{Casework, server};

impl Casework {
    /// Erases what is kept of a person; gives how many values went.
    ///
    /// # Errors
    /// If the store fails. Then nothing was erased, or it was and the database's log still has it: asked for once more,
    /// the log is emptied.
    pub async fn erase_person(
        &self,
        tenant: &TenantId,
        person: PersonId,
        reason: ErasedReason,
    ) -> Result<usize, CaseError> {
        let erased = self.store.write(tenant, move |tx| {
            let beside = about(tx, &person)?;
            let subject = format!("person/{person}");
            erase(tx, (Some(person), None), subject, reason, beside)
        });
        let erased = erased.await?;
        self.store.empty_log().await?;
        Ok(erased)
    }

    /// Erases all that stands beside an entry; gives how many values went, none if there is no such entry.
    ///
    /// # Errors
    /// As for a person.
    pub async fn erase_beside(
        &self,
        tenant: &TenantId,
        event: EventId,
        reason: ErasedReason,
    ) -> Result<Option<usize>, CaseError> {
        let erased = self.store.write(tenant, move |tx| -> Result<_, CaseError> {
            let tenant = tx.tenant().clone();
            let Some(seq) = tx.db().position(&tenant, &event)? else {
                return Ok(None);
            };
            let Some(row) = tx.db().entry(&tenant, seq)? else {
                return Ok(None);
            };
            let digests = ledger::disclosure::digests(&row.entry.payload);
            let beside = vec![(seq, digests.map(str::to_owned).collect())];
            let subject = row.entry.subject;
            erase(tx, (None, Some(event)), subject, reason, beside).map(Some)
        });
        let erased = erased.await?;
        self.store.empty_log().await?;
        Ok(erased)
    }
}

/// An entry's position, and the digests of what is to go beside it.
type Beside = (u64, Vec<String>);

fn erase(
    tx: &mut Tx<'_>,
    (person, event): (Option<PersonId>, Option<EventId>),
    subject: String,
    reason: ErasedReason,
    beside: Vec<Beside>,
) -> Result<usize, CaseError> {
    for (seq, digests) in &beside {
        tx.erase_disclosures(*seq, digests)?;
    }
    let digests: Vec<String> = beside
        .into_iter()
        .flat_map(|(_, digests)| digests)
        .collect();
    let count = digests.len();
    let whose = person.as_ref().map_or("", |person| person.as_str());
    let once = match &event {
        Some(event) => format!("erased:{event}"),
        None => format!("erased:{whose}:{}", digests.join(",")),
    };
    tx.append(NewEntry {
        payload: PersonalDataErased {
            person,
            event,
            reason,
            digests,
        }
        .into(),
        beside: Vec::new(),
        subject,
        severity: Severity::Low,
        actor: server(),
        source: "COUNTERSIGN",
        once,
    })?;
    Ok(count)
}

/// What stands beside the entries that this person caused or that introduced them, and that person's name beside links.
fn about(tx: &mut Tx<'_>, person: &PersonId) -> Result<Vec<Beside>, StoreError> {
    let tenant = tx.tenant().clone();
    let (mut beside, mut named) = (Vec::new(), Vec::new());
    tx.db()
        .each_entry(&tenant, 0, |row| -> Result<(), StoreError> {
            let entry = ledger::Entry::parse(row.bytes)?;
            let said = Payload::parse(&entry.kind, &entry.payload)?;
            let theirs = entry.actor.id == person.as_str()
                || matches!(&said, Payload::PersonRegistered(registered) if registered.person == *person);
            if theirs {
                let digests = ledger::disclosure::digests(&entry.payload);
                beside.push((entry.seq, digests.map(str::to_owned).collect()));
            } else if let Payload::LinkAdded(link) = said {
                let names = [(ASSIGNEE, link.assignee), (REPORTER, link.reporter)];
                let names = names.into_iter().filter(|(_, who)| who.as_ref() == Some(person));
                let names: Vec<&str> = names.map(|(name, _)| name).collect();
                if !names.is_empty() {
                    named.push((entry, names));
                }
            }
            Ok(())
        })?;
    for (entry, names) in named {
        beside.push((entry.seq, tx.db().digests_beside(&tenant, &entry, &names)?));
    }
    Ok(beside)
}
