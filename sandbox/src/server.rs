//! Starting the server: binding, the seeded site, one thread with its own runtime for the listener and the
//! webhooks, and the table of routes.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::sync::{mpsc, oneshot};

use crate::config::Config;
use crate::connect::keys::{self, InstallKey};
use crate::fault::{self, Faults};
use crate::forge::custom_ui::CustomUi;
use crate::site::{Site, lock};
use crate::webhook::{self, Outbox};
use crate::world::World;
use crate::{control, forge, host, rest};

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("the address cannot be listened on")]
    Listen(#[source] std::io::Error),
    /// No thread or runtime for the server.
    #[error("the server could not be run")]
    Run(#[source] std::io::Error),
    /// The install key or the cloud id could not be made.
    #[error("no key could be made")]
    Key(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Client(#[source] reqwest::Error),
    /// The pages could not be parsed.
    #[error("the pages could not be parsed")]
    Pages(#[source] Box<handlebars::TemplateError>),
    /// The first tickets could not be made.
    #[error("the seed could not be planted")]
    Seed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A server that listens.
pub(crate) struct Running {
    pub(crate) site: Arc<Site>,
    pub(crate) server: ServerHandle,
    /// `http://` and the address listened on.
    pub(crate) local_url: String,
}

/// Binds, plants the seed and serves until stopped.
pub(crate) async fn start(config: Config) -> Result<Running, StartError> {
    let listener = TcpListener::bind(&config.listen).map_err(StartError::Listen)?;
    let mut address = listener.local_addr().map_err(StartError::Listen)?;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let local_url = format!("http://{address}");
    let (wire, jobs) = mpsc::unbounded_channel();
    let mut listeners = vec![listener];
    let mut custom_ui = None;
    if let Some(directory) = config.custom_ui.clone() {
        let apart = TcpListener::bind((address.ip(), 0)).map_err(StartError::Listen)?;
        let origin = apart.local_addr().map_err(StartError::Listen)?;
        let ui = CustomUi::new(directory, format!("http://{origin}"));
        custom_ui = Some(ui.map_err(|error| StartError::Key(error.into()))?);
        listeners.push(apart);
    }
    let site = Arc::new(site(config, &local_url, Outbox::new(wire), custom_ui)?);
    let (tell, told) = oneshot::channel();
    let shared = Arc::clone(&site);
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return drop(tell.send(Err(error))),
        };
        runtime.block_on(async move {
            match serve(listeners, Arc::clone(&shared)) {
                Err(error) => drop(tell.send(Err(error))),
                Ok(server) => {
                    tokio::spawn(webhook::run(shared, jobs));
                    let _ = tell.send(Ok(server.handle()));
                    let _ = server.await;
                }
            }
        });
    };
    std::thread::Builder::new()
        .name("sandbox".to_owned())
        .spawn(body)
        .map_err(StartError::Run)?;
    let gone = |_| StartError::Run(std::io::ErrorKind::BrokenPipe.into());
    let server = told.await.map_err(gone)?.map_err(StartError::Run)?;
    Ok(Running {
        site,
        server,
        local_url,
    })
}

fn site(
    config: Config,
    local_url: &str,
    outbox: Outbox,
    custom_ui: Option<CustomUi>,
) -> Result<Site, StartError> {
    let base_url = config
        .base_url
        .as_deref()
        .unwrap_or(local_url)
        .trim_end_matches('/');
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(config.timeout)
        .build()
        .map_err(StartError::Client)?;
    Ok(Site {
        deployment: config.deployment,
        hooks: Mutex::default(),
        title: config.title,
        cloud_id: keys::uuid().map_err(|error| StartError::Key(error.into()))?,
        actions: config.actions,
        retry_delay: config.retry_delay,
        client,
        install_key: InstallKey::generate().map_err(|error| StartError::Key(error.into()))?,
        world: Mutex::new(
            World::seeded(base_url, config.deployment)
                .map_err(|error| StartError::Seed(error.into()))?,
        ),
        installation: Mutex::new(None),
        forge: Mutex::new(None),
        custom_ui,
        licence: Mutex::new(None),
        local_url: local_url.to_owned(),
        client_keys: Mutex::new(BTreeMap::new()),
        outbox,
        faults: Faults::default(),
        pages: host::Pages::new().map_err(StartError::Pages)?,
    })
}

fn serve(listeners: Vec<TcpListener>, site: Arc<Site>) -> std::io::Result<actix_web::dev::Server> {
    let site = web::Data::from(site);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(site.clone())
            .wrap(from_fn(fault::watch))
            .configure(|config| rest::configure(config, &site))
            .configure(forge::configure)
            .configure(control::configure)
            .configure(host::configure)
            .route("/install-keys/{kid}", web::get().to(install_key))
    });
    let server = server.workers(1).disable_signals().shutdown_timeout(1);
    let server = listeners.into_iter().try_fold(server, HttpServer::listen)?;
    Ok(server.run())
}

/// The public half of the install key, by key id.
async fn install_key(site: web::Data<Site>, kid: web::Path<String>) -> HttpResponse {
    if *kid != site.install_key.kid {
        return HttpResponse::NotFound().finish();
    }
    HttpResponse::Ok()
        .content_type("text/plain")
        .body(site.install_key.public_pem.clone())
}

/// The site's present base URL.
pub(crate) fn base_url(site: &Site) -> String {
    lock(&site.world).base_url.clone()
}
