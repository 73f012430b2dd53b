//! People: who stands for which account. A row that was pointed at another account would put a decision
//! into somebody else's mouth, so it is compared with what stands beside the entry.

use std::collections::BTreeMap;

use ledger::{Code, Finding, Place};
use record::ids::{PersonId, TenantId};
use record::state::State;
use store::{Db, StoreError};

pub(super) fn compare(
    db: &mut Db<'_>,
    tenant: &TenantId,
    state: &State,
    accounts: &BTreeMap<PersonId, String>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut missing = state.people.clone();
    for row in db.people(tenant)? {
        let (person, account) = match row {
            Ok(row) => row,
            Err(place) => {
                findings.push(finding(
                    Code::ProjectionAltered,
                    &place,
                    "a value without its form",
                ));
                continue;
            }
        };
        let key = person.person.to_string();
        match missing.remove(&person.person) {
            None => findings.push(finding(Code::ProjectionExtra, &key, "no entry leads to it")),
            Some(expected) if expected != person => {
                findings.push(finding(Code::ProjectionAltered, &key, "column site or seq"));
            }
            Some(_) if accounts.get(&person.person) != Some(&account) => {
                findings.push(finding(Code::ProjectionAltered, &key, "column account_id"));
            }
            Some(_) => {}
        }
    }
    findings.extend(missing.keys().map(|person| {
        finding(
            Code::ProjectionMissing,
            person.as_str(),
            "an entry leads to it",
        )
    }));
    Ok(())
}

fn finding(code: Code, row: &str, detail: &str) -> Finding {
    Finding::new(
        code,
        Place::Row {
            table: "people".to_owned(),
            row: row.to_owned(),
        },
        detail,
    )
}
