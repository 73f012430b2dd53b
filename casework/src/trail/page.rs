//! Pages of events, the latest first. What columns hold is asked of the database; source and tag are looked for in what
//! it gives, so a page may hold fewer events than were asked for and still go on.

use record::entries::EntryType;
use record::ids::{ModelId, TenantId};
use record::scale::Severity;
use serde::Serialize;
use store::{EntriesWanted, StoreError};
use utoipa::ToSchema;

use super::event::EventView;
use super::event_at;
use crate::Casework;
use crate::error::CaseError;
use crate::events::{TAGS, subject_of_model};

/// The most entries that are looked at for one page.
const MOST_LOOKED_AT: usize = 2_000;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this model.
    pub model_id: Option<ModelId>,
    /// Of this type.
    pub kind: Option<EntryType>,
    /// That matter this much by themselves, their tickets aside.
    pub severity: Option<Severity>,
    /// From this source.
    pub source: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Received at this time or later.
    pub from: Option<String>,
    /// Received before this time.
    pub to: Option<String>,
    /// Before this position.
    pub before: Option<u64>,
    /// How many; 1 to 100.
    pub limit: usize,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The events, the latest first.
    pub events: Vec<EventView>,
    /// What to ask the next page with; none on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Casework {
    /// A page of the tenant's events.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn events(
        &self,
        tenant: &TenantId,
        filter: EventFilter,
    ) -> Result<EventPage, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let wanted = EntriesWanted {
                kind: filter.kind.map(EntryType::as_str),
                severity: filter.severity.map(Severity::as_str),
                subject: filter.model_id.as_ref().map(subject_of_model),
                or_model: filter.model_id.clone(),
                from: filter.from,
                to: filter.to,
                before: filter.before,
                ..EntriesWanted::default()
            };
            let mut events = Vec::new();
            let mut last = None;
            let candidates = db.positions_wanted(&tenant, &wanted, MOST_LOOKED_AT as i64)?;
            let looked_at = candidates.len();
            let mut candidates = candidates.into_iter();
            for seq in candidates.by_ref() {
                last = Some(seq);
                let Some(row) = db.entry(&tenant, seq)? else {
                    continue;
                };
                if filter
                    .source
                    .as_ref()
                    .is_some_and(|source| *source != row.entry.source)
                {
                    continue;
                }
                if let Some(tag) = &filter.tag {
                    let tags = db.beside(&tenant, &row.entry, TAGS)?;
                    let tags = tags.as_ref().and_then(|tags| tags.as_array());
                    if !tags.is_some_and(|tags| tags.iter().any(|of| of == tag.as_str())) {
                        continue;
                    }
                }
                events.extend(event_at(db, &tenant, seq, false)?);
                if events.len() == filter.limit {
                    break;
                }
            }
            let goes_on = candidates.next().is_some() || looked_at == MOST_LOOKED_AT;
            Ok(EventPage {
                events,
                next_cursor: last.filter(|_| goes_on).map(|seq| seq.to_string()),
            })
        });
        Ok(read.await?)
    }
}
