//! One run: a database, writers, signers and a reader, and a schedule of what is done to them.

use std::time::{Duration, Instant};

use casework::{Casework, SigningRefused};
use record::ids::TenantId;
use store::StoreError;
use tokio::runtime::Runtime;
use ulid::Ulid;

use crate::chance::Chance;
use crate::crew::{Crew, Heard, Way};
use crate::database::{Database, Kind};
use crate::faults::{self, Faults};
use crate::judgement::Judge;
use crate::reader::Reader;
use crate::report::Tally;
use crate::schedule::{Event, Step, schedule};
use crate::signer::casework;

/// Callers of each writer.
const CALLERS: u32 = 16;

/// How long a caller waits between two appends on average, in milliseconds: so that a long run stays small.
const PACE: u64 = 250;

/// How long writers may take to go on.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a full disk lasts at most until somebody feels it.
const UNTIL_FELT: Duration = Duration::from_secs(10);

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) kills: u32,
    pub(crate) seed: u64,
    /// Forks are to be kept where they are made.
    pub(crate) forks_are_kept: bool,
}

/// Everybody, at work on one database.
pub(crate) struct Scene {
    runtime: Runtime,
    pub(crate) crew: Crew,
    pub(crate) heard: Heard,
    pub(crate) faults: Faults,
    judge: Judge,
    reader: Option<Reader>,
    own: Casework,
    tenant: TenantId,
    pub(crate) database: Database,
    pub(crate) tally: Tally,
}

impl Scene {
    /// A founded ledger, two signers and a reader; no writer yet.
    pub(crate) fn set(
        database: Database,
        chance: &mut Chance,
        callers: u32,
        pace: u64,
        through_proxy: bool,
    ) -> anyhow::Result<Self> {
        let runtime = Runtime::new()?;
        let outside = database.outside().to_owned();
        let memories = vec![outside.join("signer-1"), outside.join("signer-2")];
        let tenant = TenantId::from_ulid(Ulid::generate());
        let (heard, faults) = (Heard::default(), Faults::default());
        let own = runtime.block_on(casework(&database.url()?, memories[0].clone()))?;
        let founded: Result<(), StoreError> =
            runtime.block_on(own.store().write(&tenant, |tx| tx.found_tenant().map(drop)));
        founded?;
        let address = database.address()?;
        let mut forked = || Chance::from_seed(chance.next());
        let way = Way {
            url_of_signers: database.url()?,
            url_of_writers: match through_proxy {
                true => database.url_of_writers()?,
                false => database.url()?,
            },
            tenant: tenant.clone(),
            callers,
            pace,
            memories: memories.clone(),
        };
        let reader = Reader::start(
            address.clone(),
            tenant.clone(),
            heard.clone(),
            faults.clone(),
            forked(),
        );
        Ok(Self {
            runtime,
            crew: Crew::gather(way, forked(), heard.clone())?,
            reader: Some(reader),
            judge: Judge::new(
                address,
                tenant.clone(),
                memories,
                outside.join("verifier"),
                heard.clone(),
                faults.clone(),
            ),
            heard,
            faults,
            own,
            tenant,
            database,
            tally: Tally::default(),
        })
    }

    /// Waits until something is acknowledged, or found wrong.
    fn goes_on(&self) {
        let (before, began) = (self.heard.lock().answers, Instant::now());
        while self.heard.lock().answers == before && self.faults.all().is_empty() {
            if began.elapsed() > PATIENCE {
                let waited = PATIENCE.as_secs();
                self.faults.find(
                    faults::Kind::Stuck,
                    format!("nothing was acknowledged for {waited} s"),
                );
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Does what the step says. Gives what was done, in words.
    fn take(&mut self, step: &Step) -> anyhow::Result<String> {
        std::thread::sleep(step.pause);
        let mut done = step.event.to_string();
        match step.event {
            Event::Kill => {
                let name = self.crew.kill_one()?;
                self.tally.kills += 1;
                done = format!("{done}, {name}");
            }
            Event::Stop => {
                self.database.stop_for(step.lasts)?;
                if self.database.address()?.file().is_some() {
                    self.crew.kill_all()?;
                    self.crew.start_signers()?;
                }
                self.tally.stops += 1;
            }
            Event::FillDisk { log } => self.fill_disk(log, step.lasts)?,
        }
        Ok(done)
    }

    fn fill_disk(&mut self, log: bool, lasts: Duration) -> anyhow::Result<()> {
        if self.database.cannot_be_filled().is_some() {
            return Ok(());
        }
        let (before, began) = (self.heard.lock().refusals(), Instant::now());
        self.database.fill_disk(log)?;
        std::thread::sleep(lasts);
        while self.heard.lock().refusals() == before && began.elapsed() < UNTIL_FELT {
            std::thread::sleep(Duration::from_millis(10));
        }
        let ended = self.database.free_disk()?;
        self.tally.full += 1;
        self.tally.felt += u32::from(self.heard.lock().refusals() > before);
        self.tally.servers_ended += u32::from(ended);
        Ok(())
    }

    /// Ends everybody's work and judges all of it.
    pub(crate) fn finish(mut self, kind: Kind) -> anyhow::Result<Tally> {
        self.crew.kill_all()?;
        self.tally.pairs = self.reader.take().map_or(0, Reader::stop);
        // The next start has nothing to repair, and what is there can be signed.
        if !store::migrate(&self.database.address()?)?.is_empty() {
            self.faults
                .find(faults::Kind::Unsound, "the schema was gone");
        }
        if let Err(error) = self.runtime.block_on(self.own.sign_head(&self.tenant)) {
            let kind = match error {
                SigningRefused::RolledBack { .. } | SigningRefused::Forked { .. } => {
                    faults::Kind::Fork
                }
                _ => faults::Kind::Unsound,
            };
            let said = crate::writer::chain(&error);
            self.faults
                .find(kind, format!("the last head cannot be signed: {said}"));
        }
        self.tally.entries = self.judge.judge_all()?;
        self.judge.ask_verifier(&self.runtime)?;
        let heard = self.heard.lock();
        let tally = Tally {
            name: kind.name(),
            lost_replies: self.database.lost().0,
            lost_commits: self.database.lost().1,
            answers: heard.answers,
            repeated: heard.repeated,
            kept_unanswered: heard.kept_unanswered,
            refused: heard.refused.clone(),
            took_micros: heard.took_micros.clone(),
            signed: self.judge.signed.all().len(),
            pairs: self.tally.pairs + self.judge.signed.pairs,
            worst: Some(self.judge.worst),
            faults: self.faults.all(),
            cannot_be_filled: self.database.cannot_be_filled(),
            ..self.tally.clone()
        };
        drop(heard);
        Ok(tally)
    }
}

/// Plays the schedule that follows from the seed. Ends early when something is found.
pub(crate) fn hammer(asked: Asked, say: fn(&str)) -> anyhow::Result<Tally> {
    let mut chance = Chance::from_seed(asked.seed);
    let steps = schedule(asked.kills, &mut chance);
    let database = Database::on_a_small_disk(asked.kind, &mut chance)?;
    if asked.forks_are_kept {
        database.let_forks_be_kept()?;
    }
    let mut scene = Scene::set(database, &mut chance, CALLERS, PACE, true)?;
    scene.faults.now_after("the start");
    scene.crew.bring_writers_to(chance.between(2, 4) as usize)?;
    scene.goes_on();
    scene.judge.look()?;
    let (count, each) = (steps.len(), (steps.len() / 10).max(4));
    for (number, step) in (1..).zip(&steps) {
        if !scene.faults.all().is_empty() {
            break;
        }
        let done = scene.take(step)?;
        let event = format!("event {number} of {count}: {done}");
        scene.faults.now_after(&event);
        scene.crew.bring_writers_to(step.writers)?;
        scene.goes_on();
        scene.judge.look()?;
        if number % each == 0 {
            scene.judge.ask_verifier(&scene.runtime)?;
            let answers = scene.heard.lock().answers;
            say(&format!(
                "{}: {number} of {count} events, {answers} acknowledged",
                asked.kind.name()
            ));
        }
    }
    scene.finish(asked.kind)
}
