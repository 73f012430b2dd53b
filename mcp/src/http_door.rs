//! Streamable HTTP, one request at a time: what came in is handed over whole, and what is to be answered comes back
//! whole.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::desk::Desk;
use crate::tools::Tools;

/// No tool takes so long; a stream that stays open is none that this server has anything for.
const LONGEST: Duration = Duration::from_secs(90);

/// From which pages of browsers calls are taken, besides programs, which name none.
#[derive(Debug, Clone)]
pub struct Origins(pub Vec<String>);

/// Answers a request of a caller whom the desk knows.
pub async fn answer<D: Desk>(
    desk: D,
    origins: Origins,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let tools = Tools::new(desk);
    // The caller's key is in a header that no page of another's can send, whatever name it calls us by.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .with_allowed_origins(origins.0)
        .enforce_origin_validation();
    let service = StreamableHttpService::new(
        move || Ok(tools.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let (parts, body) = request.into_parts();
    let answered = service.handle(Request::from_parts(parts, Full::new(body)));
    let (parts, body) = answered.await.into_parts();
    match tokio::time::timeout(LONGEST, body.collect()).await {
        Ok(Ok(body)) => Response::from_parts(parts, body.to_bytes()),
        Ok(Err(never)) => match never {},
        Err(_) => {
            let mut late = Response::new(Bytes::new());
            *late.status_mut() = StatusCode::GATEWAY_TIMEOUT;
            late
        }
    }
}
