//! What was said of a ticket's findings, as the panel shows it.

use compliance::Catalog;
use record::entries::{Correction, Payload};
use record::ids::TenantId;
use record::state::Ticket;
use serde::Serialize;
use store::{Db, StoreError};

use crate::statement::Stated;

/// What was last said of one finding.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CorrectionLine {
    /// The indicator, by id.
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// Whether somebody said that it is involved; else, that it is not.
    pub added: bool,
    /// In what role.
    pub role: String,
    /// By whom, where that was not erased.
    pub who: Option<String>,
    /// Why, where that was not erased.
    pub reason: Option<String>,
}

/// What was last said of a ticket's findings; what was taken back is not among it.
pub(crate) fn corrections_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
    catalog: &Catalog,
) -> Result<Vec<CorrectionLine>, StoreError> {
    let mut lines = Vec::new();
    for said in db.corrections(tenant, &ticket.site, &ticket.issue)? {
        let added = match said.correction {
            Correction::Added => true,
            Correction::Dismissed => false,
            Correction::Restored => continue,
        };
        let Some(row) = db.entry(tenant, said.seq)? else {
            continue;
        };
        let Payload::FindingCorrected(corrected) =
            Payload::parse(&row.entry.kind, &row.entry.payload)?
        else {
            continue;
        };
        let Stated { who, reason } = Stated::beside(db, tenant, &row.entry, true)?;
        let mut indicators = catalog.indicators().iter();
        let known = indicators.find(|it| it.id.as_str() == said.indicator);
        lines.push(CorrectionLine {
            title: known.map_or_else(|| said.indicator.clone(), |it| it.title.clone()),
            indicator: said.indicator,
            added,
            role: corrected.by.role,
            who,
            reason,
        });
    }
    Ok(lines)
}
