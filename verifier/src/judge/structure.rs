//! The head and the tiles: both can be computed from the entries, so both must be what is computed.

use std::collections::BTreeMap;

use ledger::tile::TileId;
use ledger::walk::Outcome;
use ledger::{Code, Finding, Hash, Place};
use record::ids::TenantId;
use store::{Db, HeadRow, StoreError};

pub(super) fn head(
    db: &mut Db<'_>,
    tenant: &TenantId,
    outcome: &Outcome,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let stored = db.stored_head(tenant)?;
    let Some(frontier) = &outcome.frontier else {
        return Ok(());
    };
    let computed = HeadRow {
        size: i64::try_from(outcome.size).unwrap_or(i64::MAX),
        last_leaf: outcome.last_leaf.as_bytes().to_vec(),
        frontier: frontier.to_bytes(),
    };
    let place = |column: &str| Place::Row {
        table: "heads".to_owned(),
        row: format!("{tenant} {column}"),
    };
    let Some(stored) = stored else {
        findings.push(Finding::new(
            Code::HeadAltered,
            place("row"),
            "there is none",
        ));
        return Ok(());
    };
    if stored.size > computed.size {
        findings.push(Finding::new(
            Code::EntryMissing,
            Place::Entries {
                from: outcome.size,
                to: u64::try_from(stored.size - 1).unwrap_or_default(),
            },
            format!("the head says {} entries", stored.size),
        ));
    }
    let columns = [
        ("size", stored.size == computed.size),
        ("last_leaf", stored.last_leaf == computed.last_leaf),
        ("frontier", stored.frontier == computed.frontier),
    ];
    for (column, _) in columns.iter().filter(|(_, same)| !same) {
        let detail = format!("{} entries are there", computed.size);
        findings.push(Finding::new(Code::HeadAltered, place(column), detail));
    }
    Ok(())
}

pub(super) fn tiles(
    db: &mut Db<'_>,
    tenant: &TenantId,
    computed: &BTreeMap<TileId, Hash>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut missing = computed.clone();
    db.each_tile(tenant, |tile| {
        let place = Place::Row {
            table: "tiles".to_owned(),
            row: format!("{}/{}", tile.level, tile.index),
        };
        let id = u8::try_from(tile.level)
            .ok()
            .zip(u64::try_from(tile.index).ok());
        let expected = id.and_then(|(level, index)| missing.remove(&TileId { level, index }));
        if expected != Some(Hash::of(&tile.hashes)) {
            findings.push(Finding::new(
                Code::TileAltered,
                place,
                "other hashes than the entries give",
            ));
        }
    })?;
    findings.extend(missing.into_keys().map(|id| {
        let place = Place::Row {
            table: "tiles".to_owned(),
            row: format!("{}/{}", id.level, id.index),
        };
        Finding::new(Code::TileAltered, place, "the tile is missing")
    }));
    Ok(())
}
