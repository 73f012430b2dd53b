//! A changed catalog carried into a large backlog: every open ticket is read at its source, assessed, and compared with what
//! is recorded; then those that it concerns are recorded anew. Beside it, in the same minutes: the same pages read and
//! parsed by the same client, and nothing done with them. The look-alike of Jira answers from the same two cores.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use casework::{ApiCaller, Casework, CatalogEffect, CatalogRefused, JiraRequest, KeyRequest};
use compliance::{Assessment, Assessor};
use jira::connect::AllowedHosts;
use jira::rest::{ApiToken, Client, Credential, HttpSettings, Site};
use record::entries::{
    FrameworkRef, KeyEnvironment, RequirementsPublished, Scope, TicketAssessed, TicketId,
    VerdictChange,
};
use record::facts::Tracker;
use record::ids::{IssueId, SiteId, TenantId, TicketKey};
use record::scale::Severity;
use sandbox::{IssueRef, NewIssue, Sandbox};
use store::{MasterKey, NewEntry, Store, StoreError};

use crate::results::Row;
use crate::runner::{Taken, beside};

/// What was asked for before the change: everything but one requirement.
const BEFORE: &str = "frameworks:\n  pci_dss:\n    requirements:\n    - REQ-ACC-ADMIN-MFA: off\n";
/// What tickets are about, by turns; the change concerns the first.
const TEXTS: [(&str, &str); 8] = [
    (
        "Sign-in for administrators",
        "Administrators sign in with a password and a code.",
    ),
    (
        "Pay by credit card",
        "The card number goes to the payment provider and is not kept.",
    ),
    (
        "Increase button padding",
        "Four pixels more on the left side, as the design has it.",
    ),
    (
        "Nightly export of invoices",
        "The export runs at two and writes a file for the bookkeeping.",
    ),
    (
        "Show lab results to clinicians",
        "Patients' results are shown with the unit and the range.",
    ),
    (
        "Upload of documents",
        "Customers upload PDF files of up to ten megabytes.",
    ),
    ("Typo on the start page", "It says recieve."),
    (
        "Faster search",
        "The search takes four seconds on large projects.",
    ),
];
/// How many entries share a commit while tickets are recorded.
const BATCH: usize = 500;

pub(crate) fn rows(kept: &Path, rounds: usize, tickets: usize) -> anyhow::Result<Vec<Row>> {
    fs::create_dir_all(kept)?;
    let directory = tempfile::Builder::new()
        .prefix("reassess-")
        .tempdir_in(kept)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measured(directory.path(), rounds, tickets))
}

async fn measured(data: &Path, rounds: usize, tickets: usize) -> anyhow::Result<Vec<Row>> {
    let jira = Sandbox::start(sandbox::Config::default()).await?;
    let backlog = Backlog::recorded(data, &jira, tickets).await?;
    let (mut previews, mut readings) = (Vec::new(), Vec::new());
    let mut grown = 0.0_f64;
    for round in 0..=rounds {
        let reading = backlog.read(&jira).await?;
        let before = resident_mib()?;
        let preview = backlog.preview().await?;
        grown = grown.max(resident_mib()? - before);
        // The first warms up.
        if round > 0 {
            readings.push(reading);
            previews.push(preview);
        }
    }
    let apply = backlog.apply().await?;
    let reading = Taken {
        name: "the same pages read and parsed".to_owned(),
        rounds: readings,
    };
    let name = |what: &str| format!("a changed catalog, {tickets} open tickets, {what}");
    let preview = Taken {
        name: name("previewed"),
        rounds: previews,
    };
    let applied = Taken {
        name: name("carried into one in eight"),
        rounds: vec![apply],
    };
    let last = Taken {
        name: reading.name.clone(),
        rounds: reading.rounds.last().copied().into_iter().collect(),
    };
    let memory = Taken {
        name: name("memory grown by"),
        rounds: vec![grown],
    };
    let page = Taken {
        name: "the tickets' texts, each once".to_owned(),
        rounds: vec![backlog.texts_mib()],
    };
    Ok(vec![
        beside(&preview, &reading, "s"),
        beside(&applied, &last, "s"),
        beside(&memory, &page, "MiB"),
    ])
}

/// Open tickets, as they were recorded before the change.
struct Backlog {
    casework: Casework,
    caller: ApiCaller,
    tickets: usize,
}

impl Backlog {
    async fn recorded(data: &Path, jira: &Sandbox, tickets: usize) -> anyhow::Result<Self> {
        let database = format!("sqlite:{}", data.join("ledger.db").display()).parse()?;
        store::migrate(&database)?;
        let master = MasterKey::load_or_create(&data.join("master.key"))?;
        let store = Store::open(&database, master)?;
        let casework = Casework::new(
            store.clone(),
            Client::new(HttpSettings::default())?,
            "countersign".parse()?,
            "https://api.atlassian.com".parse()?,
            data.join("heads"),
        );
        let tenant = casework.create_tenant().await?;
        let request = JiraRequest {
            base_url: Some(jira.local_url().to_owned()),
            cloud_id: None,
            user_email: Some("erin@example.com".to_owned()),
            api_token: Some("sandbox-token-erin".to_owned()),
            personal_token: None,
            projects: Some(vec!["PAY".parse()?]),
            link_pattern: None,
            capture_fields: None,
            change_risk_field: None,
            risk_assessment_field: None,
            webhook_secret: None,
        };
        let host = jira.local_url().trim_start_matches("http://").to_owned();
        let hosts = AllowedHosts::parse([host.as_str()])?;
        let connected = casework
            .connect_jira((&tenant).into(), request, &hosts)
            .await?;
        let request = KeyRequest {
            name: "bench".to_owned(),
            environment: KeyEnvironment::Test,
            scopes: Scope::ALL.to_vec(),
            days: None,
        };
        let (_, key) = casework.issue_api_key(&tenant, request).await?;
        let caller = casework.caller_with_key(&key).await?;
        let recorder = Recorder::new(tenant, connected.site)?;
        let mut made = Vec::with_capacity(BATCH);
        for at in 0..tickets {
            made.push((at, make(jira, at)?));
            if made.len() == BATCH || at + 1 == tickets {
                recorder.record(&store, std::mem::take(&mut made)).await?;
            }
        }
        Ok(Self {
            casework,
            caller: caller?,
            tickets,
        })
    }

    /// Seconds that the pages take by themselves.
    async fn read(&self, jira: &Sandbox) -> anyhow::Result<f64> {
        let client = Client::new(HttpSettings::default())?;
        let token = ApiToken::new("erin@example.com", "sandbox-token-erin");
        let site = Site {
            base_url: jira.local_url().parse()?,
            credential: Credential::Basic(token),
        };
        let jql = "statusCategory != Done AND project in (\"PAY\") ORDER BY created ASC";
        let begun = Instant::now();
        let (mut read, mut from) = (0, None);
        loop {
            let page = client.at(&site).read_tickets(jql, from.as_ref()).await?;
            read += page.tickets.len();
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        ensure!(read >= self.tickets, "{read} of {} were read", self.tickets);
        Ok(begun.elapsed().as_secs_f64())
    }

    async fn preview(&self) -> anyhow::Result<f64> {
        let tenant = &self.caller.tenant;
        self.walk(async |from| self.casework.preview_catalog(tenant, None, from).await)
            .await
    }

    async fn apply(&self) -> anyhow::Result<f64> {
        self.walk(async |from| self.casework.apply_catalog(&self.caller, from, false).await)
            .await
    }

    /// Page by page to the last, in seconds.
    async fn walk(
        &self,
        page_from: impl AsyncFn(Option<&str>) -> Result<CatalogEffect, CatalogRefused>,
    ) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let (mut from, mut changed) = (None::<String>, 0);
        loop {
            let page = page_from(from.as_deref()).await?;
            changed += page.changed;
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        self.concerned(changed)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    fn concerned(&self, changed: usize) -> anyhow::Result<()> {
        let expected = self.tickets.div_ceil(TEXTS.len());
        ensure!(changed == expected, "{changed} changed, not {expected}");
        Ok(())
    }

    fn texts_mib(&self) -> f64 {
        let of_all = TEXTS
            .iter()
            .map(|(summary, text)| summary.len() + text.len());
        let each = of_all.sum::<usize>() as f64 / TEXTS.len() as f64;
        each * self.tickets as f64 / 1_048_576.0
    }
}

fn make(jira: &Sandbox, at: usize) -> anyhow::Result<IssueRef> {
    let (summary, description) = TEXTS[at % TEXTS.len()];
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: summary.to_owned(),
        description: description.to_owned(),
        ..NewIssue::default()
    };
    Ok(jira.world().create_issue("ben", new)?)
}

/// Records tickets as an assessment of each would have done.
struct Recorder {
    tenant: TenantId,
    site: SiteId,
    verdicts: Vec<Assessment>,
}

impl Recorder {
    fn new(tenant: TenantId, site: SiteId) -> anyhow::Result<Self> {
        let assessor = Assessor::for_organisation("compliance-config.yml", BEFORE)?;
        let text = |(summary, description)| compliance::TicketText {
            summary,
            description,
            issue_type: "Task",
            priority: Some("Medium"),
            ..compliance::TicketText::default()
        };
        Ok(Self {
            tenant,
            site,
            verdicts: TEXTS.iter().map(|it| assessor.assess(text(*it))).collect(),
        })
    }

    async fn record(&self, store: &Store, made: Vec<(usize, IssueRef)>) -> anyhow::Result<()> {
        let mut entries = Vec::with_capacity(made.len() * 2);
        for (at, issue) in made {
            let verdict = &self.verdicts[at % TEXTS.len()];
            entries.extend(self.entries(
                verdict,
                &issue.id.to_string().parse()?,
                &issue.key.parse()?,
            )?);
        }
        store
            .write(&self.tenant, move |tx| -> Result<(), StoreError> {
                tx.hold(vec![7; 32]);
                entries
                    .into_iter()
                    .try_for_each(|entry| tx.append(entry).map(drop))
            })
            .await?;
        Ok(())
    }

    fn entries(
        &self,
        verdict: &Assessment,
        issue: &IssueId,
        key: &TicketKey,
    ) -> anyhow::Result<[NewEntry; 2]> {
        let set = verdict.requirements.version();
        let frameworks = verdict.frameworks.iter().map(|it| FrameworkRef {
            id: it.id.as_str().to_owned(),
            version: it.version.clone(),
        });
        let published = RequirementsPublished {
            set: set.clone(),
            catalog: verdict.catalog.clone(),
            requirements: serde_json::to_value(&verdict.requirements)?,
        };
        let assessed = TicketAssessed {
            ticket: TicketId {
                tracker: Tracker::Jira,
                site: self.site.clone(),
                id: issue.clone(),
                key: key.clone(),
            },
            change: VerdictChange::First,
            content_hash: "0".repeat(64),
            content_key_digest: ledger::Hash::of(&[7; 32]).to_string(),
            catalog: verdict.catalog.clone(),
            requirement_set: set.clone(),
            severity: verdict.security_level,
            risk_tenths: verdict.risk.score,
            indicators: Vec::new(),
            frameworks: frameworks.collect(),
            previous: None,
        };
        let entry = |payload, subject: String, once: String| NewEntry {
            payload,
            beside: Vec::new(),
            subject,
            severity: Severity::Info,
            actor: ledger::Actor {
                id: "bench".to_owned(),
                kind: ledger::ActorKind::System,
            },
            source: "COUNTERSIGN",
            once,
        };
        Ok([
            entry(
                published.into(),
                "requirements".to_owned(),
                format!("requirements:{set}"),
            ),
            entry(
                assessed.into(),
                format!("ticket/{}/{issue}", self.site),
                format!("assessed:{issue}"),
            ),
        ])
    }
}

/// What is resident of this process.
fn resident_mib() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kib: f64 = kib.context("what is resident")?.trim().parse()?;
    Ok(kib / 1024.0)
}
