//! `mcp`: the tools of AI assistants on standard input and output, answered over the API. Writes nothing else there.

use std::sync::Arc;

use mcp::{Claim, Desk, Refused, Ticket};
use record::ids::CommitSha;
use serde_json::{Value, json};

use crate::answers::Prompt;
use crate::client::{Answer, Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;

pub(super) async fn run(client: Client) -> Result<Exit, CliError> {
    let desk = OverTheApi {
        client: Arc::new(client),
    };
    mcp::serve_on_standard_io(desk)
        .await
        .map_err(CliError::Tools)?;
    Ok(Exit::Done)
}

/// Answers as the server does.
#[derive(Clone)]
struct OverTheApi {
    client: Arc<Client>,
}

impl OverTheApi {
    async fn get(&self, of: &Ticket, what: &str) -> Result<Value, Refused> {
        let path = ["v1", "tickets", of.key.as_str(), what];
        let answer = self.client.make(&Call::get(&path, on_site(of))).await;
        read(answer)
    }
}

impl Desk for OverTheApi {
    async fn requirements(&self, of: Ticket) -> Result<Value, Refused> {
        self.get(&of, "requirements").await
    }

    async fn prompt(&self, of: Ticket, intent: Option<String>) -> Result<String, Refused> {
        let path = ["v1", "tickets", of.key.as_str(), "prompt"];
        let call = Call::ask(&path, json!({ "intent": intent })).with_query(on_site(&of));
        let prompt: Prompt = read(self.client.make(&call).await)?;
        Ok(prompt.prompt)
    }

    async fn validation(&self, of: Ticket) -> Result<Value, Refused> {
        self.get(&of, "validation").await
    }

    async fn claim(
        &self,
        of: Ticket,
        commit: Option<CommitSha>,
        claims: Vec<Claim>,
    ) -> Result<Value, Refused> {
        let path = ["v1", "tickets", of.key.as_str(), "claims"];
        let claims: Vec<Value> = claims.iter().map(claim).collect();
        let body = json!({ "commit": commit, "claims": claims });
        // The same claim counts once, so that it may be sent again.
        let call = Call::ask(&path, body).with_query(on_site(&of));
        read(self.client.make(&call).await)
    }
}

fn claim(claim: &Claim) -> Value {
    let mut sent = json!({ "requirement": claim.requirement, "path": claim.path });
    if let Some((first, last)) = claim.lines {
        sent["firstLine"] = first.into();
        sent["lastLine"] = last.into();
    }
    sent
}

fn on_site(of: &Ticket) -> Vec<(&'static str, String)> {
    let site = of.site.as_ref();
    site.map(|site| ("site", site.to_string()))
        .into_iter()
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(answer: Result<Answer, CallError>) -> Result<T, Refused> {
    answer
        .and_then(|answer| answer.read())
        .map_err(|error| Refused(error.to_string()))
}
