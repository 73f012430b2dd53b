//! The pages. Templates are part of the program; a name that a template uses and the view lacks is an
//! error, not an empty place.

use casework::{Panel, SettingsPage};
use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, TemplateError};
use serde::Serialize;
use serde_json::json;

use crate::error::AppError;
use crate::handlers::v1::Reading;

const TEMPLATES: [(&str, &str); 13] = [
    ("api", include_str!("../../templates/api.hbs")),
    ("error", include_str!("../../templates/error.hbs")),
    (
        "integrations",
        include_str!("../../templates/integrations.hbs"),
    ),
    ("page", include_str!("../../templates/page.hbs")),
    ("panel", include_str!("../../templates/panel.hbs")),
    ("settings", include_str!("../../templates/settings.hbs")),
    (
        "approval",
        include_str!("../../templates/partials/approval.hbs"),
    ),
    ("badge", include_str!("../../templates/partials/badge.hbs")),
    (
        "corrections",
        include_str!("../../templates/partials/corrections.hbs"),
    ),
    (
        "evidence",
        include_str!("../../templates/partials/evidence.hbs"),
    ),
    (
        "requirements",
        include_str!("../../templates/partials/requirements.hbs"),
    ),
    (
        "standing",
        include_str!("../../templates/partials/standing.hbs"),
    ),
    (
        "verdict",
        include_str!("../../templates/partials/verdict.hbs"),
    ),
];

/// The bands of risk from which on more can be asked for.
const BANDS: [&str; 4] = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];

/// The templates, ready to render.
pub(crate) struct Views {
    templates: Handlebars<'static>,
}

impl Views {
    pub(crate) fn build() -> Result<Self, TemplateError> {
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        templates.register_helper("moment", Box::new(moment));
        templates.register_helper("became", Box::new(became));
        for (name, text) in TEMPLATES {
            templates.register_template_string(name, text)?;
        }
        Ok(Self { templates })
    }

    /// The whole page around a fragment, for Jira to frame. `page` is the name of the script's part that serves it.
    pub(crate) fn page(
        &self,
        page: &str,
        fragment: &str,
        connect_js: &str,
    ) -> Result<String, AppError> {
        self.render(
            "page",
            &json!({ "page": page, "fragment": fragment, "connectJs": connect_js }),
        )
    }

    /// The panel: no script, only `data-action` attributes.
    pub(crate) fn panel(&self, panel: &Panel) -> Result<String, AppError> {
        self.render("panel", panel)
    }

    /// The settings, in the same way; `saved` says that they were just changed.
    pub(crate) fn settings(
        &self,
        settings: &SettingsPage,
        saved: bool,
    ) -> Result<String, AppError> {
        #[derive(Serialize)]
        struct View<'s> {
            #[serde(flatten)]
            settings: &'s SettingsPage,
            saved: bool,
            bands: [&'static str; 4],
        }
        let view = View {
            settings,
            saved,
            bands: BANDS,
        };
        self.render("settings", &view)
    }

    /// The page on which people read the API's document.
    pub(crate) fn api(&self, reading: &Reading) -> Result<String, AppError> {
        self.render("api", reading)
    }

    /// The page on which integrations are made.
    pub(crate) fn integrations(&self) -> Result<String, AppError> {
        self.render("integrations", &json!({}))
    }

    /// A page that says what went wrong.
    pub(crate) fn error(
        &self,
        title: &str,
        detail: &str,
        request: &str,
    ) -> Result<String, AppError> {
        self.render(
            "error",
            &json!({ "title": title, "detail": detail, "request": request }),
        )
    }

    fn render<T: Serialize>(&self, name: &str, view: &T) -> Result<String, AppError> {
        self.templates
            .render(name, view)
            .map_err(|error| AppError::Internal(error.to_string()))
    }
}

/// `{{moment at}}`: an instant of the ledger's as people read it, to the minute, in UTC.
fn moment(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let at = helper
        .param(0)
        .and_then(|param| param.value().as_str())
        .unwrap_or_default();
    match (at.get(..10), at.get(11..16)) {
        (Some(date), Some(time)) => out.write(&format!("{date} {time} UTC"))?,
        _ => out.write(at)?,
    }
    Ok(())
}

/// What was found of a claim, in words that a place follows.
fn became(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let found = helper.param(0).and_then(|param| param.value().as_str());
    out.write(match found.unwrap_or_default() {
        "MOVED" => "moved to",
        "DRIFTED" => "changed since, now at",
        "GONE" => "gone from the code",
        _ => "found again there",
    })?;
    Ok(())
}
