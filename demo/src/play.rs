//! The stage left to a person: one address to open, and what the buttons on its pages do.

use std::sync::{Mutex, PoisonError};

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;

use serde_json::Value;

use crate::database::Moment;
use crate::stage::Stage;
use crate::{say, tamper};

/// Serves the buttons until the person has seen enough.
pub(crate) async fn leave_to_a_person(stage: Stage) -> anyhow::Result<()> {
    let recorded = stage
        .calls
        .press("PAY-1", "alice", "assess", &Value::Null)
        .await?;
    anyhow::ensure!(
        recorded.status == 200,
        "PAY-1 could not be recorded: {}",
        recorded.body
    );
    let buttons = stage.buttons.try_clone()?;
    let address = stage.calls.jira.clone();
    let stage = web::Data::new(stage);
    let shared = stage.clone();
    let tampered = web::Data::new(Tampered::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .route("/verify", web::post().to(verify))
            .app_data(tampered.clone())
            .route("/tamper", web::post().to(tamper_once))
            .route("/undo", web::post().to(undo))
            .route("/export", web::post().to(export))
    })
    .workers(1)
    .listen(buttons)?
    .run();
    say(
        "\nOpen this address. Approve the issue as Carla, edit it, press the buttons at the top:\n",
    );
    say(&format!("    {address}/browse/PAY-1\n"));
    say("End with Ctrl-C.");
    server.await.context("the buttons failed")
}

async fn verify(stage: web::Data<Stage>) -> HttpResponse {
    told(&stage, verification(&stage).await)
}

async fn verification(stage: &Stage) -> anyhow::Result<String> {
    stage.settle().await.ok();
    let ended = stage.verify(Moment::Now, true).await?;
    let outcome: Value = serde_json::from_str(&ended.out).with_context(|| ended.out.clone())?;
    let mut lines = vec![format!(
        "countersign-verifier run: exit {}, {}",
        ended.code, outcome["verdict"]
    )];
    let findings = outcome["tenants"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|t| t["findings"].as_array());
    for finding in findings.flatten() {
        let place = finding
            .get("seq")
            .map_or_else(|| finding["row"].to_string(), |seq| format!("entry {seq}"));
        lines.push(format!(
            "{place}: {}",
            finding["meaning"].as_str().unwrap_or_default()
        ));
    }
    Ok(lines.join("\n"))
}

/// Which entry was tampered with and not put right again.
type Tampered = Mutex<Option<i64>>;

async fn tamper_once(stage: web::Data<Stage>, tampered: web::Data<Tampered>) -> HttpResponse {
    let mut tampered = tampered.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(seq) = *tampered {
        return told(
            &stage,
            Ok(format!(
                "Entry {seq} is tampered with already: press Verify now, or undo it."
            )),
        );
    }
    let flipped = tamper::flip_a_byte(&stage.database, None);
    *tampered = flipped.as_ref().ok().copied();
    told(
        &stage,
        flipped.map(|seq| format!("One byte of entry {seq} was changed. Press Verify now.")),
    )
}

async fn undo(stage: web::Data<Stage>, tampered: web::Data<Tampered>) -> HttpResponse {
    let mut tampered = tampered.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(seq) = tampered.take() else {
        return told(&stage, Ok("There is nothing to undo.".to_owned()));
    };
    let flipped = tamper::flip_a_byte(&stage.database, Some(seq));
    told(
        &stage,
        flipped.map(|seq| format!("The byte of entry {seq} is back. Press Verify now once more.")),
    )
}

async fn export(stage: web::Data<Stage>) -> HttpResponse {
    told(&stage, exported(&stage).await)
}

async fn exported(stage: &Stage) -> anyhow::Result<String> {
    stage.settle().await?;
    let (bundle, policy) = (stage.file("bundle.countersign"), stage.file("policy.txt"));
    let ended = stage.export(&bundle).await?;
    anyhow::ensure!(ended.code == 0, "{}", ended.out);
    let key = ended
        .out
        .lines()
        .find_map(|line| line.strip_prefix("key          "))
        .context("no key")?;
    std::fs::write(&policy, format!("log {key}\n"))?;
    let checked = stage.check(&bundle, &policy).await?;
    let outcome: Value = serde_json::from_str(&checked.out).with_context(|| checked.out.clone())?;
    Ok(format!(
        "{}\ncountersign-check: exit {}, {}, {} entries",
        bundle.display(),
        checked.code,
        outcome["verdict"],
        outcome["entries"]
    ))
}

fn told(stage: &Stage, outcome: anyhow::Result<String>) -> HttpResponse {
    let text = outcome.unwrap_or_else(|error| format!("It did not work: {error}"));
    HttpResponse::Ok()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, stage.calls.jira.clone()))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}
