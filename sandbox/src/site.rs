//! Everything one running sandbox shares between its server, its webhooks and its handle. Each part has its own
//! mutex; where two are held, the world's comes first, then the installation's, then the outbox's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::{Action, Deployment};
use crate::connect::keys::InstallKey;
use crate::connect::lifecycle::Installation;
use crate::fault::Faults;
use crate::forge::custom_ui::CustomUi;
use crate::forge::installation::ForgeInstallation;
use crate::host::Pages;
use crate::webhook::{Outbox, SiteWebhook};
use crate::world::World;

/// Takes a lock, whatever happened to the thread that held it before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shared state.
pub(crate) struct Site {
    pub(crate) deployment: Deployment,
    /// The webhooks that an administrator of the site made.
    pub(crate) hooks: Mutex<Vec<SiteWebhook>>,
    pub(crate) title: String,
    pub(crate) cloud_id: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) retry_delay: Duration,
    pub(crate) client: reqwest::Client,
    pub(crate) install_key: InstallKey,
    pub(crate) world: Mutex<World>,
    pub(crate) installation: Mutex<Option<Installation>>,
    pub(crate) forge: Mutex<Option<ForgeInstallation>>,
    /// The Forge app's pages, if they are shown here.
    pub(crate) custom_ui: Option<CustomUi>,
    /// Whether the app's licence is active; none while it is not sold.
    pub(crate) licence: Mutex<Option<bool>>,
    /// `http://` and the address listened on.
    pub(crate) local_url: String,
    /// Client keys given out, by app key: a reinstall gets its old one.
    pub(crate) client_keys: Mutex<BTreeMap<String, String>>,
    pub(crate) outbox: Outbox,
    pub(crate) faults: Faults,
    pub(crate) pages: Pages,
}

impl Site {
    /// The installed app, if any.
    pub(crate) fn installation(&self) -> Option<Installation> {
        lock(&self.installation).clone()
    }

    /// Changes the world and sends the webhooks of what happened, in order.
    pub(crate) fn change<T>(&self, operation: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.world);
        let outcome = operation(&mut world);
        let happenings = std::mem::take(&mut world.happenings);
        self.announce(&world, &happenings);
        outcome
    }
}
