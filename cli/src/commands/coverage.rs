//! `coverage`: page by page, added up here.

use compliance::Catalog;

use crate::answers::CoveragePage;
use crate::arguments::{CoverageArguments, ReportFormat};
use crate::client::{Call, Client};
use crate::coverage::Report;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::voice::Voice;

pub(super) async fn run(
    client: &Client,
    wanted: &CoverageArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let framework = wanted.framework.as_ref().map(|it| it.as_str().to_owned());
    let mut report = Report::begun(&wanted.period, framework.clone());
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![("from", report.from.clone()), ("to", report.to.clone())];
        query.extend(framework.clone().map(|framework| ("framework", framework)));
        query.extend(after.clone().map(|after| ("after", after)));
        let page = client.make(&Call::get(&["v1", "coverage"], query)).await?;
        let page: CoveragePage = page.read()?;
        let next = page.next.clone();
        report.add(page);
        if next.is_some() && next == after {
            return Err(CliError::Pages);
        }
        voice.progress(&format!("{} issues looked at", report.looked_at));
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let report = report.finished();
    let unknown = wanted.framework.as_ref().filter(|framework| {
        report.tickets.is_empty() && Catalog::embedded().framework(framework).is_none()
    });
    if unknown.is_some() {
        return Err(CliError::NoSuchFramework);
    }
    match wanted.format {
        ReportFormat::Text => voice.say_all(render::coverage(&report))?,
        ReportFormat::Html => voice.say(&render::coverage_page(&report)?)?,
        ReportFormat::Csv => voice.say_all(render::coverage_table(&report)?)?,
        ReportFormat::Json => voice.say(&render::in_json(&report)?)?,
    }
    Ok(Exit::Done)
}
