//! What people set right of what was found in one ticket: that something is not involved although its words say so, or is
//! although they do not. Whether a correction still holds is its keeper's business.

use crate::catalog::{Catalog, Indicator};
use crate::classify::Judged;
use crate::finding::{Certainty, Finding};
use crate::ids::IndicatorId;

/// Corrections of one ticket's findings.
#[derive(Default)]
pub struct Corrections<'c> {
    /// Whether somebody said that what was found is not involved.
    pub dismisses: Option<&'c dyn Fn(&Finding) -> bool>,
    /// What somebody said is involved.
    pub added: &'c [IndicatorId],
}

impl Corrections<'_> {
    /// Nothing follows any more from what is dismissed; what is added has what follows from a finding, and no words.
    pub(crate) fn apply(&self, catalog: &Catalog, judged: &mut Judged) {
        if let Some(dismisses) = self.dismisses {
            let found = judged.findings.iter_mut();
            for finding in found.filter(|finding| finding.certainty == Certainty::Suggested) {
                if dismisses(finding) {
                    finding.certainty = Certainty::Dismissed;
                }
            }
        }
        for indicator in catalog.indicators() {
            if !self.added.contains(&indicator.id) {
                continue;
            }
            judged
                .denied
                .retain(|denied| denied.indicator != indicator.id);
            let known = judged
                .findings
                .iter_mut()
                .find(|it| it.indicator == indicator.id);
            match known {
                Some(finding) => finding.certainty = Certainty::Suggested,
                None => judged.findings.push(without_words(indicator)),
            }
        }
        judged
            .findings
            .sort_by(|a, b| a.indicator.cmp(&b.indicator));
    }
}

fn without_words(indicator: &Indicator) -> Finding {
    Finding {
        indicator: indicator.id.clone(),
        title: indicator.title.clone(),
        pack: indicator.pack.clone(),
        score: 0,
        certainty: Certainty::Suggested,
        evidence: Vec::new(),
        evidence_omitted: 0,
        clears: indicator.clears.clone(),
    }
}
