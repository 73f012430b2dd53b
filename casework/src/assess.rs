//! A ticket is assessed: read again at its source, judged, and recorded if anything follows that was not
//! recorded yet. A change of verdict, a downgrade included, is an entry; so is a change of the text
//! under the same verdict, because an approval is about the text.

use std::collections::BTreeSet;
use std::sync::Arc;

use compliance::assessment::Action;
use compliance::{Assessment, Assessor, Certainty};
use jira::rest::{RestError, TicketName};
use record::entries::{
    FrameworkRef, RequirementsPublished, StaleReason, TicketAssessed, TicketId, VerdictChange,
};
use record::facts::{TicketSnapshot, Tracker};
use record::ids::IssueId;
use record::scale::{RiskTenths, Severity};
use record::state::Ticket;
use store::{Appended, InboxItem, NewEntry, StoreError, TicketRow, Tx};
use zeroize::Zeroizing;

use crate::content::content_hash;
use crate::corrections::Said;
use crate::effects::announce;
use crate::error::CaseError;
use crate::notices::{comes_to_ask, tell_security_team};
use crate::stale::make_stale;
use crate::waivers::end_what_is_not_asked;
use crate::{ActiveSite, Casework, server, subject_of};

/// The name under which the whole assessment stands beside its entry.
pub(crate) const ASSESSMENT: &str = "assessment";

/// A ticket as read just now, and what follows from it.
pub(crate) struct Judged {
    pub(crate) snapshot: TicketSnapshot,
    pub(crate) assessment: Assessment,
    pub(crate) content_key: Zeroizing<Vec<u8>>,
    pub(crate) content_hash: String,
    known: Option<Ticket>,
}

impl Casework {
    /// Reads a ticket and records what follows. `None` if it cannot be seen at its source; then nothing
    /// is concluded, since Jira tells no difference between "gone" and "hidden". Where no notification led here, a
    /// person waits for it.
    pub(crate) async fn assess_ticket(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        item: Option<InboxItem>,
    ) -> Result<Option<Judged>, CaseError> {
        let calls = match &item {
            Some(_) => self.calls(site),
            None => self.calls_for_a_person(site),
        };
        let snapshot = match calls.ticket(TicketName::Id(issue), &[]).await {
            Ok(snapshot) => snapshot,
            Err(RestError::NotFound { .. }) => {
                self.lay_down(site, item).await?;
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let judged = self.judge(site, snapshot, None).await?;
        let record = Recording::of(&judged, site);
        self.store
            .write(&site.tenant, move |tx| {
                record.into_ledger(tx)?;
                item.map_or(Ok(()), |item| Ok(tx.done_with(&item)?))
            })
            .await
            .map(|()| Some(judged))
    }

    /// Ends the work on a notification that leads to nothing.
    pub(crate) async fn lay_down(
        &self,
        site: &ActiveSite,
        item: Option<InboxItem>,
    ) -> Result<(), CaseError> {
        let Some(item) = item else { return Ok(()) };
        self.store
            .write(&site.tenant, move |tx| Ok(tx.done_with(&item)?))
            .await
    }

    /// What follows from a ticket, with what is recorded of its findings, or with what is to be.
    pub(crate) async fn judge(
        &self,
        site: &ActiveSite,
        snapshot: TicketSnapshot,
        said: Option<Said>,
    ) -> Result<Judged, CaseError> {
        let (tenant, id, issue) = (site.tenant.clone(), site.site.clone(), snapshot.id.clone());
        let recorded = self.store.read(move |db| -> Result<_, StoreError> {
            let known = db.ticket(&tenant, &id, &issue)?;
            Ok((known, db.corrections(&tenant, &id, &issue)?))
        });
        let (known, recorded): (Option<TicketRow>, _) = recorded.await?;
        let said = said.unwrap_or_else(|| recorded.into());
        let content_key = match &known {
            Some(row) if !row.content_key.is_empty() => row.content_key.clone(),
            _ => Zeroizing::new(store::random::<32>()?.to_vec()),
        };
        let assessor = Arc::clone(&self.assessor);
        let known = known.map(|row| row.ticket);
        let judging = tokio::task::spawn_blocking(move || {
            Judged::under(&assessor, snapshot, content_key, known, &said)
        });
        judging
            .await
            .map_err(|_| CaseError::Unreadable("a ticket that cannot be assessed"))
    }
}

impl Judged {
    /// What follows from a ticket of which something is recorded.
    pub(crate) fn of(
        assessor: &Assessor,
        snapshot: TicketSnapshot,
        row: TicketRow,
        said: &Said,
    ) -> Self {
        Self::under(assessor, snapshot, row.content_key, Some(row.ticket), said)
    }

    fn under(
        assessor: &Assessor,
        snapshot: TicketSnapshot,
        content_key: Zeroizing<Vec<u8>>,
        known: Option<Ticket>,
        said: &Said,
    ) -> Self {
        Self {
            assessment: said.with(&content_key, |corrections| {
                assessor.assess_corrected(&snapshot, corrections)
            }),
            content_hash: content_hash(&snapshot, &content_key),
            snapshot,
            content_key,
            known,
        }
    }
}

/// What is to be written about a judged ticket.
pub(crate) struct Recording {
    payload: TicketAssessed,
    published: RequirementsPublished,
    /// The requirements, by id.
    asked: BTreeSet<String>,
    /// What is to be done about it, unless it is done.
    actions: Vec<Action>,
    assessment: serde_json::Value,
    content_key: Zeroizing<Vec<u8>>,
    known: Option<Ticket>,
}

impl Recording {
    pub(crate) fn of(judged: &Judged, site: &ActiveSite) -> Self {
        let Judged {
            snapshot,
            assessment,
            content_key,
            content_hash,
            known,
        } = judged;
        let set = assessment.requirements.version();
        let mut payload = TicketAssessed {
            ticket: TicketId {
                tracker: Tracker::Jira,
                site: site.site.clone(),
                id: snapshot.id.clone(),
                key: snapshot.key.clone(),
            },
            change: VerdictChange::First,
            content_hash: content_hash.clone(),
            content_key_digest: ledger::Hash::of(content_key).to_string(),
            catalog: assessment.catalog.clone(),
            requirement_set: set.clone(),
            severity: assessment.security_level,
            risk_tenths: assessment.risk.score,
            indicators: suggested(assessment),
            frameworks: assessment
                .frameworks
                .iter()
                .map(|f| FrameworkRef {
                    id: f.id.as_str().to_owned(),
                    version: f.version.clone(),
                })
                .collect(),
            previous: known.as_ref().map(|ticket| ticket.assessed_by.clone()),
        };
        payload.change = change_since(known.as_ref(), &payload);
        Self {
            asked: asked(assessment),
            actions: match snapshot.done {
                true => Vec::new(),
                false => assessment.actions.clone(),
            },
            published: RequirementsPublished {
                set,
                catalog: assessment.catalog.clone(),
                requirements: serde_json::to_value(&assessment.requirements).unwrap_or_default(),
            },
            assessment: serde_json::to_value(assessment).unwrap_or_default(),
            payload,
            content_key: content_key.clone(),
            known: known.clone(),
        }
    }

    /// Writes what is new; nothing if what stands there says the same.
    pub(crate) fn into_ledger(self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let now = self.standing(tx)?;
        let same = |ticket: &Ticket| says_the_same(ticket, &self.payload);
        match now.as_ref().is_some_and(same) {
            true => Ok(()),
            false => self.after(now.as_ref(), tx),
        }
    }

    /// Writes it even if what stands there asks for the same: why it asks for it is another.
    pub(crate) fn replaced(self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let now = self.standing(tx)?;
        self.after(now.as_ref(), tx)
    }

    /// The ticket's row, which must still be the one that was judged against.
    fn standing(&self, tx: &mut Tx<'_>) -> Result<Option<Ticket>, CaseError> {
        let (tenant, ticket) = (tx.tenant().clone(), &self.payload.ticket);
        let row = tx.db().ticket(&tenant, &ticket.site, &ticket.id)?;
        let now = row.map(|row| row.ticket);
        let assessed_by = |ticket: &Option<Ticket>| ticket.as_ref().map(|t| t.assessed_by.clone());
        match assessed_by(&now) == assessed_by(&self.known) {
            true => Ok(now),
            false => Err(CaseError::Overtaken),
        }
    }

    fn after(self, now: Option<&Ticket>, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let Self {
            payload,
            published,
            asked,
            actions,
            assessment,
            content_key,
            ..
        } = self;
        let ticket = payload.ticket.clone();
        publish(tx, published)?;
        tx.hold(content_key.to_vec());
        let reason = stale_reason(now, &payload);
        let asks = comes_to_ask(&actions, now, &payload);
        let assessed = payload.clone();
        let appended = append(tx, payload, assessment, now)?;
        if asks {
            tell_security_team(tx, &assessed, &appended.id)?;
        }
        end_what_is_not_asked(tx, &ticket, |requirement| asked.contains(requirement))?;
        if let Some(reason) = reason {
            make_stale(tx, &ticket, reason, &appended.id)?;
        }
        announce(tx, &ticket.site, &ticket.id)
    }
}

fn append(
    tx: &mut Tx<'_>,
    payload: TicketAssessed,
    assessment: serde_json::Value,
    now: Option<&Ticket>,
) -> Result<Appended, StoreError> {
    let TicketAssessed {
        ticket,
        severity,
        content_hash,
        catalog,
        ..
    } = &payload;
    let before = now.map_or_else(String::new, |ticket| ticket.assessed_by.to_string());
    tx.append(NewEntry {
        subject: subject_of(&ticket.site, &ticket.id),
        severity: *severity,
        once: format!(
            "assessed:{}:{}:{content_hash}:{catalog}:{before}",
            ticket.site, ticket.id
        ),
        payload: payload.into(),
        beside: vec![(ASSESSMENT, assessment)],
        actor: server(),
        source: "JIRA",
    })
}

fn publish(tx: &mut Tx<'_>, published: RequirementsPublished) -> Result<(), StoreError> {
    tx.append(NewEntry {
        subject: "requirements".to_owned(),
        severity: Severity::Info,
        once: format!("requirements:{}", published.set),
        payload: published.into(),
        beside: Vec::new(),
        actor: server(),
        source: "COUNTERSIGN",
    })
    .map(drop)
}

fn says_the_same(ticket: &Ticket, payload: &TicketAssessed) -> bool {
    !ticket.deleted
        && ticket.content_hash == payload.content_hash
        && ticket.catalog == payload.catalog
        && ticket.requirement_set == payload.requirement_set
        && ticket.severity == payload.severity.as_str()
        && ticket.risk_tenths == payload.risk_tenths.tenths()
        && ticket.key == payload.ticket.key
}

fn change_since(known: Option<&Ticket>, payload: &TicketAssessed) -> VerdictChange {
    let Some(known) = known else {
        return VerdictChange::First;
    };
    let severity = known.severity.parse().unwrap_or(Severity::Info);
    let before = (severity, RiskTenths::capped(u32::from(known.risk_tenths)));
    match (payload.severity, payload.risk_tenths).cmp(&before) {
        std::cmp::Ordering::Greater => VerdictChange::Raised,
        std::cmp::Ordering::Less => VerdictChange::Lowered,
        std::cmp::Ordering::Equal if known.requirement_set != payload.requirement_set => {
            VerdictChange::Changed
        }
        std::cmp::Ordering::Equal => VerdictChange::Confirmed,
    }
}

fn stale_reason(now: Option<&Ticket>, payload: &TicketAssessed) -> Option<StaleReason> {
    let now = now?;
    if now.key.project() != payload.ticket.key.project() {
        return Some(StaleReason::Moved);
    }
    if now.content_hash != payload.content_hash {
        return Some(StaleReason::ContentChanged);
    }
    (now.requirement_set != payload.requirement_set).then_some(StaleReason::RequirementsChanged)
}

fn asked(assessment: &Assessment) -> BTreeSet<String> {
    let all = assessment.requirements.requirements.iter();
    all.map(|requirement| requirement.id.to_string()).collect()
}

fn suggested(assessment: &Assessment) -> Vec<String> {
    let suggested = assessment
        .findings
        .iter()
        .filter(|f| f.certainty == Certainty::Suggested);
    suggested
        .map(|finding| finding.indicator.as_str().to_owned())
        .collect()
}
