//! What a check can find: a code, a place, what it means and what to do. `docs/LEDGER.md` lists them.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What kind of finding.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What was seen there. Never holds what an entry says.
    pub detail: String,
}

impl Finding {
    /// A finding of this code at this place.
    #[must_use]
    pub fn new(code: Code, place: Place, detail: impl Into<String>) -> Self {
        Self {
            code,
            place,
            detail: detail.into(),
        }
    }
}

impl Finding {
    /// The finding with its place, meaning, verdict and advice, as tools print it in JSON.
    #[must_use]
    pub fn explained(&self) -> Value {
        let mut members = match serde_json::to_value(&self.place) {
            Ok(Value::Object(place)) => place,
            _ => Map::new(),
        };
        members.extend([
            ("code".to_owned(), json!(self.code)),
            ("verdict".to_owned(), json!(self.code.verdict())),
            ("detail".to_owned(), json!(self.detail)),
            ("meaning".to_owned(), json!(self.code.meaning())),
            ("advice".to_owned(), json!(self.code.advice())),
        ]);
        Value::Object(members)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { seq } => write!(f, "entry {seq}"),
            Self::Entries { from, to } => write!(f, "entries {from} to {to}"),
            Self::Row { table, row } => write!(f, "table {table}, row {row}"),
            Self::Line { line } => write!(f, "line {line}"),
            Self::Ledger { ledger } => write!(f, "ledger {ledger}"),
        }
    }
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum Place {
    /// One entry.
    Entry {
        /// Its position.
        seq: u64,
    },
    /// At least one entry of this range, both ends included.
    Entries {
        /// The first that it may be.
        from: u64,
        /// The last that it may be.
        to: u64,
    },
    /// A row beside the entries.
    Row {
        /// The table.
        table: String,
        /// The row's key, and the column where one is known.
        row: String,
    },
    /// A line of a bundle, from 1.
    Line {
        /// Which.
        line: usize,
    },
    /// The ledger as a whole.
    Ledger {
        /// Its name.
        ledger: String,
    },
}

impl Place {
    /// The positions it may concern, first and last; for what is not an entry, those after all entries.
    #[must_use]
    pub const fn positions(&self) -> (u64, u64) {
        match self {
            Self::Entry { seq } => (*seq, *seq),
            Self::Entries { from, to } => (*from, *to),
            Self::Row { .. } | Self::Line { .. } | Self::Ledger { .. } => (u64::MAX, u64::MAX),
        }
    }
}

/// The judgement over a whole run, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// All that was looked at is as it should be.
    Verified,
    /// Sound, but a report did not reach its reader for a day.
    Undelivered,
    /// Sound as far as it goes; something a crash can leave behind is unfinished.
    Incomplete,
    /// Something was changed, removed or put in.
    Altered,
    /// The ledger is not the one that was seen before.
    RolledBack,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verified => "VERIFIED",
            Self::Undelivered => "UNDELIVERED",
            Self::Incomplete => "INCOMPLETE",
            Self::Altered => "ALTERED",
            Self::RolledBack => "ROLLED_BACK",
        })
    }
}

impl Verdict {
    /// The exit code of `countersign-verifier` and `countersign-check`.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Undelivered => 13,
            Self::Incomplete => 10,
            Self::Altered => 11,
            Self::RolledBack => 12,
        }
    }

    /// The worst of the findings' verdicts.
    #[must_use]
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings
            .into_iter()
            .map(|f| f.code.verdict())
            .max()
            .unwrap_or(Self::Verified)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $verdict:ident, $meaning:literal, $advice:literal;)*) => {
        /// The kinds of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Code {
            $($(#[$doc])* #[doc = $meaning] $name,)*
        }

        impl Code {
            /// All codes, for lists and documents.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What a finding of this code makes of the whole.
            #[must_use]
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$name => Verdict::$verdict),* }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),* }
            }

            /// What to do next, in a sentence.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice),* }
            }
        }
    };
}

codes! {
    EntryAltered => Altered,
        "The entry's bytes do not give the hash that was recorded for it.",
        "Compare the entry with a backup or an earlier export, and find out who could write to the database.";
    EntryRewritten => Altered,
        "The entry and its recorded hash were changed together; the entry after it still names the old hash.",
        "Compare the entry with a backup or an earlier export, and find out who could write to the database.";
    EntryMalformed => Altered,
        "The bytes are not an entry in canonical form, though they give the recorded hash.",
        "No release of the server writes such bytes: find out what did.";
    EntryMisplaced => Altered,
        "The entry belongs to another position or another ledger.",
        "Look for entries that were swapped, moved or copied from another tenant.";
    EntryMissing => Altered,
        "Entries are missing from the sequence.",
        "Restore them from a backup; an export that covers them shows what they said.";
    EntryRepeated => Altered,
        "An entry stands where an earlier one already stood.",
        "Look for copied rows or lines.";
    LeafAltered => Altered,
        "The recorded hash of the entry was changed; the entry itself is intact.",
        "The hash can be computed again from the entry. Find out who could write to the database.";
    ColumnAltered => Altered,
        "A look-up column says something else than the entry beside it.",
        "The entry is the truth. Pages that read the column were wrong: restore the row.";
    CheckpointAltered => Altered,
        "A stored checkpoint is not a note of this ledger signed by its key.",
        "Checkpoints kept elsewhere show what it said.";
    CheckpointMismatch => Altered,
        "The entries do not give the root that the ledger's key signed.",
        "One of the entries of the named range was changed together with everything that follows from it.";
    TailMissing => Altered,
        "A signed checkpoint covers entries that are not there.",
        "The end of the ledger was cut off: restore it from a backup.";
    HeadAltered => Altered,
        "The head row does not fit the entries.",
        "The head can be computed again from the entries. Find out who could write to the database.";
    TileAltered => Altered,
        "A stored tile of the tree does not fit the entries.",
        "The tile can be computed again from the entries. Find out who could write to the database.";
    ProjectionAltered => Altered,
        "A row says something else than follows from the entries.",
        "The entries are the truth. Pages that read the row were wrong: restore the row.";
    ProjectionMissing => Altered,
        "A row that follows from the entries is missing.",
        "The entries are the truth: restore the row.";
    ProjectionExtra => Altered,
        "A row does not follow from any entry.",
        "Somebody put it in beside the ledger, or the entry it came from is gone.";
    DisclosureAltered => Altered,
        "A stored value is not the one whose digest stands in the ledger.",
        "Do not rely on the value; the entry that names its digest is intact.";
    DisclosureMissing => Altered,
        "A value that an entry commits to is gone, and no entry says that it was erased.",
        "Restore it from a backup, or record the erasure if it was one.";
    RowForeign => Altered,
        "A row belongs to no tenant of this server.",
        "Look for a changed tenant column or a row copied from another server.";
    BundleAltered => Altered,
        "The bundle is not as it was written.",
        "Ask for the bundle again, and compare the two.";
    ProofFails => Altered,
        "A proof in the bundle does not lead to the signed root.",
        "Ask for the bundle again, and compare the two.";
    DatabaseDamaged => Altered,
        "The database file itself is damaged.",
        "Restore it from a backup; look at the disk.";
    KeyUnknown => Altered,
        "The ledger's key is not the one that was announced or seen before.",
        "Compare the key with the one in the first entry and with the one auditors hold.";
    EntryUnknown => Incomplete,
        "The entry is of a type or version that this release does not know.",
        "Use a verifier that is at least as new as the server.";
    NoCheckpoint => Incomplete,
        "No signed checkpoint covers the ledger's end.",
        "Let the server run for a minute: it signs the head by itself.";
    RolledBack => RolledBack,
        "The ledger is shorter than it was when last seen.",
        "It was restored from an older copy or cut. Entries after the end are lost unless a newer copy exists.";
    Forked => RolledBack,
        "The ledger's beginning is not the one that was seen before.",
        "Its history was rewritten, or it is another ledger of the same name. Compare with copies kept elsewhere.";
    ReportUndelivered => Undelivered,
        "A report waits for more than a day to reach Jira.",
        "See whether the site can be reached and the app is still installed.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides() {
        let finding = |code| Finding::new(code, Place::Entry { seq: 1 }, "");
        assert_eq!(Verdict::of(&[]), Verdict::Verified);
        let found = [
            finding(Code::NoCheckpoint),
            finding(Code::Forked),
            finding(Code::EntryAltered),
        ];
        assert_eq!(Verdict::of(&found).exit_code(), 12);
        assert_eq!(Verdict::of(&found[..1]).exit_code(), 10);
        assert_eq!(Verdict::of(&found[2..]).exit_code(), 11);
    }

    #[test]
    fn a_verdict_has_one_word_for_people_and_programs() {
        for verdict in Code::ALL.iter().map(|code| code.verdict()) {
            assert_eq!(json!(verdict), verdict.to_string());
        }
        assert_eq!(Verdict::of(&[]).to_string(), "VERIFIED");
    }

    #[test]
    fn an_explained_finding_says_where_what_and_what_to_do() {
        let (code, detail) = (Code::EntryMissing, "2 of them");
        let finding = Finding::new(code, Place::Entries { from: 3, to: 4 }, detail);
        let explained = json!({
            "from": 3, "to": 4, "code": "ENTRY_MISSING", "verdict": "ALTERED", "detail": detail,
            "meaning": code.meaning(), "advice": code.advice(),
        });
        assert_eq!(finding.explained(), explained);
    }

    #[test]
    fn findings_stand_in_the_order_of_the_entries_they_concern() {
        let row = Place::Row {
            table: "heads".to_owned(),
            row: "1".to_owned(),
        };
        assert_eq!(Place::Entry { seq: 3 }.positions(), (3, 3));
        assert_eq!(Place::Entries { from: 3, to: 5 }.positions(), (3, 5));
        assert_eq!(row.positions(), (u64::MAX, u64::MAX));
        assert_eq!(row.to_string(), "table heads, row 1");
    }
}
