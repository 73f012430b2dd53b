//! The catalog on this machine: the one that is built in, changed by an organisation's own configuration where one is given.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use compliance::{Assessor, Switch};

use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

/// Bytes of a configuration at most.
const LARGEST: u64 = 1 << 20;

/// With the organisation's own configuration, if there is one.
pub(super) fn assessor(config: Option<&Path>) -> Result<Assessor, CliError> {
    let Some(file) = config else {
        return Ok(Assessor::built_in());
    };
    let text = own_configuration(file)?;
    Ok(Assessor::for_organisation(
        &file.display().to_string(),
        &text,
    )?)
}

/// The text of an organisation's own configuration.
pub(super) fn own_configuration(file: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let opened = File::open(file).map_err(CliError::Config)?;
    let read = opened.take(LARGEST + 1).read_to_string(&mut text);
    match read.map_err(CliError::Config)? as u64 > LARGEST {
        true => Err(CliError::ConfigTooLarge),
        false => Ok(text),
    }
}

/// Says what follows from a configuration.
pub(super) fn check(file: &Path, voice: &mut Voice<'_>) -> Result<Exit, CliError> {
    let chosen = assessor(Some(file))?;
    voice.say("It can be used. With it:")?;
    for framework in chosen.catalog().frameworks() {
        let standing = match chosen.switches().of(&framework.id) {
            Switch::Applies => "applies",
            Switch::MayApply if framework.optional => "is not listed",
            Switch::MayApply => "may apply",
            Switch::Off => "is off",
        };
        voice.say(&format!(
            "  {} {} {standing}",
            framework.title, framework.edition
        ))?;
    }
    voice.say(&format!("Catalog {}", chosen.catalog().version()))?;
    Ok(Exit::Done)
}
