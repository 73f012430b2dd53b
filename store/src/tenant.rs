//! Tenants and the secrets they have: the ledger's signing key, the sites' shared secrets.

use diesel::prelude::*;
use ledger::{Actor, ActorKind, Origin, SigningKey};
use record::entries::{
    KeyAnnounced, KeyPurpose, ResealedCodeHost, ResealedFeed, ResealedSite, SecretsResealed,
};
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use record::state::Site;
use zeroize::Zeroizing;

use crate::append::NewEntry;
use crate::db::Db;
use crate::error::StoreError;
use crate::projection::{code_host_secrets_purpose, feed_purpose, integration_purpose};
use crate::schema::{sites, tenants};
use crate::seal::{MasterKey, random};
use crate::tx::Tx;

/// The name of a tenant's ledger. It follows from the tenant's id alone, never from an address.
#[must_use]
pub fn origin_of(tenant: &TenantId) -> Origin {
    #[expect(
        clippy::expect_used,
        reason = "a tenant id is 30 ASCII letters, digits and an underscore"
    )]
    format!("countersign/{tenant}").parse().expect("an origin")
}

/// What is needed to speak to a site and to believe what it says.
pub struct SiteCredential {
    /// The tenant.
    pub tenant: TenantId,
    /// The site as it stands.
    pub site: Site,
    /// The secret that both sides sign with.
    pub shared_secret: Zeroizing<String>,
}

impl std::fmt::Debug for SiteCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SiteCredential")
            .field("site", &self.site.site)
            .finish_non_exhaustive()
    }
}

fn signing_key_purpose(tenant: &TenantId) -> String {
    format!("{tenant}/signing-key")
}

fn shared_secret_purpose(tenant: &TenantId, site: &SiteId) -> String {
    format!("{tenant}/{site}/shared-secret")
}

impl Tx<'_> {
    /// Makes the tenant: a new ledger whose first entry announces its key.
    ///
    /// # Errors
    /// If there is no randomness or the database fails.
    pub fn found_tenant(&mut self) -> Result<(), StoreError> {
        let seed = Zeroizing::new(random::<32>()?);
        let key =
            SigningKey::from_seed(self.origin().as_str(), &seed).map_err(|_| StoreError::Sealed)?;
        let sealed = self
            .master
            .seal(&signing_key_purpose(&self.tenant), seed.as_slice())?;
        let digest = self.hold(sealed);
        let announced = KeyAnnounced {
            purpose: KeyPurpose::Ledger,
            key: key.verifier_key().to_string(),
            sealed_digest: Some(digest),
        };
        self.append(NewEntry {
            payload: announced.into(),
            beside: Vec::new(),
            subject: "ledger".to_owned(),
            severity: Severity::Info,
            actor: Actor {
                id: "countersign-server".to_owned(),
                kind: ActorKind::System,
            },
            source: "COUNTERSIGN",
            once: "ledger-key:first".to_owned(),
        })?;
        Ok(())
    }

    /// Seals a site's shared secret and holds it for the entry that names its digest.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn hold_shared_secret(
        &mut self,
        site: &SiteId,
        secret: &str,
    ) -> Result<String, StoreError> {
        let sealed = self.master.seal(
            &shared_secret_purpose(&self.tenant, site),
            secret.as_bytes(),
        )?;
        Ok(self.hold(sealed))
    }

    /// Seals every secret of the tenant anew under another master key, and records that it was done.
    ///
    /// # Errors
    /// If a secret cannot be opened with the present key, or the database fails.
    pub fn reseal(&mut self, new: &MasterKey) -> Result<(), StoreError> {
        let purpose = signing_key_purpose(&self.tenant);
        let seed = self
            .master
            .open(&purpose, &self.db.sealed_signing_key(&self.tenant)?)?;
        let signing_key = new.seal(&purpose, &seed)?;
        let signing_key_digest = self.hold(signing_key);
        let mut resealed = Vec::new();
        for (site, sealed) in self.db.sealed_shared_secrets(&self.tenant)? {
            let purpose = shared_secret_purpose(&self.tenant, &site);
            let secret = self.master.open(&purpose, &sealed)?;
            let secret_digest = self.hold(new.seal(&purpose, &secret)?);
            resealed.push(ResealedSite {
                site,
                secret_digest,
            });
        }
        let mut code_hosts = Vec::new();
        for (host, sealed) in self.db.sealed_code_host_secrets(&self.tenant)? {
            let purpose = code_host_secrets_purpose(&self.tenant, &host);
            let secret = self.master.open(&purpose, &sealed)?;
            let secret_digest = self.hold(new.seal(&purpose, &secret)?);
            code_hosts.push(ResealedCodeHost {
                host,
                secret_digest,
            });
        }
        let mut jira_integrations = Vec::new();
        for (site, sealed) in self.db.sealed_jira_integrations(&self.tenant)? {
            let purpose = integration_purpose(&self.tenant, &site);
            let secrets = self.master.open(&purpose, &sealed)?;
            let secret_digest = self.hold(new.seal(&purpose, &secrets)?);
            jira_integrations.push(ResealedSite {
                site,
                secret_digest,
            });
        }
        let mut feeds = Vec::new();
        for (feed, sealed) in self.db.sealed_feeds(&self.tenant)? {
            let purpose = feed_purpose(&self.tenant, &feed);
            let secrets = self.master.open(&purpose, &sealed)?;
            let secret_digest = self.hold(new.seal(&purpose, &secrets)?);
            feeds.push(ResealedFeed {
                feed,
                secret_digest,
            });
        }
        let once = format!("reseal:{signing_key_digest}");
        self.append(NewEntry {
            payload: SecretsResealed {
                signing_key_digest,
                sites: resealed,
                code_hosts,
                jira_integrations,
                feeds,
            }
            .into(),
            beside: Vec::new(),
            subject: "ledger".to_owned(),
            severity: Severity::Info,
            actor: Actor {
                id: "countersign-server".to_owned(),
                kind: ActorKind::System,
            },
            source: "COUNTERSIGN",
            once,
        })?;
        Ok(())
    }
}

impl Db<'_> {
    /// All tenants, in the order of their ids, which is that of their founding.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn tenants(&mut self) -> Result<Vec<TenantId>, StoreError> {
        let ids: Vec<String> = tenants::table
            .order(tenants::id)
            .select(tenants::id)
            .load(self.conn)?;
        ids.into_iter()
            .map(|id| id.parse().map_err(|_| StoreError::Row("tenants")))
            .collect()
    }

    /// The key that signs this tenant's checkpoints.
    ///
    /// # Errors
    /// If there is no such tenant, or this master key does not open its key.
    pub fn signing_key(
        &mut self,
        tenant: &TenantId,
        master: &MasterKey,
    ) -> Result<SigningKey, StoreError> {
        let sealed = self.sealed_signing_key(tenant)?;
        let seed = master.open(&signing_key_purpose(tenant), &sealed)?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.as_slice().try_into().map_err(|_| StoreError::Sealed)?);
        SigningKey::from_seed(origin_of(tenant).as_str(), &seed).map_err(|_| StoreError::Sealed)
    }

    fn sealed_signing_key(&mut self, tenant: &TenantId) -> Result<Vec<u8>, StoreError> {
        let sealed = tenants::table
            .find(tenant.as_str())
            .select(tenants::signing_key)
            .first(self.conn);
        sealed.optional()?.ok_or(StoreError::NoTenant)
    }

    fn sealed_shared_secrets(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(SiteId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = sites::table
            .filter(sites::tenant.eq(tenant.as_str()))
            .order(sites::id)
            .select((sites::id, sites::shared_secret))
            .load(self.conn)?;
        rows.into_iter()
            .map(|(site, sealed)| Ok((site.parse().map_err(|_| StoreError::Row("sites"))?, sealed)))
            .collect()
    }

    /// The site that calls itself by this client key, of whichever tenant.
    ///
    /// # Errors
    /// If the master key does not open its secret, or the database fails.
    pub fn site_by_client_key(
        &mut self,
        client_key: &str,
        master: &MasterKey,
    ) -> Result<Option<SiteCredential>, StoreError> {
        let found: Option<(String, String)> = sites::table
            .filter(sites::client_key.eq(client_key))
            .select((sites::tenant, sites::id))
            .first(self.conn)
            .optional()?;
        let Some((tenant, site)) = found else {
            return Ok(None);
        };
        let tenant = tenant.parse().map_err(|_| StoreError::Row("sites"))?;
        let site = site.parse().map_err(|_| StoreError::Row("sites"))?;
        self.site_credential(&tenant, &site, master)
    }

    /// Whether the Connect app is on a site of the tenant's, switched on or off.
    ///
    /// # Errors
    /// If the database fails.
    pub fn has_connect(&mut self, tenant: &TenantId, site: &SiteId) -> Result<bool, StoreError> {
        let found = sites::table
            .filter(sites::tenant.eq(tenant.as_str()))
            .filter(sites::id.eq(site.as_str()))
            .filter(sites::state.ne("UNINSTALLED"))
            .select(sites::id)
            .first::<String>(self.conn)
            .optional()?;
        Ok(found.is_some())
    }

    /// A site of the tenant's with its secret.
    ///
    /// # Errors
    /// If the master key does not open its secret, or the database fails.
    pub fn site_credential(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        master: &MasterKey,
    ) -> Result<Option<SiteCredential>, StoreError> {
        let Some((row, sealed)) = self.site_with_secret(tenant, site)? else {
            return Ok(None);
        };
        let secret = master.open(&shared_secret_purpose(tenant, site), &sealed)?;
        let text = std::str::from_utf8(&secret)
            .map_err(|_| StoreError::Sealed)?
            .to_owned();
        Ok(Some(SiteCredential {
            tenant: tenant.clone(),
            site: row,
            shared_secret: Zeroizing::new(text),
        }))
    }
}
