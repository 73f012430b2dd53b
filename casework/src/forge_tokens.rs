//! The newest token for each site with the Forge app, in memory alone. Forge hands one with every call and promises
//! that it is good for two hours; an hourly call keeps one at hand. After a restart there is none until the next call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jira::forge::{CloudId, ForgeToken};

/// How long a token is relied on: a little less than Forge promises.
const LIFE: Duration = Duration::from_secs(115 * 60);

/// The tokens, by cloud id.
#[derive(Clone, Default)]
pub(crate) struct ForgeTokens(Arc<Mutex<HashMap<String, (ForgeToken, Instant)>>>);

impl std::fmt::Debug for ForgeTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForgeTokens(hidden)")
    }
}

impl ForgeTokens {
    /// Keeps a token; whether there was none that is good now.
    pub(crate) fn keep(&self, cloud: &CloudId, token: ForgeToken) -> bool {
        let until = Instant::now() + LIFE;
        let before = self.kept().insert(cloud.to_string(), (token, until));
        before.is_none_or(|(_, until)| until <= Instant::now())
    }

    /// A token that is good now.
    pub(crate) fn get(&self, cloud: &str) -> Option<ForgeToken> {
        let mut kept = self.kept();
        kept.retain(|_, (_, until)| *until > Instant::now());
        kept.get(cloud).map(|(token, _)| token.clone())
    }

    pub(crate) fn forget(&self, cloud: &str) {
        self.kept().remove(cloud);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, (ForgeToken, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
