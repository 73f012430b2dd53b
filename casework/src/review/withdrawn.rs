//! Taking a decision back. Whoever made the decision that stands may, with or without the right to make it anew: it only
//! ever closes. Nobody takes back another's.

use record::entries::{Decision, Payload};
use record::ids::{AccountId, IssueId};
use record::state::ApprovalState;
use store::StoreError;

use super::EMAIL;
use crate::error::CaseError;
use crate::reviewers::{Entitled, Right};
use crate::{ActiveSite, Casework};

impl Casework {
    /// By what right this account made the decision that stands; none if it made none.
    pub(super) async fn maker(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        account: &AccountId,
    ) -> Result<Option<Entitled>, CaseError> {
        let (tenant, site, issue) = (site.tenant.clone(), site.site.clone(), issue.clone());
        let account = account.clone();
        let made = self.store.read(move |db| -> Result<_, CaseError> {
            let Some(person) = db.person_of(&tenant, &site, &account)? else {
                return Ok(None);
            };
            let decisions = db.approvals(&tenant, &site, &issue)?.into_iter();
            let standing = decisions
                .filter(|made| made.state == ApprovalState::Counting)
                .filter(|made| made.decision != Decision::Withdrawn.as_str())
                .find(|made| made.reviewer == person);
            let Some(standing) = standing else {
                return Ok(None);
            };
            let row = db.entry(&tenant, standing.seq)?;
            let entry = row.ok_or(StoreError::Row("entries"))?.entry;
            let said = Payload::parse(&entry.kind, &entry.payload).map_err(StoreError::from)?;
            let Payload::HumanReview(review) = said else {
                return Err(CaseError::Unreadable("a decision"));
            };
            let mut text = |name| -> Result<Option<String>, StoreError> {
                let value = db.beside(&tenant, &entry, name)?;
                Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
            };
            Ok(Some(Entitled {
                display_name: text("displayName")?.unwrap_or_default(),
                email: text(EMAIL)?,
                right: Right {
                    role: review.reviewer.role,
                    role_source: review.reviewer.role_source,
                    speaks_for: review.reviewer.speaks_for.into_iter().collect(),
                },
                in_place_of: review.reviewer.in_place_of,
                places: Vec::new(),
                takes_back: Some((review.needs, review.scope)),
            }))
        });
        made.await
    }
}
