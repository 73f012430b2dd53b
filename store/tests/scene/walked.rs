//! What the entries say, worked out from the stored bytes alone: the walk over them and the rows that
//! follow. The other side of every comparison with what the store answers.

use std::convert::Infallible;

use ledger::Hash;
use ledger::walk::{Outcome, Stored, Walk};
use record::entries::Payload;
use record::ids::{EventId, TenantId};
use record::state::{Recorded, Rows as _, State, fold};
use store::{Db, StoreError, StoredEntry, origin_of};

use super::Scene;

/// Walks the tenant's stored entries.
pub(crate) fn walk(db: &mut Db<'_>, tenant: &TenantId) -> Outcome {
    let mut walk = Walk::new(origin_of(tenant));
    each(db, tenant, |row| {
        walk.push(Stored {
            seq: row.seq as u64,
            leaf: Hash::try_from(row.leaf).unwrap(),
            bytes: row.bytes,
        })
        .unwrap();
    });
    walk.finish()
}

/// Folds the tenant's stored entries.
pub(crate) fn folded(db: &mut Db<'_>, tenant: &TenantId) -> State {
    let mut state = State::default();
    each(db, tenant, |row| {
        let entry = ledger::Entry::parse(row.bytes).unwrap();
        let id: EventId = entry.id.parse().unwrap();
        let recorded = Recorded {
            seq: entry.seq,
            id: &id,
            at: &entry.at,
            payload: &Payload::parse(&entry.kind, &entry.payload).unwrap(),
        };
        let folded: Result<(), Infallible> = fold(recorded, &mut state);
        folded.unwrap();
    });
    state
}

/// The rows as the store's queries give them, each where the fold would have put it.
pub(crate) fn rows(db: &mut Db<'_>, tenant: &TenantId) -> State {
    let mut state = State::default();
    state.tenant = db.tenant(tenant).unwrap();
    state.verification = db.last_verification(tenant).unwrap();
    let sites = db.sites(tenant).unwrap();
    let forge_installations = db.forge_installations(tenant).unwrap();
    let settings = db.all_settings(tenant).unwrap();
    let people = db.people(tenant).unwrap();
    let sets = db.requirement_sets(tenant).unwrap();
    let api_keys = db.api_keys(tenant).unwrap();
    let code_hosts = db.code_hosts(tenant).unwrap();
    let jira_integrations = db.jira_integrations(tenant).unwrap();
    let event_models = db.event_models(tenant).unwrap();
    let feeds = db.feeds(tenant).unwrap();
    let mut corrections = Vec::new();
    db.each_correction(tenant, &mut |row| corrections.push(row.unwrap()))
        .unwrap();
    let (mut tickets, mut approvals, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let mut waivers = Vec::new();
    db.each_waiver(tenant, &mut |row| waivers.push(row.unwrap()))
        .unwrap();
    let mut claims = Vec::new();
    db.each_claim(tenant, &mut |row| claims.push(row.unwrap()))
        .unwrap();
    db.each_ticket(tenant, &mut |row| tickets.push(row.unwrap().ticket))
        .unwrap();
    db.each_approval(tenant, &mut |row| approvals.push(row.unwrap()))
        .unwrap();
    db.each_link(tenant, &mut |row| links.push(row.unwrap()))
        .unwrap();
    let put = |state: &mut State| -> Result<(), Infallible> {
        sites
            .into_iter()
            .try_for_each(|row| state.put_site(row.unwrap()))?;
        forge_installations
            .into_iter()
            .try_for_each(|row| state.put_forge_installation(row.unwrap()))?;
        settings
            .into_iter()
            .try_for_each(|row| state.put_settings(row.unwrap()))?;
        people
            .into_iter()
            .try_for_each(|row| state.put_person(row.unwrap().0))?;
        sets.into_iter()
            .try_for_each(|row| state.put_requirement_set(row.unwrap()))?;
        api_keys
            .into_iter()
            .try_for_each(|row| state.put_api_key(row.unwrap()))?;
        code_hosts
            .into_iter()
            .try_for_each(|row| state.put_code_host(row.unwrap()))?;
        jira_integrations
            .into_iter()
            .try_for_each(|row| state.put_jira_integration(row.unwrap()))?;
        links.into_iter().try_for_each(|row| state.put_link(row))?;
        waivers
            .into_iter()
            .try_for_each(|row| state.put_waiver(row))?;
        claims
            .into_iter()
            .try_for_each(|row| state.put_claim(row))?;
        corrections
            .into_iter()
            .try_for_each(|row| state.put_correction(row))?;
        feeds
            .into_iter()
            .try_for_each(|row| state.put_feed(row.unwrap()))?;
        event_models
            .into_iter()
            .try_for_each(|row| state.put_event_model(row.unwrap()))?;
        tickets
            .into_iter()
            .try_for_each(|row| state.put_ticket(row))?;
        approvals
            .into_iter()
            .try_for_each(|row| state.put_approval(row))
    };
    put(&mut state).unwrap();
    state
}

fn each(db: &mut Db<'_>, tenant: &TenantId, mut visit: impl FnMut(StoredEntry<'_>)) {
    db.each_entry(tenant, 0, |row| {
        visit(row);
        Ok::<(), StoreError>(())
    })
    .unwrap();
}

impl Scene {
    /// Demands that a strict walk finds nothing wrong with the tenant's ledger; how many entries it has.
    pub(crate) fn is_sound(&self, tenant: &TenantId) -> u64 {
        let judged: Result<_, StoreError> = self.judge().snapshot(|db| Ok(walk(db, tenant)));
        let outcome = judged.unwrap();
        assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
        outcome.size
    }
}
