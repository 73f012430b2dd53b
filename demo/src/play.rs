//! The stage left to a person: one address to open, and what the buttons on its pages do.

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use serde_json::Value;

use crate::stage::Stage;
use crate::{say, tamper};

/// Serves the buttons until the person has seen enough.
pub(crate) async fn leave_to_a_person(stage: Stage) -> anyhow::Result<()> {
    let buttons = stage.buttons.try_clone()?;
    let address = stage.calls.jira.clone();
    let stage = web::Data::new(stage);
    let shared = stage.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .route("/verify", web::post().to(verify))
            .route("/tamper", web::post().to(flip))
            .route("/undo", web::post().to(flip))
            .route("/export", web::post().to(export))
    })
    .workers(1)
    .listen(buttons)?
    .run();
    say(
        "\nOpen this address. Look at an issue, approve it as Carla, edit it, press the buttons at the top:\n",
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
    let ended = stage
        .verify(&stage.file("countersign.sqlite"), true)
        .await?;
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

async fn flip(stage: web::Data<Stage>) -> HttpResponse {
    let flipped = tamper::flip_a_byte_of_the_latest_decision(&stage.file("countersign.sqlite"));
    told(
        &stage,
        flipped.map(|seq| {
            format!("One byte of entry {seq} was changed. Press it again to change it back.")
        }),
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
    let text = outcome.unwrap_or_else(|error| format!("It did not work: {error:#}"));
    HttpResponse::Ok()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, stage.calls.jira.clone()))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}
