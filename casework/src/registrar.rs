//! Who sets up what a tenant is connected with: a key to the API, which entries then name, or whoever runs the server.

use ledger::Actor;
use record::ids::TenantId;

use crate::api_keys::ApiCaller;
use crate::server;

/// Who sets something up, and for which tenant.
#[derive(Debug, Clone)]
pub struct Registrar {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
}

impl From<&ApiCaller> for Registrar {
    fn from(caller: &ApiCaller) -> Self {
        Self {
            tenant: caller.tenant.clone(),
            actor: caller.actor(),
        }
    }
}

/// Whoever runs the server.
impl From<&TenantId> for Registrar {
    fn from(tenant: &TenantId) -> Self {
        Self {
            tenant: tenant.clone(),
            actor: server(),
        }
    }
}
