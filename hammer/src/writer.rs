//! A writer: this program again, as a process of its own that can be killed. Its callers append under keys that follow
//! from writer, caller and number, and say on standard output what they were told.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use ledger::{Actor, ActorKind, Hash};
use record::entries::{ExportCreated, Payload, ReviewRules, SettingsChanged};
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use store::{Address, Appended, MasterKey, NewEntry, Store, StoreError};

use crate::acknowledged::{Line, Told};
use crate::chance::Chance;

/// The master key of every hammered database.
pub(crate) const MASTER: [u8; 32] = [7; 32];

/// How long a caller that was refused waits.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What a writer is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Orders {
    #[arg(long)]
    pub(crate) address: String,
    #[arg(long)]
    pub(crate) tenant: TenantId,
    /// Its name, in its keys.
    #[arg(long)]
    pub(crate) name: String,
    /// How many callers it has.
    #[arg(long)]
    pub(crate) callers: u32,
    /// How long a caller waits between two appends on average, in milliseconds.
    #[arg(long)]
    pub(crate) pace: u64,
    #[arg(long)]
    pub(crate) seed: u64,
}

/// Writes until it is killed, or nobody listens. Keys that are to be sent again come on standard input.
pub(crate) async fn write(orders: Orders) -> anyhow::Result<()> {
    let mut again = String::new();
    std::io::stdin().read_to_string(&mut again)?;
    let again: Vec<String> = again.lines().map(str::to_owned).collect();
    let again = Arc::new(Mutex::new(again));
    let store = open(&orders.address.parse()?).await?;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..orders.callers {
        let caller = Caller {
            store: store.clone(),
            tenant: orders.tenant.clone(),
            name: key_prefix(&orders.name, number),
            chance: Chance::from_seed(orders.seed.wrapping_add(u64::from(number) << 32)),
            pace: orders.pace,
        };
        callers.spawn(caller.call(Arc::clone(&again)));
    }
    match callers.join_next().await {
        Some(ended) => ended?,
        None => Ok(()),
    }
}

/// The store; a database that is away is waited for.
pub(crate) async fn open(address: &Address) -> anyhow::Result<Store> {
    loop {
        match Store::open(address, MasterKey::from_bytes(&MASTER)) {
            Ok(store) => return Ok(store),
            Err(error) => say(&Line::Refused(chain(&error)))?,
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// A line is written whole or, by a process that is killed meanwhile, without its end.
pub(crate) fn say(line: &Line) -> std::io::Result<()> {
    std::io::stdout()
        .lock()
        .write_all(format!("{line}\n").as_bytes())
}

/// Fails once nobody listens any more: a process does not outlive the hammer for long.
pub(crate) fn somebody_listens() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(b"\n").and_then(|()| output.flush())
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// How the keys of a caller begin; their number follows.
pub(crate) fn key_prefix(writer: &str, caller: u32) -> String {
    format!("{writer}/{caller}/")
}

/// Somebody who appends one entry after another.
struct Caller {
    store: Store,
    tenant: TenantId,
    name: String,
    chance: Chance,
    pace: u64,
}

impl Caller {
    async fn call(mut self, again: Arc<Mutex<Vec<String>>>) -> anyhow::Result<()> {
        let mut number = 0_u64;
        loop {
            let left = again.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let once = match left {
                Some(once) => once,
                None if number > 0 && self.chance.one_in(12) => {
                    format!("{}{}", self.name, self.chance.below(number))
                }
                None => {
                    number += 1;
                    format!("{}{}", self.name, number - 1)
                }
            };
            self.append(&once).await?;
            let pause = self.chance.below(2 * self.pace + 1);
            if pause == 0 {
                continue;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Appends until it is acknowledged, always under the same key.
    async fn append(&mut self, once: &str) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let new = entry(once);
            let in_a_change = new.payload.leads_to_rows() || self.chance.one_in(8);
            let appended: Result<Appended, StoreError> = match in_a_change {
                true => {
                    self.store
                        .write(&self.tenant, move |tx| tx.append(new))
                        .await
                }
                false => self.store.append(&self.tenant, new).await,
            };
            match appended {
                Ok(Appended {
                    seq, leaf, fresh, ..
                }) => {
                    say(&Line::Acknowledged {
                        once: once.to_owned(),
                        told: Told { seq, leaf },
                        fresh,
                        took_micros: u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX),
                    })?;
                    return Ok(());
                }
                Err(error) => say(&Line::Refused(chain(&error)))?,
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

/// The entry under a key: always the same. One in five leads to rows.
pub(crate) fn entry(once: &str) -> NewEntry {
    let [first, second, ..] = *Hash::of(once.as_bytes()).as_bytes();
    let payload: Payload = match first % 5 {
        0 => SettingsChanged {
            site: SiteId::from_ulid(ulid::Ulid::from_parts(0, u128::from(second % 16))),
            project: None,
            approver_role: Some(once.to_owned()),
            approver_group: None,
            own_ticket: second > 127,
            rules: ReviewRules::default(),
        }
        .into(),
        _ => ExportCreated {
            bundle: Hash::of(once.as_bytes()).to_string(),
            first: 0,
            end: 1,
            disclosures: 0,
            exported_at: "2026-11-24T09:00:00.000Z".to_owned(),
        }
        .into(),
    };
    NewEntry {
        payload,
        beside: Vec::new(),
        subject: "ledger".to_owned(),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "COUNTERSIGN",
        once: once.to_owned(),
    }
}
