//! The head and the tiles: both can be computed from the entries, so both must be what is computed.

use std::collections::BTreeMap;

use ledger::tile::TileId;
use ledger::walk::Outcome;
use ledger::{Code, Finding, Frontier, Hash, Place};
use record::ids::TenantId;
use store::{Db, StoreError};

pub(super) fn head(
    db: &mut Db<'_>,
    tenant: &TenantId,
    outcome: &Outcome,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let place = |column: &str| Place::Row {
        table: "heads".to_owned(),
        row: format!("{tenant} {column}"),
    };
    let Some(stored) = db.stored_head(tenant)? else {
        findings.push(Finding::new(
            Code::HeadAltered,
            place("row"),
            "there is none",
        ));
        return Ok(());
    };
    let size = i64::try_from(outcome.size).unwrap_or(i64::MAX);
    if stored.size > size {
        findings.push(Finding::new(
            Code::EntryMissing,
            Place::Entries {
                from: outcome.size,
                to: u64::try_from(stored.size - 1).unwrap_or_default(),
            },
            format!("the head says {} entries", stored.size),
        ));
    }
    let frontier = outcome.frontier.as_ref().map(Frontier::to_bytes);
    let last_leaf = outcome.last_leaf.as_bytes().as_slice();
    let columns = [
        ("size", stored.size == size),
        (
            "last_leaf",
            frontier.is_none() || stored.last_leaf == last_leaf,
        ),
        (
            "frontier",
            frontier.is_none_or(|frontier| stored.frontier == frontier),
        ),
    ];
    for (column, _) in columns.iter().filter(|(_, same)| !same) {
        let detail = format!("{size} entries are there");
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
