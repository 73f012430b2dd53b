//! Decisions that people make in Jira itself: by a comment, by moving the ticket to a status, or in an approval step of a
//! service project. Nobody can be kept from saying so there; what counts is decided here, by the same rules as in the
//! panel, from what Jira says when it is asked. What does not count is recorded with the reason.
//!
//! A decision is about the ticket as it was when it was made: if the ticket's content was edited since, it does not count.
//! A comment counts only as it was first written, by its author.

use jira::rest::{Comment, History, RestError, Status, instant_ms};
use record::entries::{Decision, NotCounted, ReviewNotCounted, ReviewRules, ReviewVia, TicketId};
use record::facts::Tracker;
use record::ids::{AccountId, IssueId, TicketKey};
use record::scale::Severity;
use record::state::{Approval, Settings};
use store::{NewEntry, StoreError};

use super::grammar::{decision_in, reason_in};
use super::named::decided_by;
use super::since::{changed_since, had_a_part};
use super::{ReviewRefused, ReviewRequest, Through};
use crate::assess::Judged;
use crate::bypass::RulesThen;
use crate::error::CaseError;
use crate::moves::moved_by;
use crate::panel::not_counted;
use crate::people::person_for;
use crate::reviewers::{Entitled, NotAReviewer};
use crate::sites::demand_same_token;
use crate::standing::tell_standing;
use crate::statement::DISPLAY_NAME;
use crate::times::instant;
use crate::{ActiveSite, Casework, person, subject_of};

/// A decision that somebody made in Jira.
pub(super) struct Heard {
    pub(super) account: AccountId,
    pub(super) issue: IssueId,
    pub(super) decision: Decision,
    pub(super) words: String,
    pub(super) via: ReviewVia,
    /// What is decided once, as part of a key.
    pub(super) once: String,
    pub(super) at_ms: i64,
    /// From when on what happened to the ticket may not have been seen by who decided: the same, where it is known when
    /// they did.
    pub(super) since_ms: i64,
    /// The comment was edited since.
    pub(super) edited: bool,
}

impl Casework {
    /// Hears what was decided on a ticket, if this comment decides anything.
    pub(crate) async fn hear_comment(
        &self,
        site: &ActiveSite,
        (issue, key): (&IssueId, &TicketKey),
        comment: &Comment,
    ) -> Result<(), CaseError> {
        let (rules, _) = self.rules_of(site, key).await?;
        match decision_in(&comment.own_words, &rules) {
            Some(_) => self.hear_ticket(site, issue).await,
            None => Ok(()),
        }
    }

    /// Hears all that was decided on a ticket since the ledger began, by comments and by changes of status, in the order
    /// in which it was: notifications come in any order.
    pub(crate) async fn hear_ticket(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
    ) -> Result<(), CaseError> {
        let tenant = site.tenant.clone();
        let known = self.store.read(move |db| db.tenant(&tenant)).await?;
        let since = known.and_then(|tenant| instant_ms(&tenant.since));
        let since = since.ok_or(CaseError::Unreadable("when the ledger began"))?;
        let histories = match self.calls(site).histories(issue).await {
            Err(RestError::NotFound { .. }) => return Ok(()),
            other => other?,
        };
        self.record_history(site, issue, &histories, since).await?;
        let comments = match self.calls(site).comments_since(issue, since).await {
            Err(RestError::NotFound { .. }) => return Ok(()),
            other => other?,
        };
        let (rules, rules_ms) = self.rules_of(site, &histories.key).await?;
        let (began, since) = (since, since.max(rules_ms));
        let statuses = self
            .statuses_if_named(site, rules.name_categories())
            .await?;
        let moved = histories.changes.iter();
        let moved = moved.filter_map(|change| Heard::of_change(issue, change, &rules, &statuses));
        let said = comments
            .iter()
            .filter_map(|comment| Heard::of_comment(issue, comment, &rules));
        let answered = self.answered_in_steps(site, issue, &histories).await?;
        let mut decisions: Vec<Heard> = moved.chain(said).chain(answered).collect();
        decisions.retain(|heard| heard.since_ms >= since);
        decisions.sort_by(|one, other| (one.at_ms, &one.once).cmp(&(other.at_ms, &other.once)));
        // One that Jira does not let us weigh keeps no other from being heard.
        let mut failed = None;
        for heard in decisions {
            match self.hear(site, heard).await {
                Err(CaseError::Jira(error)) if !error.is_transient() => {
                    failed.get_or_insert(CaseError::Jira(error));
                }
                other => other?,
            }
        }
        self.record_bypasses(site, issue, &histories, began).await?;
        failed.map_or(Ok(()), Err)
    }

    /// The rules of the ticket's project, and from when on what is done decides by them, milliseconds since 1970: where
    /// its own statuses or commands decide, since they were set.
    async fn rules_of(
        &self,
        site: &ActiveSite,
        key: &TicketKey,
    ) -> Result<(ReviewRules, i64), CaseError> {
        let Some(settings) = self.settings_of(site, &key.project()).await? else {
            return Ok((ReviewRules::default(), i64::MIN));
        };
        if !settings.rules.names_its_own() {
            return Ok((settings.rules, i64::MIN));
        }
        let (tenant, id, project) = (site.tenant.clone(), site.site.clone(), key.project());
        let since = self.store.read(move |db| -> Result<_, StoreError> {
            let then = RulesThen::of(db, &tenant, &id)?;
            Ok(then.named_since(&project).and_then(instant_ms))
        });
        let since = since
            .await?
            .ok_or(CaseError::Unreadable("when rules were set"))?;
        Ok((settings.rules, since))
    }

    async fn hear(&self, site: &ActiveSite, heard: Heard) -> Result<(), CaseError> {
        if site.demand_licence().is_err() || self.is_ourselves(site, &heard.account).await? {
            return Ok(());
        }
        let (counts, not) = (once(site, &heard), once_not(site, &heard));
        let tenant = site.tenant.clone();
        let known = self.store.read(move |db| -> Result<_, StoreError> {
            let counted = db.position_under(&tenant, &counts)?;
            Ok(counted.is_some() || db.position_under(&tenant, &not)?.is_some())
        });
        if known.await? {
            return Ok(());
        }
        let Some(judged) = self.assess_ticket(site, &heard.issue, None).await? else {
            return Ok(());
        };
        let settings = self.settings_of(site, &judged.snapshot.project).await?;
        match self.weigh(site, &heard, &judged, settings.as_ref()).await? {
            Ok(entitled) => {
                let rules = settings.map(|settings| settings.rules).unwrap_or_default();
                self.count(site, heard, judged, (entitled, rules)).await
            }
            Err(reason) => self.do_not_count(site, heard, judged, reason).await,
        }
    }

    async fn weigh(
        &self,
        site: &ActiveSite,
        heard: &Heard,
        judged: &Judged,
        settings: Option<&Settings>,
    ) -> Result<Result<Entitled, NotCounted>, CaseError> {
        if heard.edited {
            return Ok(Err(NotCounted::CommentEdited));
        }
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), heard.issue.clone());
        let decisions = self
            .store
            .read(move |db| db.approvals(&tenant, &id, &issue));
        if decisions
            .await?
            .iter()
            .any(|made| heard.is_overtaken_by(made))
        {
            return Ok(Err(NotCounted::Overtaken));
        }
        if heard.decision == Decision::Rejected && heard.words.is_empty() {
            return Ok(Err(NotCounted::NoReason));
        }
        if heard.decision == Decision::Withdrawn {
            let maker = self.maker(site, &heard.issue, &heard.account).await?;
            return Ok(maker.ok_or(NotCounted::NothingToWithdraw));
        }
        let entitled = self
            .entitlement(
                site,
                &judged.snapshot,
                (&heard.account, &instant(heard.at_ms)),
                settings,
            )
            .await?;
        let mut entitled = match entitled {
            Ok(entitled) => entitled,
            Err(refused) => return Ok(Err(reason_of(&refused))),
        };
        // Asked last: what is edited after this makes the approval stale.
        let histories = self.calls(site).histories(&heard.issue).await?;
        let own_ticket = settings.is_some_and(|settings| settings.own_ticket);
        let had_a_part =
            |who: &AccountId| !own_ticket && had_a_part(&histories, heard.since_ms, who);
        if had_a_part(&heard.account) || !entitled.keep_places(|of| !had_a_part(of)) {
            return Ok(Err(NotCounted::OwnTicket));
        }
        let code_changed = self.commits_came_since(site, heard, settings).await?;
        match code_changed || changed_since(&histories, heard) {
            true => Ok(Err(NotCounted::ChangedSince)),
            false => Ok(Ok(entitled)),
        }
    }

    async fn count(
        &self,
        site: &ActiveSite,
        heard: Heard,
        judged: Judged,
        entitled: (Entitled, ReviewRules),
    ) -> Result<(), CaseError> {
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), heard.issue.clone());
        let row = self
            .store
            .read(move |db| db.ticket(&tenant, &id, &issue))
            .await?;
        let row = row.ok_or(CaseError::Overtaken)?;
        let once = once(site, &heard);
        let request = ReviewRequest {
            account: heard.account,
            issue: heard.issue,
            decision: heard.decision,
            comment: heard.words.chars().take(super::LONGEST_COMMENT).collect(),
            seen: row.ticket.assessed_by,
            covers: None,
        };
        let through = Through {
            via: heard.via,
            at: instant(heard.at_ms),
            once,
        };
        let recorded = self.record_review(site, request, judged, entitled, Some(through));
        match recorded.await {
            Ok(_) => Ok(()),
            Err(ReviewRefused::Case(error)) => Err(error),
            // The ticket was edited while it was weighed: the next try sees that.
            Err(_) => Err(CaseError::Overtaken),
        }
    }

    async fn do_not_count(
        &self,
        site: &ActiveSite,
        heard: Heard,
        judged: Judged,
        reason: NotCounted,
    ) -> Result<(), CaseError> {
        let (site_id, once) = (site.site.clone(), once_not(site, &heard));
        let (counts, opened_by) = (self::once(site, &heard), site.opened_by);
        let name = self.name_of(site, Some(&heard.account)).await?;
        let name = name.map(|name| (DISPLAY_NAME, name.into()));
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                demand_same_token(tx, &site_id, opened_by)?;
                let tenant = tx.tenant().clone();
                // Weighed twice at once, a decision may find its own effect and think itself none.
                if tx.db().position_under(&tenant, &counts)?.is_some() {
                    return Ok(());
                }
                let who = person_for(tx, &site_id, &heard.account)?;
                let payload = ReviewNotCounted {
                    ticket: TicketId {
                        tracker: Tracker::Jira,
                        site: site_id.clone(),
                        id: heard.issue.clone(),
                        key: judged.snapshot.key,
                    },
                    decision: heard.decision,
                    person: who.clone(),
                    via: heard.via,
                    reason,
                };
                let appended = tx.append(NewEntry {
                    payload: payload.into(),
                    beside: name.into_iter().collect(),
                    subject: subject_of(&site_id, &heard.issue),
                    severity: Severity::Medium,
                    actor: person(&who),
                    source: "JIRA",
                    once,
                })?;
                let ticket = tx.db().ticket(&tenant, &site_id, &heard.issue)?;
                if let Some(row) = ticket.filter(|_| appended.fresh) {
                    let why = Some(not_counted(reason));
                    tell_standing(tx, &site_id, &heard.issue, &row.ticket, why)?;
                }
                Ok(())
            })
            .await
    }
}

impl Heard {
    /// Whether a decision that was made already goes before this one: one that is later, or a rejection while it is open
    /// whether this one was before or after.
    fn is_overtaken_by(&self, made: &Approval) -> bool {
        let Some(at_ms) = instant_ms(&made.reviewed_at) else {
            return false;
        };
        let meanwhile = (self.since_ms..self.at_ms).contains(&at_ms);
        at_ms > self.at_ms || (meanwhile && made.decision == "REJECTED")
    }

    fn of_comment(issue: &IssueId, comment: &Comment, rules: &ReviewRules) -> Option<Self> {
        let decision = decision_in(&comment.own_words, rules)?;
        let account = comment.author.clone()?;
        let by_another = comment
            .update_author
            .as_ref()
            .is_some_and(|other| *other != account);
        Some(Self {
            account,
            issue: issue.clone(),
            decision,
            words: match decision {
                Decision::Approved => comment.own_words.join("\n"),
                Decision::Rejected | Decision::Withdrawn => reason_in(&comment.own_words, rules),
            },
            via: ReviewVia::Comment(comment.id.clone()),
            once: format!("comment:{}", comment.id),
            at_ms: instant_ms(&comment.created)?,
            since_ms: instant_ms(&comment.created)?,
            edited: comment.created != comment.updated || by_another,
        })
    }

    fn of_change(
        issue: &IssueId,
        change: &History,
        rules: &ReviewRules,
        statuses: &[Status],
    ) -> Option<Self> {
        let moved = moved_by(change, statuses)?;
        Some(Self {
            account: change.author.clone()?,
            issue: issue.clone(),
            decision: decided_by(&moved, rules)?,
            words: format!("Moved to {}.", moved.to),
            via: ReviewVia::Transition(change.id.clone()),
            once: format!("transition:{}", change.id),
            at_ms: change.at_ms,
            since_ms: change.at_ms,
            edited: false,
        })
    }
}

/// A comment, a change of status or an answer decides once.
fn once(site: &ActiveSite, heard: &Heard) -> String {
    format!("review:{}:{}", site.site, heard.once)
}

fn once_not(site: &ActiveSite, heard: &Heard) -> String {
    format!("review-not-counted:{}:{}", site.site, heard.once)
}

const fn reason_of(refused: &NotAReviewer) -> NotCounted {
    match refused {
        NotAReviewer::Machine => NotCounted::Machine,
        NotAReviewer::Inactive => NotCounted::Inactive,
        NotAReviewer::NoPermission => NotCounted::NoPermission,
        NotAReviewer::OwnTicket(_) => NotCounted::OwnTicket,
        NotAReviewer::Author => NotCounted::Author,
        NotAReviewer::NotInRole(_) | NotAReviewer::InNobodysPlace => NotCounted::NotInRole,
        NotAReviewer::NoRole => NotCounted::NoRole,
    }
}
