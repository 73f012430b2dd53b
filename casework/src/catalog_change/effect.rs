//! What a change of the catalog means for tickets, counted up.

use std::collections::BTreeMap;

use compliance::assessment::FrameworkMatch;
use compliance::requirement_set::RequirementSet;
use serde::Serialize;
use utoipa::ToSchema;

/// What it means for a page of open tickets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEffect {
    /// The version of the catalog that they were assessed with: a hash over its packs and the organisation's answers.
    pub catalog: String,
    /// How many open tickets the page has.
    pub read: usize,
    /// How many of them nothing is recorded of: they are assessed once they are edited.
    pub not_recorded: usize,
    /// How many of them could not be read as a whole.
    pub unreadable: usize,
    /// How many of them get another verdict: other requirements, severity or risk.
    pub changed: usize,
    /// How many of those have an approval that no longer counts then.
    pub stale: usize,
    /// By requirement, those that change.
    pub requirements: Vec<RequirementEffect>,
    /// By framework, those that change.
    pub frameworks: Vec<FrameworkEffect>,
    /// Requirements that pull in different directions in tickets where they did not.
    pub conflicts: Vec<ConflictEffect>,
    /// The tickets that get another verdict.
    pub tickets: Vec<TicketEffect>,
    /// Where the next page begins, to be sent as `from`; nothing after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What it means for one requirement.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequirementEffect {
    /// Its id.
    #[schema(example = "REQ-ACC-ADMIN-MFA")]
    pub id: String,
    /// Its name.
    pub title: String,
    /// How many tickets ask for it that did not.
    pub gained: usize,
    /// How many no longer do.
    pub lost: usize,
    /// How many ask for it with other values or sources.
    pub changed: usize,
}

/// What it means for one framework.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkEffect {
    /// Its id.
    #[schema(example = "pci_dss")]
    pub id: String,
    /// In how many tickets it is listed where it was not.
    pub gained: usize,
    /// In how many it no longer is.
    pub lost: usize,
}

/// Requirements that pull in different directions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictEffect {
    /// Which, by id.
    pub between: Vec<String>,
    /// How to serve both.
    pub note: String,
    /// In how many tickets they did not meet before.
    pub tickets: usize,
}

/// What it means for one ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketEffect {
    /// Its key.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// Requirements that it asks for then, by id.
    pub gained: Vec<String>,
    /// Requirements that it no longer asks for, by id.
    pub lost: Vec<String>,
    /// How much it matters then: INFO, LOW, MEDIUM, HIGH or CRITICAL.
    pub severity: &'static str,
    /// Whether an approval no longer counts then.
    pub stale: bool,
}

/// Counts.
#[derive(Default)]
pub(super) struct Tally {
    requirements: BTreeMap<String, RequirementEffect>,
    frameworks: BTreeMap<String, FrameworkEffect>,
    conflicts: BTreeMap<Vec<String>, ConflictEffect>,
}

impl Tally {
    /// One ticket's requirements, before and after.
    pub(super) fn add(&mut self, before: &RequirementSet, after: &RequirementSet) {
        for requirement in &after.requirements {
            match before.get(requirement.id.as_str()) {
                None => self.of(requirement.id.as_str(), &requirement.title).gained += 1,
                Some(known) if known != requirement => {
                    self.of(requirement.id.as_str(), &requirement.title).changed += 1;
                }
                Some(_) => {}
            }
        }
        for requirement in &before.requirements {
            if after.get(requirement.id.as_str()).is_none() {
                self.of(requirement.id.as_str(), &requirement.title).lost += 1;
            }
        }
        for conflict in &after.conflicts {
            if before
                .conflicts
                .iter()
                .any(|known| known.between == conflict.between)
            {
                continue;
            }
            let between: Vec<String> = conflict.between.iter().map(ToString::to_string).collect();
            let new = || ConflictEffect {
                between: between.clone(),
                note: conflict.note.clone(),
                tickets: 0,
            };
            self.conflicts
                .entry(between.clone())
                .or_insert_with(new)
                .tickets += 1;
        }
    }

    /// One ticket's frameworks, before and after.
    pub(super) fn frameworks(&mut self, before: &[String], after: &[FrameworkMatch]) {
        let effect = |id: &str| FrameworkEffect {
            id: id.to_owned(),
            gained: 0,
            lost: 0,
        };
        for framework in after {
            let id = framework.id.as_str();
            if !before.iter().any(|known| known == id) {
                let known = self.frameworks.entry(id.to_owned());
                known.or_insert_with(|| effect(id)).gained += 1;
            }
        }
        for id in before {
            if !after.iter().any(|framework| framework.id.as_str() == id) {
                let known = self.frameworks.entry(id.clone());
                known.or_insert_with(|| effect(id)).lost += 1;
            }
        }
    }

    fn of(&mut self, id: &str, title: &str) -> &mut RequirementEffect {
        let new = || RequirementEffect {
            id: id.to_owned(),
            title: title.to_owned(),
            gained: 0,
            lost: 0,
            changed: 0,
        };
        self.requirements.entry(id.to_owned()).or_insert_with(new)
    }

    pub(super) fn requirements(&mut self) -> Vec<RequirementEffect> {
        std::mem::take(&mut self.requirements)
            .into_values()
            .collect()
    }

    pub(super) fn all_frameworks(&mut self) -> Vec<FrameworkEffect> {
        std::mem::take(&mut self.frameworks).into_values().collect()
    }

    pub(super) fn conflicts(&mut self) -> Vec<ConflictEffect> {
        std::mem::take(&mut self.conflicts).into_values().collect()
    }
}
