//! Somebody else wrote or removed the property in which a gate stands on Connect. Whoever may edit a ticket can, and Jira
//! keeps nobody from it: it is set back, recorded, and said on the ticket. Jira tells that the property was written and,
//! as far as is known, by whom; what it says is read again. A ticket that went through meanwhile is another matter, see
//! `bypass.rs`.

use record::entries::{GateState, GateTampered};
use record::facts::PropertyChanged;
use record::ids::{AccountId, IssueId};
use record::scale::Severity;
use serde::Deserialize;
use serde_json::Value;
use store::{InboxItem, NewEntry, StoreError, Tx};
use ulid::Ulid;

use super::written::{Gated, property_key};
use super::{PROPERTY_EFFECT, set_gate};
use crate::effects::tell_news;
use crate::error::CaseError;
use crate::people::person_for;
use crate::statement::DISPLAY_NAME;
use crate::times::instant;
use crate::{ActiveSite, Casework, SiteRefused, person, server, subject_of};

/// The mark by which the comment is found.
const MARK: &str = "countersign-tampered";

/// A ticket whose property is looked after, and whether what it has to say is still on its way.
struct Kept {
    gated: Gated,
    waits: bool,
}

/// What a ticket's property says of the gate, beside the ticket itself.
struct Seen {
    gated: Gated,
    found: Option<GateState>,
    /// Nothing of ours was on its way, and nothing changed meanwhile: what was found is not a word of ours to come.
    is_settled: bool,
}

/// Who wrote a property.
enum Writer {
    Ours,
    Another(AccountId),
    Unknown,
}

/// What is recorded of it.
struct Tampered {
    seen: Seen,
    by: Option<AccountId>,
    name: Option<String>,
    claimed_at: Option<String>,
    once: String,
}

impl Casework {
    /// Looks into what somebody did to a ticket's property. Whatever cannot be found out, the gate is set back.
    pub(crate) async fn property_changed(
        &self,
        site: &ActiveSite,
        fact: &PropertyChanged,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        if !self.keeps_its_gate_in_a_property(site).await? {
            return self.lay_down(site, Some(item)).await;
        }
        let by = match self.writer(site, fact).await {
            // Whatever of ours was the last to write looks afterwards at what stands.
            Writer::Ours => return self.lay_down(site, Some(item)).await,
            Writer::Another(account) => Some(account),
            Writer::Unknown => None,
        };
        let Some(seen) = self.seen(site, &fact.issue, by.is_some()).await? else {
            return self.lay_down(site, Some(item)).await;
        };
        if by.is_none() && !seen.cannot_be_ours() {
            return self.set_back(site, seen, item).await;
        }
        let tampered = Tampered {
            seen,
            name: self.name_of(site, by.as_ref()).await.unwrap_or_default(),
            by,
            claimed_at: fact.claimed_at_ms.map(instant),
            once: format!("tampered:{}:{}", site.site, once(fact, &item)),
        };
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                tampered.record(tx)?;
                Ok(tx.done_with(&item)?)
            })
            .await
    }

    async fn keeps_its_gate_in_a_property(&self, site: &ActiveSite) -> Result<bool, CaseError> {
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let has = self.store.read(move |db| db.has_connect(&tenant, &id));
        Ok(has.await?)
    }

    /// Whose account it was is unknown too where the app's own cannot be asked for.
    async fn writer(&self, site: &ActiveSite, fact: &PropertyChanged) -> Writer {
        let Some(account) = &fact.by else {
            return Writer::Unknown;
        };
        match self.is_ourselves_by_any_door(site, account).await {
            Ok(true) => Writer::Ours,
            Ok(false) => Writer::Another(account.clone()),
            Err(_) => Writer::Unknown,
        }
    }

    /// The ticket before and after its property is read. One that nobody recorded yet is recorded, and has a gate then, if
    /// somebody opened one for it or is known to have written it.
    async fn seen(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        is_by_somebody: bool,
    ) -> Result<Option<Seen>, CaseError> {
        let mut before = self.kept(site, issue).await?;
        let (calls, key) = (self.calls(site), property_key()?);
        let property = match calls.property(issue, &key).await {
            Err(error) if error.is_transient() => return Err(error.into()),
            read => read.unwrap_or_default(),
        };
        let found = property.as_ref().and_then(said_of_the_gate);
        if before.is_none() && (is_by_somebody || found == Some(GateState::Open)) {
            self.assess_ticket(site, issue, None).await?;
            before = self.kept(site, issue).await?;
        }
        let now = self.kept(site, issue).await?;
        Ok(before.zip(now).map(|(before, now)| Seen {
            is_settled: !before.waits && !now.waits && before.gated == now.gated,
            gated: now.gated,
            found,
        }))
    }

    /// A site with both doors has an account of the app's for each, and one that is closed had one.
    async fn is_ourselves_by_any_door(
        &self,
        site: &ActiveSite,
        account: &AccountId,
    ) -> Result<bool, CaseError> {
        if self.was_ourselves(site, account) || self.is_ourselves(site, account).await? {
            return Ok(true);
        }
        let doors = [
            self.connect_site(&site.tenant, &site.site).await.map(Some),
            self.site_through_forge(&site.tenant, &site.site).await,
        ];
        for door in doors {
            match door {
                Ok(Some(other)) if self.is_ourselves(&other, account).await? => return Ok(true),
                Ok(_) | Err(CaseError::Site(SiteRefused::Unknown | SiteRefused::Uninstalled)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    async fn kept(&self, site: &ActiveSite, issue: &IssueId) -> Result<Option<Kept>, CaseError> {
        let (tenant, id, of) = (site.tenant.clone(), site.site.clone(), issue.clone());
        let unsent = self.store.read(move |db| -> Result<_, StoreError> {
            db.unsent(&tenant, &id, &of, PROPERTY_EFFECT)
        });
        let waits = unsent.await?.is_some();
        let gated = self.gated_ticket(&site.tenant, &site.site, issue).await?;
        let gated = gated.filter(|gated| !gated.ticket.deleted);
        Ok(gated.map(|gated| Kept { gated, waits }))
    }

    /// Ends the work where nobody is to be held to anything.
    async fn set_back(
        &self,
        site: &ActiveSite,
        seen: Seen,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        let set = move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
            if seen.found != Some(seen.gated.gate()) {
                set_gate(tx, &seen.gated.ticket.site, &seen.gated.ticket.issue)?;
            }
            tx.done_with(&item)
        };
        Ok(self.store.queue(&site.tenant, set).await?)
    }
}

impl Seen {
    /// Whether the gate stands open by a write that was not ours, whoever's it was. A release whose time is over is shut a
    /// while later.
    fn cannot_be_ours(&self) -> bool {
        let is_opened =
            self.found == Some(GateState::Open) && self.gated.gate() == GateState::Closed;
        let release = self.gated.ticket.release.as_ref();
        let is_released = release.is_some_and(|release| release.until.is_some());
        is_opened && self.is_settled && !is_released
    }
}

impl Tampered {
    fn record(self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let Seen {
            gated,
            found,
            is_settled,
        } = self.seen;
        let (ticket, stands) = (gated.ticket.named(), gated.gate());
        let found = found.filter(|found| *found == stands || is_settled);
        let (site, issue) = (ticket.site.clone(), ticket.id.clone());
        let by = match &self.by {
            Some(account) => Some(person_for(tx, &site, account)?),
            None => None,
        };
        let name = self.name.map(|name| (DISPLAY_NAME, Value::from(name)));
        tx.append(NewEntry {
            subject: subject_of(&site, &issue),
            actor: by.as_ref().map_or_else(server, person),
            payload: GateTampered {
                ticket,
                found,
                stands,
                by,
                claimed_at: self.claimed_at,
            }
            .into(),
            beside: name.into_iter().collect(),
            severity: match (found, stands) {
                (Some(GateState::Open), GateState::Closed) => Severity::High,
                _ => Severity::Medium,
            },
            source: "JIRA",
            once: self.once,
        })?;
        set_gate(tx, &site, &issue)?;
        let news = "Countersign: somebody wrote this issue's gate by hand.";
        let next = " It is set back, and that is recorded. To let the issue pass, ask an approver of the project to decide.";
        Ok(tell_news(tx, (&site, &issue), MARK, news, next)?)
    }
}

/// The key under which it counts once; where no time is told, each notification counts.
fn once(fact: &PropertyChanged, item: &InboxItem) -> String {
    match fact.claimed_at_ms {
        Some(_) => item.fact.key(),
        None => Ulid::generate().to_string(),
    }
}

/// What a property says of the gate; nothing where it is not ours at all.
fn said_of_the_gate(property: &Value) -> Option<GateState> {
    GateState::deserialize(property.get("gate")?).ok()
}
