//! What a change of the catalog means, page by page and added up.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::printable::Printable;

/// The most issues that are named.
const MOST_NAMED: usize = 1_000;

/// What it means for open issues.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEffect {
    /// How many were read.
    pub read: u64,
    /// How many of them nothing is recorded of.
    pub not_recorded: u64,
    /// How many of them could not be read as a whole.
    pub unreadable: u64,
    /// How many get another verdict.
    pub changed: u64,
    /// How many of those have an approval that no longer counts then.
    pub stale: u64,
    /// By requirement.
    pub requirements: Vec<Requirement>,
    /// By framework.
    pub frameworks: Vec<Framework>,
    /// Requirements that begin to pull in different directions.
    pub conflicts: Vec<Conflict>,
    /// The issues that get another verdict.
    pub tickets: Vec<Ticket>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// What it means for one requirement.
#[derive(Debug, Deserialize)]
pub struct Requirement {
    /// Its id.
    pub id: Printable,
    /// Its name.
    pub title: Printable,
    /// How many issues ask for it that did not.
    pub gained: u64,
    /// How many no longer do.
    pub lost: u64,
    /// How many ask for it with other values or sources.
    pub changed: u64,
}

/// What it means for one framework.
#[derive(Debug, Deserialize)]
pub struct Framework {
    /// Its id.
    pub id: Printable,
    /// In how many issues it is listed where it was not.
    pub gained: u64,
    /// In how many it no longer is.
    pub lost: u64,
}

/// Requirements that pull in different directions.
#[derive(Debug, Deserialize)]
pub struct Conflict {
    /// Which.
    pub between: Vec<Printable>,
    /// How to serve both.
    pub note: Printable,
    /// In how many issues they did not meet before.
    pub tickets: u64,
}

/// What it means for one issue.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    /// Its key.
    pub ticket: Printable,
    /// Whether an approval no longer counts then.
    pub stale: bool,
}

impl CatalogEffect {
    /// This and another page.
    pub fn add(&mut self, page: Self) {
        self.read += page.read;
        self.not_recorded += page.not_recorded;
        self.unreadable += page.unreadable;
        self.changed += page.changed;
        self.stale += page.stale;
        let mut requirements: BTreeMap<Printable, Requirement> = BTreeMap::new();
        for one in std::mem::take(&mut self.requirements)
            .into_iter()
            .chain(page.requirements)
        {
            match requirements.get_mut(&one.id) {
                Some(known) => {
                    known.gained += one.gained;
                    known.lost += one.lost;
                    known.changed += one.changed;
                }
                None => drop(requirements.insert(one.id.clone(), one)),
            }
        }
        self.requirements = requirements.into_values().collect();
        let mut frameworks: BTreeMap<Printable, Framework> = BTreeMap::new();
        for one in std::mem::take(&mut self.frameworks)
            .into_iter()
            .chain(page.frameworks)
        {
            match frameworks.get_mut(&one.id) {
                Some(known) => {
                    known.gained += one.gained;
                    known.lost += one.lost;
                }
                None => drop(frameworks.insert(one.id.clone(), one)),
            }
        }
        self.frameworks = frameworks.into_values().collect();
        for one in page.conflicts {
            match self
                .conflicts
                .iter_mut()
                .find(|known| known.between == one.between)
            {
                Some(known) => known.tickets += one.tickets,
                None => self.conflicts.push(one),
            }
        }
        let room = MOST_NAMED.saturating_sub(self.tickets.len());
        self.tickets.extend(page.tickets.into_iter().take(room));
    }

    /// The whole, for programs.
    #[must_use]
    pub fn in_json(&self) -> Value {
        let requirements = self.requirements.iter().map(|it| {
            json!({ "id": it.id.as_str(), "title": it.title.as_str(), "gained": it.gained, "lost": it.lost,
                "changed": it.changed })
        });
        let frameworks = self
            .frameworks
            .iter()
            .map(|it| json!({ "id": it.id.as_str(), "gained": it.gained, "lost": it.lost }));
        let conflicts = self.conflicts.iter().map(|it| {
            let between: Vec<&str> = it.between.iter().map(Printable::as_str).collect();
            json!({ "between": between, "note": it.note.as_str(), "tickets": it.tickets })
        });
        let tickets = self
            .tickets
            .iter()
            .map(|it| json!({ "ticket": it.ticket.as_str(), "stale": it.stale }));
        json!({
            "read": self.read, "notRecorded": self.not_recorded, "unreadable": self.unreadable,
            "changed": self.changed, "stale": self.stale,
            "requirements": requirements.collect::<Vec<_>>(), "frameworks": frameworks.collect::<Vec<_>>(),
            "conflicts": conflicts.collect::<Vec<_>>(), "tickets": tickets.collect::<Vec<_>>(),
        })
    }
}
