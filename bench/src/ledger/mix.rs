//! What the ledger to measure with says: sets, people and tickets first, as many in a small ledger as in a
//! large one; then what a site in use writes most: comments, assessments, reviews, and what makes these
//! stale. The same from run to run, but for ids, times and salts.

use ledger::{Actor, ActorKind, Hash};
use record::entries::{
    ApprovalStale, CommentRecorded, Decision, FrameworkRef, HumanReview, Observed, Payload,
    PersonRegistered, RequirementsPublished, ReviewScope, ReviewType, Reviewer, RoleSource,
    StaleReason, TicketAssessed, TicketId, VerdictChange, Verification,
};
use record::facts::{Change, Tracker};
use record::ids::{EventId, PersonId, SiteId};
use record::scale::{RiskTenths, Severity};
use serde_json::{Value, json};
use store::{ACCOUNT_ID, Appended, NewEntry, StoreError, Tx, now};
use ulid::Ulid;

const SETS: u64 = 20;
const PEOPLE: usize = 2_000;
const TICKETS: usize = 3_000;

/// A ticket, and what was last said of it.
struct Told {
    id: TicketId,
    key_digest: String,
    assessed: Option<EventId>,
    approved: Option<EventId>,
}

/// Says one entry after another.
pub(super) struct Mix {
    site: SiteId,
    sets: Vec<String>,
    people: Vec<PersonId>,
    tickets: Vec<Told>,
    drawn: u64,
}

impl Mix {
    pub(super) fn new() -> Self {
        Self {
            site: SiteId::from_ulid(Ulid::generate()),
            sets: Vec::new(),
            people: Vec::new(),
            tickets: Vec::new(),
            drawn: 1,
        }
    }

    /// Appends the entry that comes next.
    pub(super) fn append(&mut self, seq: u64, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if (self.sets.len() as u64) < SETS {
            return self.publish(seq, tx);
        }
        if self.people.len() < PEOPLE {
            return self.register(seq, tx);
        }
        if self.tickets.len() < TICKETS {
            return self.first(seq, tx);
        }
        let at = self.draw(TICKETS as u64) as usize;
        match self.draw(1_000) {
            0..580 => self.comment(seq, at, tx),
            580..910 => self.assess(seq, at, tx),
            910..997 => self.decide(seq, at, tx),
            _ => self.verified(seq, tx),
        }
    }

    /// A number below `below`, by a generator with which the order of the entries repeats (SplitMix64).
    fn draw(&mut self, below: u64) -> u64 {
        self.drawn = self.drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.drawn;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn publish(&mut self, seq: u64, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let set = hash("set", seq);
        let published = RequirementsPublished {
            set: set.clone(),
            catalog: hash("catalog", 0),
            requirements: json!([{"id": "logging", "text": "Every access is logged."}]),
        };
        self.sets.push(set);
        say(tx, published.into(), seq, "requirements", Vec::new()).map(drop)
    }

    fn register(&mut self, seq: u64, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let person = PersonId::from_ulid(Ulid::generate());
        self.people.push(person.clone());
        let subject = format!("person/{person}");
        let registered = PersonRegistered {
            person,
            site: self.site.clone(),
        };
        let account = vec![(
            ACCOUNT_ID,
            format!("712020:{}", hash("account", seq)).into(),
        )];
        say(tx, registered.into(), seq, &subject, account).map(drop)
    }

    fn first(&mut self, seq: u64, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let number = self.tickets.len();
        let word = || StoreError::Row("tickets");
        self.tickets.push(Told {
            id: TicketId {
                tracker: Tracker::Jira,
                site: self.site.clone(),
                id: (10_000 + number).to_string().parse().map_err(|_| word())?,
                key: format!("PAY-{}", number + 1).parse().map_err(|_| word())?,
            },
            key_digest: tx.hold(hash("key", seq).into_bytes()),
            assessed: None,
            approved: None,
        });
        self.assess(seq, number, tx)
    }

    fn assess(&mut self, seq: u64, at: usize, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let tenths = self.draw(101) as u32;
        let set = self.draw(SETS) as usize;
        let ticket = &mut self.tickets[at];
        let change = match ticket.assessed {
            None => VerdictChange::First,
            Some(_) => VerdictChange::Changed,
        };
        let payload = TicketAssessed {
            ticket: ticket.id.clone(),
            change,
            content_hash: hash("content", seq),
            content_key_digest: ticket.key_digest.clone(),
            catalog: hash("catalog", 0),
            requirement_set: self.sets[set].clone(),
            severity: RiskTenths::capped(tenths).band(),
            risk_tenths: RiskTenths::capped(tenths),
            indicators: vec!["payment_card_data".to_owned()],
            frameworks: vec![FrameworkRef {
                id: "pci_dss".to_owned(),
                version: "4.0.1".to_owned(),
            }],
            previous: ticket.assessed.take(),
        };
        let beside = match seq % 3 {
            0 => vec![(
                "assessment",
                json!({"riskTenths": tenths, "words": ["card", "token"]}),
            )],
            _ => Vec::new(),
        };
        let subject = subject(&ticket.id);
        let appended = say(tx, payload.into(), seq, &subject, beside)?;
        ticket.assessed = Some(appended.id);
        Ok(())
    }

    fn comment(&mut self, seq: u64, at: usize, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let author = self.draw(PEOPLE as u64) as usize;
        let ticket = self.tickets[at].id.clone();
        let subject = subject(&ticket);
        let payload = CommentRecorded {
            ticket,
            comment: seq
                .to_string()
                .parse()
                .map_err(|_| StoreError::Row("comment"))?,
            change: match seq % 4 {
                0 => Change::Updated,
                _ => Change::Created,
            },
            observed: Observed::Read,
            author: Some(self.people[author].clone()),
            claimed_at: Some(now()),
        };
        let beside = match seq % 3 {
            0 => vec![(
                "body",
                "Übernommen – the token is stored encrypted now.".into(),
            )],
            _ => Vec::new(),
        };
        say(tx, payload.into(), seq, &subject, beside).map(drop)
    }

    /// What was approved becomes stale; what was not is decided on.
    fn decide(&mut self, seq: u64, at: usize, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let reviewer = self.draw(PEOPLE as u64) as usize;
        let set = self.draw(SETS) as usize;
        let ticket = &mut self.tickets[at];
        let subject = subject(&ticket.id);
        let assessed = ticket.assessed.clone();
        if let (Some(approval), Some(shown_by)) = (ticket.approved.take(), &assessed) {
            let stale = ApprovalStale {
                ticket: ticket.id.clone(),
                approval,
                reason: StaleReason::ContentChanged,
                shown_by: shown_by.clone(),
            };
            return say(tx, stale.into(), seq, &subject, Vec::new()).map(drop);
        }
        let review = HumanReview {
            ticket_key: ticket.id.key.clone(),
            ticket: ticket.id.clone(),
            review_type: ReviewType::ChangeApproval,
            scope: ReviewScope::Plan,
            decision: Decision::Approved,
            reviewer: Reviewer {
                person: self.people[reviewer].clone(),
                role: "Approvers".to_owned(),
                role_source: RoleSource::ProjectRole,
                speaks_for: None,
                in_place_of: None,
            },
            content_hash: hash("content", seq),
            requirement_set: self.sets[set].clone(),
            reviewed_at: now(),
            linked_audit_events: assessed.into_iter().collect(),
            needs: None,
            via: None,
        };
        let beside = vec![
            ("displayName", "Mia Krystof".into()),
            ("comment", "as discussed".into()),
        ];
        let appended = say(tx, review.into(), seq, &subject, beside)?;
        ticket.approved = Some(appended.id);
        Ok(())
    }

    fn verified(&mut self, seq: u64, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let verification = Verification {
            report: hash("report", seq),
            key: "countersign-verifier/x+00000000+AA".to_owned(),
            verdict: "VERIFIED".to_owned(),
            size: seq,
            root: Some(hash("root", seq)),
            findings: 0,
            verified_at: now(),
        };
        say(tx, verification.into(), seq, "ledger", Vec::new()).map(drop)
    }
}

fn hash(what: &str, number: u64) -> String {
    Hash::of(format!("{what}:{number}").as_bytes()).to_string()
}

fn subject(ticket: &TicketId) -> String {
    format!("ticket/{}/{}", ticket.site, ticket.id)
}

fn say(
    tx: &mut Tx<'_>,
    payload: Payload,
    seq: u64,
    subject: &str,
    beside: Vec<(&'static str, Value)>,
) -> Result<Appended, StoreError> {
    tx.append(NewEntry {
        payload,
        beside,
        subject: subject.to_owned(),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "JIRA",
        once: format!("measured:{seq}"),
    })
}
