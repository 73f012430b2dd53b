//! The store's clock: when something was received.

use chrono::{SecondsFormat, Utc};

/// Now, as entries write it: `YYYY-MM-DDThh:mm:ss.mmmZ`.
#[must_use]
pub fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}
