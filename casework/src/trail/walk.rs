//! What belongs together: from an event, a commit, a model or a ticket to everything that is linked with it, both ways.
//! Events belong together if they are about the same commit or the same ticket; a ticket belongs to an event by a link
//! that holds.

use std::collections::{BTreeMap, BTreeSet};

use record::entries::Payload;
use record::ids::{CommitSha, EventId, IssueId, ModelId, SiteId, TenantId, TicketKey};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use super::event::EventView;
use super::event_at;
use super::ticket::{self, TicketView};
use crate::error::CaseError;
use crate::events::{subject_of_commit, subject_of_model};
use crate::{Casework, subject_of};

/// The most events that a trail shows.
const MOST_EVENTS: usize = 100;
/// The most entries that are looked up for one commit, model or ticket.
const MOST_ABOUT: i64 = 100;

/// Where a trail begins.
#[derive(Debug, Clone)]
pub enum Start {
    /// At an event.
    Event(EventId),
    /// At a commit.
    Commit(CommitSha),
    /// At a model.
    Model(ModelId),
    /// At a ticket, by its key as last seen.
    Ticket(TicketKey),
}

/// What belongs together.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trail {
    /// The events, the earliest first: commits, deployments, decisions, …
    pub events: Vec<EventView>,
    /// The tickets.
    pub tickets: Vec<TicketView>,
    /// Whether there is more than is shown.
    pub truncated: bool,
}

impl Casework {
    /// What belongs together with this; none if there is no such event or ticket.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn trail(&self, tenant: &TenantId, start: Start) -> Result<Option<Trail>, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| {
            let mut walk = Walk::default();
            if !walk.begin(db, &tenant, &start)? {
                return Ok(None);
            }
            walk.go(db, &tenant)?;
            walk.shown(db, &tenant).map(Some)
        });
        Ok(read.await.map_err(|error: StoreError| error)?)
    }
}

/// The commit that is recorded under just this hash, else the one whose hash begins so, if there is one and no other.
fn meant(db: &mut Db<'_>, tenant: &TenantId, commit: &CommitSha) -> Result<CommitSha, StoreError> {
    let subject = subject_of_commit(commit);
    if commit.is_whole() || !db.positions_about(tenant, &subject, 1)?.is_empty() {
        return Ok(commit.clone());
    }
    let begin_so = db.subjects_beginning(tenant, &subject, 2)?;
    let [only] = begin_so.as_slice() else {
        return Ok(commit.clone());
    };
    let whole = only.rsplit('/').next().and_then(|sha| sha.parse().ok());
    Ok(whole.unwrap_or_else(|| commit.clone()))
}

/// What was found, and what is still to be followed.
#[derive(Default)]
struct Walk {
    events: BTreeSet<u64>,
    commits: BTreeSet<CommitSha>,
    tickets: BTreeSet<(SiteId, IssueId)>,
    to_follow: Vec<Step>,
    truncated: bool,
}

enum Step {
    Event(u64),
    Commit(CommitSha),
    Ticket(SiteId, IssueId),
}

impl Walk {
    /// False if there is no such thing to begin at.
    fn begin(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        start: &Start,
    ) -> Result<bool, StoreError> {
        match start {
            Start::Event(id) => match db.position(tenant, id)? {
                Some(seq) => self.add_event(seq),
                None => return Ok(false),
            },
            Start::Commit(commit) => self.add_commit(meant(db, tenant, commit)?),
            Start::Model(model) => {
                let about = db.positions_about(tenant, &subject_of_model(model), MOST_ABOUT)?;
                self.add_events(about);
                self.add_events(db.positions_of_model(tenant, model, MOST_ABOUT)?);
            }
            Start::Ticket(key) => {
                let tickets = db.tickets_by_key(tenant, key)?;
                if tickets.is_empty() {
                    return Ok(false);
                }
                for ticket in tickets {
                    self.add_ticket(ticket.site, ticket.issue);
                }
            }
        }
        Ok(true)
    }

    fn go(&mut self, db: &mut Db<'_>, tenant: &TenantId) -> Result<(), StoreError> {
        while let Some(step) = self.to_follow.pop() {
            match step {
                Step::Event(seq) => self.follow_event(db, tenant, seq)?,
                Step::Commit(commit) => {
                    let subject = subject_of_commit(&commit);
                    let about = db.positions_about(tenant, &subject, MOST_ABOUT)?;
                    self.add_events(about);
                }
                Step::Ticket(site, issue) => {
                    for link in db.links_of_ticket(tenant, &site, &issue, MOST_ABOUT)? {
                        if !link.revoked
                            && let Some(seq) = db.position(tenant, &link.event)?
                        {
                            self.add_event(seq);
                        }
                    }
                    let subject = subject_of(&site, &issue);
                    for seq in db.positions_about(tenant, &subject, MOST_ABOUT)? {
                        let kind = db.entry(tenant, seq)?.map(|row| row.entry.kind);
                        if kind.as_deref() == Some("HUMAN_REVIEW") {
                            self.add_event(seq);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn follow_event(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        seq: u64,
    ) -> Result<(), StoreError> {
        let Some(row) = db.entry(tenant, seq)? else {
            return Ok(());
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        if let Some(commit) = said.reported().and_then(|reported| reported.commit.clone()) {
            self.add_commit(commit);
        }
        let of = match said {
            Payload::HumanReview(review) => Some(review.ticket),
            Payload::ReviewNotCounted(review) => Some(review.ticket),
            Payload::ImplementationClaimed(claim) => Some(claim.ticket),
            Payload::ClaimChecked(checked) => Some(checked.ticket),
            Payload::MonitoringRequested(request) => Some(request.ticket),
            _ => None,
        };
        if let Some(ticket) = of {
            self.add_ticket(ticket.site, ticket.id);
        }
        let id: EventId = row
            .entry
            .id
            .parse()
            .map_err(|_| StoreError::Row("entries"))?;
        for link in db.links_of_event(tenant, &id)? {
            if let (false, Some((site, issue))) = (link.revoked, link.ticket) {
                self.add_ticket(site, issue);
            }
        }
        Ok(())
    }

    fn add_events(&mut self, positions: Vec<u64>) {
        self.truncated |= positions.len() as i64 == MOST_ABOUT;
        positions.into_iter().for_each(|seq| self.add_event(seq));
    }

    fn add_event(&mut self, seq: u64) {
        if self.events.len() == MOST_EVENTS {
            self.truncated = true;
        } else if self.events.insert(seq) {
            self.to_follow.push(Step::Event(seq));
        }
    }

    fn add_commit(&mut self, commit: CommitSha) {
        if self.commits.insert(commit.clone()) {
            self.to_follow.push(Step::Commit(commit));
        }
    }

    fn add_ticket(&mut self, site: SiteId, issue: IssueId) {
        if self.tickets.insert((site.clone(), issue.clone())) {
            self.to_follow.push(Step::Ticket(site, issue));
        }
    }

    fn shown(self, db: &mut Db<'_>, tenant: &TenantId) -> Result<Trail, StoreError> {
        let mut trail = Trail {
            truncated: self.truncated,
            ..Trail::default()
        };
        for seq in self.events {
            trail.events.extend(event_at(db, tenant, seq, false)?);
        }
        let mut tickets = BTreeMap::new();
        for (site, issue) in self.tickets {
            if let Some(row) = db.ticket(tenant, &site, &issue)? {
                let view = ticket::view(db, tenant, row.ticket)?;
                tickets.insert((view.key.clone(), site), view);
            }
        }
        trail.tickets = tickets.into_values().collect();
        Ok(trail)
    }
}
