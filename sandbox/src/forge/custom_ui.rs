//! An app's Custom UI as Forge keeps it: the folders that were built, on an origin of their own, each behind a name that
//! nobody foresees, under a content policy at least as strict as Forge's own. Puts the bridge before a page's scripts.

use std::path::{Path, PathBuf};

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::connect::keys;
use crate::server;
use crate::site::Site;

/// What a frame may do, of what Forge allows.
pub(crate) const SANDBOX: &str =
    "allow-downloads allow-forms allow-modals allow-pointer-lock allow-same-origin allow-scripts";

const BRIDGE: &str = include_str!("../../assets/forge_bridge.js");

/// Where an app's pages are.
#[derive(Debug, Clone)]
pub(crate) struct CustomUi {
    /// The folder with a folder for each page.
    directory: PathBuf,
    /// `http://` and the address listened on for them alone.
    origin: String,
    folder: String,
}

impl CustomUi {
    pub(crate) fn new(directory: PathBuf, origin: String) -> Result<Self, getrandom::Error> {
        let folder = format!("app-{}", keys::uuid()?);
        Ok(Self {
            directory,
            origin,
            folder,
        })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Where a page begins.
    pub(crate) fn url(&self, page: &str) -> String {
        format!("{}/custom-ui/{}/{page}/", self.origin, self.folder)
    }

    /// The file of a page, if there is one by this name.
    fn read(&self, folder: &str, page: &str, file: &str) -> Option<Vec<u8>> {
        let names = std::iter::once(page).chain(file.split('/'));
        let plain = |name: &str| {
            let of_a_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            !name.starts_with('.') && !name.is_empty() && name.bytes().all(of_a_name)
        };
        if folder != self.folder || !names.clone().all(plain) {
            return None;
        }
        let path = names.fold(self.directory.clone(), |path, name| path.join(name));
        std::fs::read(path).ok()
    }
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/custom-ui/bridge.js", web::get().to(bridge))
        .route("/custom-ui/{folder}/{page}/{file:.*}", web::get().to(file));
}

async fn bridge() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(BRIDGE)
}

async fn file(site: web::Data<Site>, path: web::Path<(String, String, String)>) -> HttpResponse {
    let (folder, page, file) = path.into_inner();
    let file = if file.is_empty() { "index.html" } else { &file };
    let found = site.custom_ui.as_ref();
    let Some(body) = found.and_then(|ui| ui.read(&folder, &page, file)) else {
        return HttpResponse::NotFound().finish();
    };
    let body = match file {
        "index.html" => with_bridge(&body),
        _ => body,
    };
    HttpResponse::Ok()
        .content_type(kind(file))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(&site)))
        .body(body)
}

/// Scripts, styles and pictures from the page's own origin, nothing inline, nothing fetched from anywhere.
fn policy(site: &Site) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors {} {}",
        site.local_url,
        server::base_url(site)
    )
}

fn with_bridge(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    page.replacen(
        "<head>",
        "<head>\n<script src=\"/custom-ui/bridge.js\"></script>",
        1,
    )
    .into_bytes()
}

fn kind(file: &str) -> &'static str {
    match Path::new(file).extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_a_page_s_folder_is_given() {
        let built = std::env::temp_dir().join(format!("custom-ui-{}", keys::uuid().unwrap()));
        std::fs::create_dir_all(built.join("panel/assets")).unwrap();
        std::fs::write(built.join("secret"), "s").unwrap();
        std::fs::write(built.join("panel/assets/a.js"), "1").unwrap();
        let ui = CustomUi::new(built.clone(), String::new()).unwrap();
        let folder = ui.folder.clone();
        assert_eq!(
            ui.read(&folder, "panel", "assets/a.js").unwrap(),
            b"1".to_vec()
        );
        for (folder, page, file) in [
            ("app-1", "panel", "assets/a.js"),
            (&*folder, "panel", "../secret"),
            (&*folder, "..", "secret"),
            (&*folder, "panel", "assets//a.js"),
            (&*folder, "panel", "assets"),
            (&*folder, ".", "secret"),
        ] {
            assert!(ui.read(folder, page, file).is_none(), "{page}/{file}");
        }
        std::fs::remove_dir_all(built).unwrap();
    }
}
