//! What a site says of itself.

use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::GET_SERVER_INFO;
use crate::base_url::BaseUrl;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfo {
    base_url: String,
}

impl SiteClient<'_> {
    /// The address under which people reach the site, whichever way it was asked.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn own_address(&self) -> Result<BaseUrl, RestError> {
        let info: ServerInfo = self
            .json(Call {
                operation: &GET_SERVER_INFO,
                values: &[],
                query: &[],
                body: None,
            })
            .await?;
        info.base_url.parse().map_err(|_| RestError::Nonsense {
            call: &GET_SERVER_INFO,
        })
    }
}
