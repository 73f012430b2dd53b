//! `tenant create`, `tenant list`, `tenant approvers`, `tenant deputy`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use casework::{DeputyRequest, LastDay};
use clap::Subcommand;
use record::entries::{ReviewRules, SettingsChanged};
use record::ids::{AccountId, ProjectKey, SiteId, TenantId};

use crate::commands::{existing, say};
use crate::config::Config;

/// Tenants and who may approve.
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// Make a tenant that no site has yet, for events that programs report.
    Create,
    /// List tenants, their sites and their ledgers' public keys.
    List,
    /// Say who may approve, in one project or in all that have no settings of their own.
    Approvers {
        /// The tenant.
        #[arg(long)]
        tenant: TenantId,
        /// The site.
        #[arg(long)]
        site: SiteId,
        /// The project; without it, every project without settings of its own.
        #[arg(long)]
        project: Option<ProjectKey>,
        /// The project role whose members may approve.
        #[arg(long)]
        role: Option<String>,
        /// The group whose members may approve.
        #[arg(long)]
        group: Option<String>,
        /// Let assignee and reporter approve their own issues.
        #[arg(long)]
        own_ticket: bool,
        /// How decisions are made: a file with the rules as docs/TRAIL.md has them. Without it they stay as they are.
        #[arg(long)]
        rules: Option<PathBuf>,
    },
    /// Say who decides in whose place, and until when; or that this is over.
    Deputy {
        /// The tenant.
        #[arg(long)]
        tenant: TenantId,
        /// The site.
        #[arg(long)]
        site: SiteId,
        /// Who decides: the Jira account's id.
        #[arg(long)]
        account: AccountId,
        /// In whose place: the Jira account's id of somebody who may approve.
        #[arg(long)]
        in_place_of: AccountId,
        /// The last day, in UTC: 2026-12-31.
        #[arg(long, required_unless_present = "end", conflicts_with = "end")]
        until: Option<LastDay>,
        /// End it now.
        #[arg(long)]
        end: bool,
    },
}

pub(super) async fn run(command: Tenant, config: &Config) -> anyhow::Result<()> {
    let casework = existing(config)?;
    match command {
        Tenant::Create => {
            let tenant = casework.create_tenant().await?;
            say(tenant.as_str());
        }
        Tenant::List => {
            let lines = casework
                .store()
                .read(|db| {
                    let mut lines = Vec::new();
                    for tenant in db.tenants()? {
                        lines.push(format!("{tenant}"));
                        if let Some(row) = db.tenant(&tenant)? {
                            lines.push(format!("  key  {}", row.ledger_key));
                        }
                        for site in db.sites(&tenant)?.into_iter().flatten() {
                            lines.push(format!(
                                "  site {} {} {}",
                                site.site, site.state, site.base_url
                            ));
                        }
                        for site in db.forge_installations(&tenant)?.into_iter().flatten() {
                            lines.push(format!(
                                "  site {} {} {} (Forge)",
                                site.site, site.state, site.base_url
                            ));
                        }
                        for site in db.jira_integrations(&tenant)?.into_iter().flatten() {
                            lines.push(format!(
                                "  site {} {} {} (API token)",
                                site.site,
                                site.state.as_str(),
                                site.base_url
                            ));
                        }
                    }
                    Ok::<_, store::StoreError>(lines)
                })
                .await?;
            lines.iter().for_each(|line| say(line));
            if lines.is_empty() {
                say("There is no tenant yet: install the app on a site, or use `tenant create`.");
            }
        }
        Tenant::Approvers {
            tenant,
            site,
            project,
            role,
            group,
            own_ticket,
            rules,
        } => {
            let known = casework.settings_now(&tenant, &site, project.as_ref());
            let known = known.await?;
            let (approver_role, approver_group, own_ticket) = match (role, group, &rules, &known) {
                // Rules alone leave who approves as it is.
                (None, None, Some(_), Some(known)) => (
                    known.approver_role.clone(),
                    known.approver_group.clone(),
                    own_ticket || known.own_ticket,
                ),
                (None, None, ..) => anyhow::bail!("--role or --group is needed"),
                (role, group, ..) => (role, group, own_ticket),
            };
            let settings = SettingsChanged {
                approver_role,
                approver_group,
                own_ticket,
                rules: match rules {
                    Some(file) => rules_in(&file)?,
                    None => known.map(|known| known.rules).unwrap_or_default(),
                },
                site,
                project,
            };
            let appended = casework.change_settings(&tenant, settings).await?;
            say(&format!("Recorded at position {}.", appended.seq));
        }
        Tenant::Deputy {
            tenant,
            site,
            account,
            in_place_of,
            until,
            end: _,
        } => {
            let request = DeputyRequest {
                account,
                in_place_of,
                until,
            };
            let asked_for = request.until.is_some();
            let set = casework.set_deputy(&tenant, &site, request).await?;
            say(&format!("Recorded at position {}.", set.appended.seq));
            if asked_for && !set.asked {
                say(
                    "Jira was not asked whether it knows these account ids: through Forge only the server can.",
                );
            }
        }
    }
    Ok(())
}

fn rules_in(file: &Path) -> anyhow::Result<ReviewRules> {
    let text = std::fs::read_to_string(file)?;
    let rules: ReviewRules = serde_json::from_str(&text)
        .with_context(|| format!("{} holds no rules of review", file.display()))?;
    Ok(rules.checked()?)
}
