//! The loops: inbox, outbox, checkpoints, feeds, what ends, reading of sites, reports. Each is a thin loop over one use
//! case; what fails is logged and tried again with the next round.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use actix_web::web;
use casework::{Casework, ReportRefused};
use ledger::VerifierKey;
use record::ids::TenantId;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::state::AppState;

const QUIET: Duration = Duration::from_millis(500);
/// How long what comes behind the bell's first ring is waited for: a storm is looked at once for all of it.
const GATHERING: Duration = Duration::from_millis(20);
/// How often feeds are looked through for what came.
const FEEDS: Duration = Duration::from_secs(1);
/// How often waivers, releases in emergencies and requests to watch are looked through for those whose time is over.
const ENDS: Duration = Duration::from_secs(60);
const REPORTS: Duration = Duration::from_secs(2);
/// How often it is said that there are reports by another key.
const UNSIGNED: Duration = Duration::from_secs(60);

/// The running loops.
pub(crate) struct Jobs {
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

impl Jobs {
    pub(crate) fn start(state: &web::Data<AppState>) -> Self {
        let (stop, told) = watch::channel(false);
        let mut loops = JoinSet::new();
        loops.spawn(work(state.clone(), told.clone()));
        loops.spawn(sign(state.clone(), told.clone()));
        loops.spawn(send_feeds(state.casework.clone(), told.clone()));
        loops.spawn(mind_ends(state.clone(), told.clone()));
        if state.config.sync_seconds > 0 {
            loops.spawn(sync(state.clone(), told.clone()));
        }
        if let Some(directory) = state.config.verifier_dir.clone() {
            loops.spawn(take_reports(
                state.casework.clone(),
                directory,
                told.clone(),
            ));
        }
        if let Some(key) = state.config.verifier_key.clone() {
            loops.spawn(take_left_reports(state.casework.clone(), key, told));
        }
        Self { stop, loops }
    }

    /// Lets each loop end its round.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.loops.join_next().await.is_some() {}
    }
}

/// The most tenants that are worked for at once.
const LANES: usize = 64;

/// Notifications and effects: a lane for each tenant that has any, so that a Jira that hangs or a storm of one
/// tenant's holds up nobody else. Looks again when a lane ends, when the bell rings, and every half second.
async fn work(state: web::Data<AppState>, mut told: watch::Receiver<bool>) {
    let mut lanes = JoinSet::new();
    let mut busy: HashMap<tokio::task::Id, TenantId> = HashMap::new();
    let mut last: Option<TenantId> = None;
    while !*told.borrow() {
        match state.casework.tenants_with_work().await {
            Err(error) => tracing::error!(%error, "the queues could not be read"),
            Ok(tenants) => {
                let free = in_turn(tenants, last.as_ref())
                    .into_iter()
                    .filter(|tenant| !busy.values().any(|b| b == tenant));
                let free: Vec<TenantId> = free.take(LANES - busy.len()).collect();
                for tenant in free {
                    let lane = lanes.spawn(work_for(state.casework.clone(), tenant.clone()));
                    last = Some(tenant.clone());
                    busy.insert(lane.id(), tenant);
                }
            }
        }
        tokio::select! {
            _ = told.changed() => {}
            () = state.bell.notified() => tokio::time::sleep(GATHERING).await,
            Some(ended) = lanes.join_next_with_id() => {
                busy.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            () = tokio::time::sleep(QUIET) => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// The tenants, beginning behind the one that got a lane last: where there are more of them than lanes, each gets its
/// turn.
fn in_turn(mut tenants: Vec<TenantId>, last: Option<&TenantId>) -> Vec<TenantId> {
    tenants.sort_unstable();
    let next = tenants.partition_point(|tenant| Some(tenant) <= last);
    tenants.rotate_left(next);
    tenants
}

async fn work_for(casework: Casework, tenant: TenantId) {
    let (inbox, outbox) = tokio::join!(casework.work_inbox(&tenant), casework.work_outbox(&tenant));
    for error in [inbox.err(), outbox.err()].into_iter().flatten() {
        tracing::error!(%tenant, %error, "the queues could not be worked on");
        tokio::time::sleep(QUIET).await;
    }
}

async fn sign(state: web::Data<AppState>, mut told: watch::Receiver<bool>) {
    let pause = Duration::from_secs(state.config.checkpoint_seconds);
    while !*told.borrow() {
        if let Err(error) = state.casework.sign_or_follow().await {
            tracing::error!(%error, "heads could not be signed");
        }
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends feeds what came.
async fn send_feeds(casework: Casework, mut told: watch::Receiver<bool>) {
    let mut lanes = match casework.feed_lanes() {
        Ok(lanes) => lanes,
        Err(error) => return tracing::error!(%error, "no feed can be sent by this server"),
    };
    while !*told.borrow() {
        if let Err(error) = lanes.begin().await {
            tracing::error!(%error, "feeds could not be looked through");
        }
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(FEEDS) => {}
        }
    }
    if let Err(error) = lanes.end().await {
        tracing::warn!(%error, "feeds wait until this server's turn is over");
    }
}

/// Says of waivers that they end soon, and that they ended; of releases in emergencies that nobody decided in time; and of
/// what was deployed that nobody said in time to watch it.
async fn mind_ends(state: web::Data<AppState>, mut told: watch::Receiver<bool>) {
    while !*told.borrow() {
        let now = SystemTime::now();
        let waivers = state.casework.mind_waivers(now.into()).await;
        let emergencies = state.casework.mind_emergencies(now.into()).await;
        let watched = match state.config.monitoring_hours {
            0 => Ok(0),
            hours => {
                let within = Duration::from_secs(hours * 3_600);
                state.casework.mind_monitoring(now.into(), within).await
            }
        };
        for (minded, what) in [
            (waivers, "waivers"),
            (emergencies, "emergencies"),
            (watched, "requests to watch"),
        ] {
            match minded {
                Ok(0) => {}
                Ok(_) => state.bell.notify_one(),
                Err(error) => tracing::error!(%error, what, "ends could not be looked through"),
            }
        }
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(ENDS) => {}
        }
    }
}

/// Reads the Jira sites; what was found is worked on like notifications.
async fn sync(state: web::Data<AppState>, mut told: watch::Receiver<bool>) {
    let pause = Duration::from_secs(state.config.sync_seconds);
    let with_app = match state.config.app_sync_seconds {
        0 => None,
        seconds => Some(Duration::from_secs(seconds)),
    };
    while !*told.borrow() {
        if let Err(error) = state.casework.sync_all(with_app).await {
            tracing::error!(%error, "connected Jira sites could not be read");
        }
        state.bell.notify_one();
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Takes the reports that the verifier left in the database into the ledger. One that is signed by another key than the
/// configured one stays there, and that is said once a minute.
async fn take_left_reports(casework: Casework, key: VerifierKey, mut told: watch::Receiver<bool>) {
    while !*told.borrow() {
        let mut pause = REPORTS;
        match casework.take_left_reports(&key).await {
            Ok(0) => {}
            Ok(unsigned) => {
                tracing::error!(
                    unsigned,
                    "reports in the database are not signed by COUNTERSIGN_VERIFIER_KEY"
                );
                pause = UNSIGNED;
            }
            Err(error) => tracing::error!(%error, "reports could not be taken"),
        }
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Takes the verifier's reports into the ledger. A report is left where it lies and counts once.
async fn take_reports(casework: Casework, directory: PathBuf, mut told: watch::Receiver<bool>) {
    let mut taken = HashSet::new();
    while !*told.borrow() {
        if let Err(error) = take_new_reports(&casework, &directory, &mut taken).await {
            tracing::error!(%error, "COUNTERSIGN_VERIFIER_DIR cannot be read");
        }
        tokio::select! {
            _ = told.changed() => {}
            () = tokio::time::sleep(REPORTS) => {}
        }
    }
}

async fn take_new_reports(
    casework: &Casework,
    directory: &Path,
    taken: &mut HashSet<PathBuf>,
) -> std::io::Result<()> {
    let reports = directory.join("reports");
    let key = match std::fs::read_to_string(directory.join("verifier.vkey")) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let Ok(key) = VerifierKey::parse(key.trim_end()) else {
        return Err(std::io::Error::other("verifier.vkey is not a verifier key"));
    };
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&reports) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?.filter_map(|file| Some(file.ok()?.path())).collect(),
    };
    files.retain(|file| file.extension().is_some_and(|e| e == "report") && !taken.contains(file));
    files.sort_unstable();
    for file in files {
        let Ok(note) = std::fs::read_to_string(&file) else {
            tracing::error!("a report cannot be read");
            continue;
        };
        match casework.take_report(&note, &key).await {
            Ok(appended) if appended.fresh => {
                tracing::info!(seq = appended.seq, "a report entered the ledger");
            }
            Ok(_) => {}
            Err(ReportRefused::Case(error)) => {
                tracing::warn!(%error, "a report could not be taken yet");
                continue;
            }
            Err(error) => tracing::error!(%error, "a report was refused"),
        }
        taken.insert(file);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_tenants_are_more_than_lanes_each_gets_its_turn() {
        let tenants: Vec<TenantId> = (0..5).map(|n| TenantId::from_ulid(n.into())).collect();
        let mut served = Vec::new();
        for _ in 0..5 {
            let turn = in_turn(tenants.clone(), served.last());
            served.extend(turn.into_iter().take(2));
        }
        for tenant in &tenants {
            assert_eq!(served.iter().filter(|one| *one == tenant).count(), 2);
        }
        assert_eq!(in_turn(Vec::new(), tenants.first()), Vec::new());
    }
}
