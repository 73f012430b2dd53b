//! Somebody decides on a ticket. The decision is bound to what that person saw: the ticket's content and
//! the requirement set. If either is no longer what it was, nothing is recorded.

mod authors;
mod grammar;
mod heard;
mod named;
mod since;
mod steps;
mod withdrawn;

use std::collections::BTreeSet;

use record::entries::{
    Decision, HumanReview, Needs, ReviewRules, ReviewScope, ReviewType, ReviewVia,
};
use record::ids::{AccountId, EventId, IssueId, PersonId, ProjectKey, SiteId};
use record::scale::{RiskTenths, Severity};
use record::state::{Approval, ApprovalState, Settings};
use serde_json::Value;
use store::{Appended, NewEntry, StoreError, Tx};

use crate::assess::Judged;
use crate::effects::announce;
use crate::emergency::tell_decided;
use crate::error::CaseError;
use crate::licence::NoLicence;
use crate::linking::{LinkedCommit, linked_commits};
use crate::people::person_for;
use crate::reviewers::{Entitled, NotAReviewer};
use crate::sites::demand_same_token;
use crate::{ActiveSite, Casework, person, subject_of};

/// The longest comment that is kept, in characters.
const LONGEST_COMMENT: usize = 4_000;

/// The name of the reviewer's e-mail address.
pub(crate) const EMAIL: &str = "email";
/// The name of a comment on a ticket that a security level hides: shown in the ticket's own panel, and nowhere else.
pub(crate) const HIDDEN_COMMENT: &str = "commentInPanel";

/// What somebody decided, and on what.
#[derive(Clone)]
pub struct ReviewRequest {
    /// Who, as the platform signed it.
    pub account: AccountId,
    /// On which ticket, as the platform signed it.
    pub issue: IssueId,
    /// What.
    pub decision: Decision,
    /// Why, in that person's words.
    pub comment: String,
    /// The assessment that the person saw.
    pub seen: EventId,
    /// The latest link of a commit that the person saw, where the decision would cover the code.
    pub covers: Option<EventId>,
}

impl std::fmt::Debug for ReviewRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReviewRequest")
            .field("issue", &self.issue)
            .finish_non_exhaustive()
    }
}

/// That a decision was made in Jira itself.
struct Through {
    /// Through what.
    via: ReviewVia,
    /// When, as Jira says.
    at: String,
    /// The key under which it counts once.
    once: String,
}

/// Why a decision was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReviewRefused {
    /// The person may not decide.
    #[error(transparent)]
    NotAReviewer(#[from] NotAReviewer),
    /// The site has no licence.
    #[error(transparent)]
    NoLicence(#[from] NoLicence),
    /// What the person saw is not what is there.
    #[error(
        "The issue changed since you opened it. Nothing was recorded: read it again, then decide."
    )]
    Changed,
    /// A rejection says why.
    #[error("Say why you reject: the comment is empty. Nothing was recorded.")]
    NoReason,
    /// The person has decided nothing that stands.
    #[error("You have no decision on this issue that could be withdrawn. Nothing was recorded.")]
    NothingToWithdraw,
    /// The comment is too long.
    #[error("The comment is longer than {LONGEST_COMMENT} characters. Nothing was recorded.")]
    TooLong,
    /// The ticket is gone or cannot be seen.
    #[error("Jira does not show this issue any more. Nothing was recorded.")]
    Gone,
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for ReviewRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Records a decision, if the person may make it on what is there now.
    ///
    /// # Errors
    /// Why it was not recorded. Then nothing of it was.
    pub async fn review(
        &self,
        site: &ActiveSite,
        request: ReviewRequest,
    ) -> Result<Appended, ReviewRefused> {
        site.demand_licence()?;
        if request.comment.chars().count() > LONGEST_COMMENT {
            return Err(ReviewRefused::TooLong);
        }
        if request.decision == Decision::Rejected && request.comment.trim().is_empty() {
            return Err(ReviewRefused::NoReason);
        }
        let judged = self
            .assess_ticket(site, &request.issue, None)
            .await?
            .ok_or(ReviewRefused::Gone)?;
        let settings = self.settings_of(site, &judged.snapshot.project).await?;
        let entitled = match request.decision {
            Decision::Withdrawn => {
                let maker = self.maker(site, &request.issue, &request.account).await?;
                maker.ok_or(ReviewRefused::NothingToWithdraw)?
            }
            Decision::Approved | Decision::Rejected => {
                self.entitlement(
                    site,
                    &judged.snapshot,
                    (&request.account, &store::now()),
                    settings.as_ref(),
                )
                .await??
            }
        };
        let rules = settings.map(|settings| settings.rules).unwrap_or_default();
        self.record_review(site, request, judged, (entitled, rules), None)
            .await
    }

    pub(crate) async fn settings_of(
        &self,
        site: &ActiveSite,
        project: &ProjectKey,
    ) -> Result<Option<Settings>, CaseError> {
        let (tenant, id, project) = (site.tenant.clone(), site.site.clone(), project.clone());
        let settings = self
            .store
            .read(move |db| db.settings_for(&tenant, &id, &project));
        Ok(settings.await?)
    }

    async fn record_review(
        &self,
        site: &ActiveSite,
        request: ReviewRequest,
        judged: Judged,
        (entitled, rules): (Entitled, ReviewRules),
        through: Option<Through>,
    ) -> Result<Appended, ReviewRefused> {
        let (site_id, opened_by) = (site.site.clone(), site.opened_by);
        self.store
            .write(&site.tenant, move |tx| {
                demand_same_token(tx, &site_id, opened_by)?;
                let tenant = tx.tenant().clone();
                let row = tx
                    .db()
                    .ticket(&tenant, &site_id, &request.issue)?
                    .ok_or(ReviewRefused::Gone)?;
                let ticket = row.ticket;
                if ticket.assessed_by != request.seen || ticket.content_hash != judged.content_hash
                {
                    return Err(ReviewRefused::Changed);
                }
                let released = ticket.release.clone();
                let reviewer = person_for(tx, &site_id, &request.account)?;
                let comment = request.comment.trim();
                let mut beside: Vec<(&'static str, Value)> =
                    vec![("displayName", entitled.display_name.as_str().into())];
                let email = entitled.email.as_deref();
                beside.extend(email.map(|email| (EMAIL, email.into())));
                if !comment.is_empty() {
                    let name = match judged.snapshot.restricted {
                        true => HIDDEN_COMMENT,
                        false => "comment",
                    };
                    beside.push((name, comment.into()));
                }
                let (needs, scope) = match entitled.takes_back.clone() {
                    Some(as_before) => as_before,
                    None => rules.needs_at(RiskTenths::capped(ticket.risk_tenths.into())),
                };
                let group = needs.as_ref().and_then(|needs| needs.group.clone());
                let mut linked_audit_events = vec![ticket.assessed_by.clone()];
                if scope == ReviewScope::Code {
                    let linked = linked_commits(tx.db(), &tenant, &site_id, &request.issue)?;
                    if request.decision == Decision::Approved
                        && holds_unseen(&linked, &request, through.as_ref())
                    {
                        return Err(ReviewRefused::Changed);
                    }
                    let events: BTreeSet<EventId> =
                        linked.into_iter().map(|commit| commit.event).collect();
                    linked_audit_events.extend(events);
                }
                let asked = asked(needs.as_ref(), scope);
                let decision = (request.decision, group.as_ref());
                let by = entitled.reviewer(tx, &ticket, &reviewer, decision)?;
                let in_place_of = by.in_place_of.clone();
                let payload = HumanReview {
                    ticket_key: ticket.key.clone(),
                    ticket: ticket.named(),
                    review_type: ReviewType::ChangeApproval,
                    scope,
                    decision: request.decision,
                    reviewer: by,
                    content_hash: ticket.content_hash,
                    requirement_set: ticket.requirement_set,
                    reviewed_at: through.as_ref().map_or_else(store::now, |t| t.at.clone()),
                    linked_audit_events,
                    needs,
                    via: through.as_ref().map(|through| through.via.clone()),
                };
                let once = match through {
                    Some(through) => through.once,
                    None => {
                        let key = once(tx, &site_id, &request, &ticket.assessed_by, &reviewer)?;
                        let place = in_place_of.map_or_else(String::new, |of| format!(":for-{of}"));
                        format!("{key}{asked}{place}")
                    }
                };
                let appended = tx.append(NewEntry {
                    payload: payload.into(),
                    beside,
                    subject: subject_of(&site_id, &ticket.issue),
                    severity: Severity::Info,
                    actor: person(&reviewer),
                    source: "JIRA",
                    once,
                })?;
                announce(tx, &site_id, &ticket.issue)?;
                let now = tx.db().ticket(&tenant, &site_id, &ticket.issue)?;
                if released.is_some() && now.is_some_and(|row| row.ticket.release.is_none()) {
                    tell_decided(tx, &site_id, &ticket.issue)?;
                }
                Ok(appended)
            })
            .await
    }
}

/// Whether there are commits that whoever approved cannot have seen: in the panel, others than those it showed; in Jira,
/// some that were linked later.
fn holds_unseen(
    linked: &[LinkedCommit],
    request: &ReviewRequest,
    through: Option<&Through>,
) -> bool {
    match through {
        None => linked.first().map(|latest| &latest.link) != request.covers.as_ref(),
        Some(through) => linked.iter().any(|commit| commit.linked_at > through.at),
    }
}

/// What tells a decision from the same one under other rules; nothing under the usual ones.
fn asked(needs: Option<&Needs>, scope: ReviewScope) -> String {
    let code = if scope == ReviewScope::Code {
        ":code"
    } else {
        ""
    };
    let group = needs
        .and_then(|needs| needs.group.as_deref())
        .unwrap_or_default();
    needs.map_or_else(
        || code.to_owned(),
        |needs| format!(":{}:{group}{code}", needs.approvals),
    )
}

/// A second press of the same button is the same decision: it counts after the decision before the one that
/// stands, as the first press did.
fn once(
    tx: &mut Tx<'_>,
    site: &SiteId,
    request: &ReviewRequest,
    assessed_by: &EventId,
    reviewer: &PersonId,
) -> Result<String, StoreError> {
    let (tenant, decision) = (tx.tenant().clone(), request.decision.as_str());
    let latest_first = tx.db().approvals(&tenant, site, &request.issue)?;
    let is_this_one = |standing: &Approval| {
        standing.state == ApprovalState::Counting
            && standing.reviewer == *reviewer
            && standing.decision == decision
    };
    let pressed_again = latest_first.first().is_some_and(is_this_one);
    let before = latest_first.get(usize::from(pressed_again));
    let after = before.map_or("none", |approval| approval.event.as_str());
    Ok(format!(
        "review:{assessed_by}:{reviewer}:{decision}:after-{after}"
    ))
}
