//! Licences, where whoever runs this server sells the app: what Jira says of a site's, and what its panels do without
//! one. They show, and take no decisions; receiving, ledger, exports and the verifier never ask for a licence.
//!
//! Forge says it with every call. Connect says it in the address of a page that it frames, and nowhere else, so what it
//! said last is kept for the calls of that page, in memory: after a restart a site counts as licensed until Jira
//! frames its next page.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use jira::LicenceState;
use record::ids::SiteId;

use crate::{ActiveSite, Casework};

/// Whether licences count at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Licensing {
    /// No: the app is not sold, and whatever Jira says of a licence means nothing.
    #[default]
    Off,
    /// Yes.
    On,
}

impl FromStr for Licensing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "on" => Ok(Self::On),
            _ => Err("`on` or `off` is expected"),
        }
    }
}

/// A panel takes no decision, because the site has no licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "This site has no active licence for Countersign, so its issues can only be looked at. Nothing was recorded: ask a \
     Jira administrator to renew it."
)]
pub struct NoLicence;

/// What is known of the licences of sites.
#[derive(Debug, Default)]
pub(crate) struct Licences {
    licensing: Licensing,
    /// What Connect said last, by site.
    said: Mutex<HashMap<SiteId, LicenceState>>,
}

impl Licences {
    pub(crate) fn new(licensing: Licensing) -> Self {
        Self {
            licensing,
            said: Mutex::default(),
        }
    }

    /// Where a licence stands of which this was said. Nobody is shut out for what was never said.
    pub(crate) fn judge(&self, said: Option<LicenceState>) -> LicenceState {
        match self.licensing {
            Licensing::Off => LicenceState::Active,
            Licensing::On => said.unwrap_or(LicenceState::Active),
        }
    }

    /// The same, by what Connect said last.
    pub(crate) fn through_connect(&self, site: &SiteId) -> LicenceState {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        self.judge(said.get(site).copied())
    }
}

impl Casework {
    /// Takes in what the signed address of a page said of the licence of the site that it was framed on.
    pub fn licence_said(&self, site: &mut ActiveSite, said: LicenceState) {
        let licences = &self.licences;
        let mut known = licences.said.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(site.site.clone(), said);
        site.licence = licences.judge(Some(said));
    }
}

impl ActiveSite {
    /// Whether something may be decided in its panels.
    #[must_use]
    pub fn is_licensed(&self) -> bool {
        self.licence == LicenceState::Active
    }

    pub(crate) fn demand_licence(&self) -> Result<(), NoLicence> {
        match self.licence {
            LicenceState::Active => Ok(()),
            LicenceState::Missing => Err(NoLicence),
        }
    }
}
