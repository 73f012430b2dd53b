//! Somebody is to be forgotten: the mapping to the account goes, and so does what stands beside the
//! entries about that person. The entries stay, and say that it was done.

use record::entries::{ErasedReason, Payload, PersonalDataErased};
use record::ids::{PersonId, TenantId};
use record::scale::Severity;
use store::{NewEntry, StoreError, Tx};

use crate::error::CaseError;
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
        let erased = self
            .store
            .write(tenant, move |tx| -> Result<usize, CaseError> {
                let digests = about(tx, &person)?;
                let count = digests.len();
                tx.erase_disclosures(&digests)?;
                let once = format!("erased:{person}:{}", digests.join(","));
                let subject = format!("person/{person}");
                tx.append(NewEntry {
                    payload: PersonalDataErased {
                        person,
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
            })
            .await?;
        self.store.empty_log().await?;
        Ok(erased)
    }
}

/// The digests of what stands beside the entries that this person caused or that introduced them.
fn about(tx: &mut Tx<'_>, person: &PersonId) -> Result<Vec<String>, StoreError> {
    let tenant = tx.tenant().clone();
    let mut digests = Vec::new();
    tx.db()
        .each_entry(&tenant, 0, |row| -> Result<(), StoreError> {
            let entry = ledger::Entry::parse(row.bytes)?;
            let theirs = entry.actor.id == person.as_str()
                || matches!(Payload::parse(&entry.kind, &entry.payload)?,
                Payload::PersonRegistered(registered) if registered.person == *person);
            if theirs {
                digests.extend(ledger::disclosure::digests(&entry.payload).map(str::to_owned));
            }
            Ok(())
        })?;
    Ok(digests)
}
