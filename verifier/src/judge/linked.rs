//! Linking: what was examined goes in, entry after entry in the order of the ledger, and is carried on: links
//! and tree, tiles, rows that follow, values that are missing.

use std::collections::BTreeMap;

use ledger::tile::{TileId, Tiler};
use ledger::walk::Walk;
use ledger::{Finding, Hash};
use record::entries::Payload;
use record::ids::PersonId;
use record::state::State;
use store::StoredCheckpoint;

use crate::judge::disclosures::Disclosures;
use crate::judge::entries::Walked;
use crate::judge::examined::{Row, Said};
use crate::judge::settled::Settled;

/// What is carried from entry to entry.
pub(super) struct Linked {
    walk: Walk,
    columns: Vec<Finding>,
    /// What was found beside the entries.
    pub(super) disclosures: Disclosures,
    tiler: Tiler,
    tiles: BTreeMap<TileId, Hash>,
    state: State,
    settled: Settled,
    accounts: BTreeMap<PersonId, String>,
}

impl Linked {
    pub(super) fn over(walk: Walk, columns: Vec<Finding>) -> Self {
        Self {
            walk,
            columns,
            disclosures: Disclosures::default(),
            tiler: Tiler::default(),
            tiles: BTreeMap::new(),
            state: State::default(),
            settled: Settled::default(),
            accounts: BTreeMap::new(),
        }
    }

    /// Takes the row that comes next.
    pub(super) fn take(&mut self, row: Row) {
        let (examined, said) = match row {
            Row::Readable(examined, said) => (examined, said),
            Row::Unreadable(finding) => {
                self.columns.push(finding);
                return;
            }
        };
        for tile in self.tiler.push(examined.leaf()) {
            self.tiles.insert(tile.id, Hash::of(&tile.bytes));
        }
        let counts = self.walk.link(&examined);
        if let Some(said) = said.filter(|_| counts) {
            self.carry(examined.seq(), said);
        }
    }

    fn carry(&mut self, seq: u64, said: Said) {
        self.columns.extend(said.findings);
        let account = self.disclosures.take(seq, said.beside);
        let Some(rows) = said.rows else { return };
        match &rows.payload {
            Payload::PersonRegistered(registered) => {
                if let Some(account) = account {
                    self.accounts.insert(registered.person.clone(), account);
                }
            }
            Payload::PersonalDataErased(erased) => self.disclosures.erased(&erased.digests),
            _ => {}
        }
        self.settled.fold(seq, *rows, &mut self.state);
    }

    /// What all of it leads to.
    pub(super) fn finish(mut self, newest: Option<StoredCheckpoint>) -> Walked {
        self.columns.extend(self.disclosures.finish());
        Walked {
            outcome: self.walk.finish(),
            state: self.state,
            settled: self.settled,
            accounts: self.accounts,
            tiles: self.tiles,
            columns: self.columns,
            newest,
        }
    }
}
