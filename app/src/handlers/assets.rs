//! Styles, scripts and the icon. All of them are part of the program.

use actix_web::{HttpResponse, Responder, web};

use crate::error::AppError;

const ASSETS: [(&str, &str, &str); 10] = [
    (
        "api.css",
        "text/css; charset=utf-8",
        include_str!("../../../assets/api.css"),
    ),
    (
        "clean.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/clean.js"),
    ),
    (
        "connect.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/connect.js"),
    ),
    (
        "fragment.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/fragment.js"),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../../../assets/icon.svg"),
    ),
    (
        "integrations.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/integrations.js"),
    ),
    (
        "panel.css",
        "text/css; charset=utf-8",
        include_str!("../../../assets/panel.css"),
    ),
    (
        "panel.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/panel.js"),
    ),
    (
        "settings.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/settings.js"),
    ),
    (
        "trouble.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/trouble.js"),
    ),
];

/// One of the assets, by name.
pub(crate) async fn show(name: web::Path<String>) -> Result<impl Responder, AppError> {
    let asset = ASSETS.iter().find(|(known, _, _)| *known == name.as_str());
    let (_, kind, body) = asset.ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().content_type(*kind).body(*body))
}
