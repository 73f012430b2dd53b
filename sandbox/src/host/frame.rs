//! What a page needs to frame one of the app's own.

use serde_json::{Value, json};

use crate::connect::descriptor::{Descriptor, Panel};
use crate::site::Site;

/// The frame of the module that is picked; null without an app that is in use and has it. `issue` is empty where the
/// page is no issue's.
pub(super) fn framed(
    site: &Site,
    pick: impl FnOnce(&Descriptor) -> Option<&Panel>,
    url: &str,
    issue: &str,
    context: &Value,
) -> Value {
    let Some(app) = site.installation().filter(|app| app.enabled) else {
        return Value::Null;
    };
    let Some(module) = pick(&app.descriptor) else {
        return Value::Null;
    };
    let origin = url::Url::parse(&app.descriptor.base_url).map(|url| url.origin());
    json!({
        "app": app.descriptor.key,
        "module": module.key,
        "name": module.name,
        "url": url,
        "origin": origin.map(|origin| origin.ascii_serialization()).unwrap_or_default(),
        "issue": issue,
        "context": context.to_string(),
    })
}
