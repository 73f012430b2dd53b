//! Tiles: the tree's hashes in rows of 256, after C2SP tlog-tiles. A tile is kept once it is full and
//! never changes afterwards. Partial tiles are not kept: their hashes stand beside the entries.

use crate::hash::Hash;
use crate::proof::Subtree;
use crate::tree::Frontier;

/// How many hashes a full tile holds.
pub const WIDTH: u64 = 256;

/// Tile `index` of `level`: hashes of the subtrees of `256^level` leaves from `index * 256` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 holds leaf hashes; each level above holds the roots of the tiles below.
    pub level: u8,
    /// Position within the level.
    pub index: u64,
}

impl TileId {
    /// The tile's path in a static tile store: `tile/<level>/<index in groups of three digits>`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        format!("tile/{}/{}", self.level, groups.join("/"))
    }

    /// Where a subtree's hash is found: the tile, and the first and number of its hashes to join.
    #[must_use]
    pub fn of(subtree: Subtree) -> (Self, usize, usize) {
        let height = subtree.level % 8;
        let first = subtree.index << height;
        let tile = Self {
            level: subtree.level / 8,
            index: first / WIDTH,
        };
        (tile, (first % WIDTH) as usize, 1 << height)
    }
}

/// The root over a row of hashes whose number is a power of two.
#[must_use]
pub fn row_root(row: &[Hash]) -> Hash {
    let mut tree = Frontier::empty();
    row.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

/// Collects leaf hashes and gives each tile in the moment it is full.
#[derive(Debug, Clone, Default)]
pub struct Tiler {
    size: u64,
    rows: Vec<Vec<Hash>>,
}

/// A full tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which one.
    pub id: TileId,
    /// 256 hashes one after another: 8,192 bytes.
    pub bytes: Vec<u8>,
}

impl Tiler {
    /// Takes the next leaf hash; gives the tiles that it fills, lowest level first.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        self.size += 1;
        // Allocates nothing until a tile is full.
        let mut filled = Vec::new();
        let mut hash = leaf;
        let mut below = self.size;
        for level in 0.. {
            if self.rows.len() == level {
                self.rows.push(Vec::with_capacity(WIDTH as usize));
            }
            let row = &mut self.rows[level];
            row.push(hash);
            if row.len() < WIDTH as usize {
                break;
            }
            let index = below / WIDTH - 1;
            let bytes = row.iter().flat_map(|hash| *hash.as_bytes()).collect();
            filled.push(Tile {
                id: TileId {
                    level: level as u8,
                    index,
                },
                bytes,
            });
            hash = row_root(row);
            row.clear();
            below /= WIDTH;
        }
        filled
    }
}

/// The tiles that become full when a tree grows from `old` to `new` leaves, lowest level first.
#[must_use]
pub fn filled_between(old: u64, new: u64) -> Vec<TileId> {
    let mut tiles = Vec::new();
    let mut span = WIDTH;
    for level in 0..8 {
        tiles.extend((old / span..new / span).map(|index| TileId { level, index }));
        match span.checked_mul(WIDTH) {
            Some(wider) if wider <= new => span = wider,
            _ => break,
        }
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_when_full_and_hold_what_proofs_need() {
        let leaf = |i: u64| Hash::leaf(&i.to_be_bytes());
        let mut tiler = Tiler::default();
        let mut tiles = Vec::new();
        for i in 0..66_000u64 {
            let filled = tiler.push(leaf(i));
            let ids: Vec<TileId> = filled.iter().map(|tile| tile.id).collect();
            assert_eq!(ids, filled_between(i, i + 1));
            tiles.extend(filled);
        }
        assert_eq!(tiles.len(), 257 + 1);
        let top = tiles
            .iter()
            .find(|tile| tile.id == TileId { level: 1, index: 0 })
            .unwrap();
        let (id, first, count) = TileId::of(Subtree { level: 9, index: 3 });
        assert_eq!((id, first, count), (top.id, 6, 2));
        let row: Vec<Hash> = top.bytes[first * 32..(first + count) * 32]
            .chunks(32)
            .map(|hash| Hash::try_from(hash).unwrap())
            .collect();
        let direct: Vec<Hash> = (3 * 512..4 * 512).map(leaf).collect();
        assert_eq!(row_root(&row), row_root(&direct));
    }
}
