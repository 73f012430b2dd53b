//! The handlers, one file per topic. Each reads as: who calls, what is asked, one use case, the answer.

pub(crate) mod acknowledgements;
pub(crate) mod assets;
pub(crate) mod corrections;
pub(crate) mod descriptor;
pub(crate) mod emergency;
pub(crate) mod forge;
pub(crate) mod framed;
pub(crate) mod health;
pub(crate) mod integrations;
pub(crate) mod lifecycle;
pub(crate) mod mcp;
pub(crate) mod panel;
pub(crate) mod review;
pub(crate) mod settings;
pub(crate) mod v1;
pub(crate) mod waivers;
pub(crate) mod webhooks;
