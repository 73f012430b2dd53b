//! Credentials, right and wrong, for every kind of caller. A new kind of caller or of forgery does not
//! compile until it is said here what it means.

use app::routes::{Caller, Route};
use sandbox::{RawToken, TokenKey};
use serde_json::{Value, json};

use crate::world::World;

/// What is wrong with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgery {
    Nothing,
    Absent,
    Garbage,
    NoAlgorithm,
    WrongSecret,
    Expired,
    FromTheFuture,
    OtherRequest,
    NoRequest,
    OtherKindOfToken,
    OfAnotherTenant,
    OfARemovedSite,
    ByAStranger,
    InTheAddress,
    Twice,
    OfAnotherApp,
    OfAnotherEnvironment,
    OfAnIsolatedCloud,
    WithAnotherGateway,
    OfAnotherIssuer,
}

impl Forgery {
    /// All that are wrong.
    pub(crate) const WRONG: [Self; 19] = [
        Self::Absent,
        Self::Garbage,
        Self::NoAlgorithm,
        Self::WrongSecret,
        Self::Expired,
        Self::FromTheFuture,
        Self::OtherRequest,
        Self::NoRequest,
        Self::OtherKindOfToken,
        Self::OfAnotherTenant,
        Self::OfARemovedSite,
        Self::ByAStranger,
        Self::InTheAddress,
        Self::Twice,
        Self::OfAnotherApp,
        Self::OfAnotherEnvironment,
        Self::OfAnIsolatedCloud,
        Self::WithAnotherGateway,
        Self::OfAnotherIssuer,
    ];

    /// The status that this credential deserves on a route of this caller's.
    pub(crate) fn deserves(self, caller: Caller) -> Deserved {
        match caller {
            // Nobody is asked, so nothing can be wrong.
            Caller::Anybody => Deserved::Success,
            Caller::ConnectInstall
            | Caller::ConnectServer
            | Caller::ConnectPage
            | Caller::ConnectContext
            | Caller::ConnectPerson => match self {
                Self::Nothing => Deserved::Success,
                // Nothing that a Connect token says.
                Self::OfAnotherApp
                | Self::OfAnotherEnvironment
                | Self::OfAnIsolatedCloud
                | Self::WithAnotherGateway
                | Self::OfAnotherIssuer => Deserved::Success,
                // Jira carries these tokens there itself; a context token would reach logs.
                Self::InTheAddress
                    if !matches!(caller, Caller::ConnectContext | Caller::ConnectPerson) =>
                {
                    Deserved::Success
                }
                _ => Deserved::Refusal,
            },
            // Tokens of Atlassian's open nothing there; keys and signatures that are wrong are tried by `api_access`.
            Caller::KeyReadsEvents
            | Caller::KeyWritesEvents
            | Caller::KeyWritesLinks
            | Caller::KeyWritesIntegrations
            | Caller::KeyReadsLedger
            | Caller::KeyReadsRequirements
            | Caller::KeyWritesClaims
            | Caller::KeyWritesCatalog
            | Caller::KeyWritesFeeds
            | Caller::JiraWebhook
            | Caller::CodeHost => Deserved::Refusal,
            Caller::ForgePage | Caller::ForgeAdministration | Caller::ForgePlatform => match self {
                // An address is not looked at for invocation tokens, and no request's hash stands in one.
                Self::Nothing | Self::Twice | Self::OtherRequest | Self::NoRequest => {
                    Deserved::Success
                }
                _ => Deserved::Refusal,
            },
        }
    }
}

/// What a call is to be answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deserved {
    Success,
    Refusal,
}

/// A credential as it is carried.
#[derive(Default)]
pub(crate) struct Carried {
    pub(crate) header: Option<String>,
    pub(crate) query: Option<String>,
}

/// What is needed to forge: the site that is attacked is the first, another tenant's the second, and the
/// third is removed when its secret is known.
pub(crate) struct Forger<'w> {
    pub(crate) world: &'w World,
    pub(crate) removed: Removed,
    pub(crate) issue: u64,
    pub(crate) key: String,
}

/// What a site that was removed still knows.
pub(crate) struct Removed {
    pub(crate) client_key: String,
    pub(crate) secret: String,
}

impl Forger<'_> {
    /// A credential for this route and address.
    pub(crate) fn credential(&self, route: &Route, url: &str, forgery: Forgery) -> Carried {
        if forgery == Forgery::Absent {
            return Carried::default();
        }
        let token = match forgery {
            Forgery::Garbage => "eyJub3QiOiJhIHRva2VuIn0.x.y".to_owned(),
            _ => self.token(route, url, forgery),
        };
        let in_address = match forgery {
            Forgery::InTheAddress => true,
            _ => route.caller == Caller::ConnectPage,
        };
        match (forgery, in_address) {
            (Forgery::Twice, _) => Carried {
                header: Some(token.clone()),
                query: Some(token),
            },
            (_, true) => Carried {
                header: None,
                query: Some(token),
            },
            (_, false) => Carried {
                header: Some(token),
                query: None,
            },
        }
    }

    fn token(&self, route: &Route, url: &str, forgery: Forgery) -> String {
        let jira = self.world.jira();
        let mut claims = self.right_claims(route, url);
        let mut key = right_key(route.caller);
        let mut kid = None;
        match forgery {
            Forgery::OfAnotherApp => {
                claims["aud"] =
                    json!("ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000");
            }
            Forgery::OfAnotherEnvironment => {
                claims["app"]["environment"]["type"] = json!("DEVELOPMENT");
            }
            Forgery::OfAnIsolatedCloud => claims["icLabel"] = json!("somewhere"),
            Forgery::WithAnotherGateway => {
                claims["app"]["apiBaseUrl"] = json!("https://api.example.com/ex/jira/1");
            }
            Forgery::OfAnotherIssuer => claims["iss"] = json!("forge/somebody"),
            Forgery::Nothing
            | Forgery::Absent
            | Forgery::Garbage
            | Forgery::InTheAddress
            | Forgery::Twice => {}
            Forgery::NoAlgorithm => key = TokenKey::Unsigned,
            Forgery::WrongSecret => key = TokenKey::Secret("0".repeat(43)),
            Forgery::Expired => {
                claims["iat"] = json!(number(&claims["iat"]) - 600);
                claims["exp"] = json!(number(&claims["exp"]) - 600);
            }
            Forgery::FromTheFuture => {
                claims["iat"] = json!(number(&claims["iat"]) + 600);
                claims["exp"] = json!(number(&claims["exp"]) + 600);
            }
            Forgery::OtherRequest => {
                let other = jira.call_claims("DELETE", "/connect/elsewhere").unwrap();
                claims["qsh"] = other["qsh"].clone();
            }
            Forgery::NoRequest => drop(claims.as_object_mut().unwrap().remove("qsh")),
            Forgery::OtherKindOfToken => match route.caller {
                Caller::ForgePage | Caller::ForgeAdministration | Caller::ForgePlatform => {
                    claims = jira.call_claims(route.method, url).unwrap();
                }
                Caller::ConnectInstall => key = TokenKey::SharedSecret,
                Caller::ConnectContext | Caller::ConnectPerson => {
                    claims["qsh"] = jira.call_claims(route.method, url).unwrap()["qsh"].clone();
                }
                _ => {
                    claims["qsh"] = json!("context-qsh");
                }
            },
            Forgery::OfAnotherTenant => {
                let other = self.world.sites[1].shared_secret().unwrap();
                key = match route.caller {
                    Caller::ForgePage | Caller::ForgeAdministration | Caller::ForgePlatform => {
                        TokenKey::StrangerKey
                    }
                    Caller::ConnectInstall => {
                        claims["iss"] = json!(self.world.sites[1].client_key().unwrap());
                        TokenKey::InstallKey
                    }
                    _ => TokenKey::Secret(other),
                };
            }
            Forgery::OfARemovedSite => {
                claims["iss"] = json!(self.removed.client_key);
                key = TokenKey::Secret(self.removed.secret.clone());
            }
            Forgery::ByAStranger => {
                kid = Some(self.install_kid());
                key = TokenKey::StrangerKey;
            }
        }
        jira.raw_token(&RawToken { key, kid, claims }).unwrap()
    }

    fn right_claims(&self, route: &Route, url: &str) -> Value {
        let jira = self.world.jira();
        let mut claims = jira.call_claims(route.method, url).unwrap();
        let context =
            json!({ "jira": { "issue": { "id": self.issue.to_string(), "key": self.key } } });
        match route.caller {
            Caller::ForgePage => return jira.forge_panel_claims("carla", &self.key).unwrap(),
            Caller::ForgeAdministration => {
                return jira.forge_administration_claims("erin").unwrap();
            }
            Caller::ForgePlatform => return jira.forge_platform_claims().unwrap(),
            Caller::Anybody
            | Caller::ConnectServer
            | Caller::KeyReadsEvents
            | Caller::KeyWritesEvents
            | Caller::KeyWritesLinks
            | Caller::KeyWritesIntegrations
            | Caller::KeyReadsLedger
            | Caller::KeyReadsRequirements
            | Caller::KeyWritesClaims
            | Caller::KeyWritesCatalog
            | Caller::KeyWritesFeeds
            | Caller::JiraWebhook
            | Caller::CodeHost => {}
            Caller::ConnectInstall => claims["aud"] = json!([self.world.address()]),
            Caller::ConnectPage if route.path.ends_with("/settings") => {
                claims["sub"] = json!(sandbox::ERIN);
            }
            Caller::ConnectPerson => {
                claims["sub"] = json!(sandbox::ERIN);
                claims["qsh"] = json!("context-qsh");
            }
            Caller::ConnectPage => {
                claims["sub"] = json!(sandbox::CARLA);
                claims["context"] = context;
            }
            Caller::ConnectContext => {
                claims["sub"] = json!(sandbox::CARLA);
                claims["context"] = context;
                claims["qsh"] = json!("context-qsh");
            }
        }
        claims
    }

    /// The id of the key that signs installations of the site that is attacked.
    fn install_kid(&self) -> String {
        let requests = self.world.jira().requests();
        let fetched = requests
            .iter()
            .find_map(|line| line.path.strip_prefix("/install-keys/"));
        fetched.unwrap().to_owned()
    }
}

fn right_key(caller: Caller) -> TokenKey {
    match caller {
        Caller::ConnectInstall
        | Caller::ForgePage
        | Caller::ForgeAdministration
        | Caller::ForgePlatform => TokenKey::InstallKey,
        Caller::Anybody
        | Caller::ConnectServer
        | Caller::ConnectPage
        | Caller::ConnectContext
        | Caller::ConnectPerson
        | Caller::KeyReadsEvents
        | Caller::KeyWritesEvents
        | Caller::KeyWritesLinks
        | Caller::KeyWritesIntegrations
        | Caller::KeyReadsLedger
        | Caller::KeyReadsRequirements
        | Caller::KeyWritesClaims
        | Caller::KeyWritesCatalog
        | Caller::KeyWritesFeeds
        | Caller::JiraWebhook
        | Caller::CodeHost => TokenKey::SharedSecret,
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}
