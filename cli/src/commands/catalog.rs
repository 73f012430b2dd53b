//! The catalog on this machine: the one that is built in, changed by an organisation's own configuration where one is given.

use std::fs;
use std::path::Path;

use compliance::{Catalog, Switch, Switches};

use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

/// Bytes of a configuration at most.
const LARGEST: u64 = 1 << 20;

/// A catalog and an organisation's answers.
pub(super) enum Chosen {
    BuiltIn(Switches),
    Own(Box<Catalog>, Switches),
}

impl Chosen {
    /// With the organisation's own configuration, if there is one.
    pub(super) fn by(config: Option<&Path>) -> Result<Self, CliError> {
        let Some(file) = config else {
            return Ok(Self::BuiltIn(Switches::default()));
        };
        if fs::metadata(file).map_err(CliError::Config)?.len() > LARGEST {
            return Err(CliError::ConfigTooLarge);
        }
        let text = fs::read_to_string(file).map_err(CliError::Config)?;
        let name = file.display().to_string();
        let (catalog, switches) =
            Catalog::for_organisation(Catalog::embedded_packs(), (&name, &text))?;
        Ok(Self::Own(Box::new(catalog), switches))
    }

    pub(super) fn catalog(&self) -> &Catalog {
        match self {
            Self::BuiltIn(_) => Catalog::embedded(),
            Self::Own(catalog, _) => catalog,
        }
    }

    pub(super) const fn switches(&self) -> &Switches {
        match self {
            Self::BuiltIn(switches) | Self::Own(_, switches) => switches,
        }
    }
}

/// Says what follows from a configuration.
pub(super) fn check(file: &Path, voice: &mut Voice<'_>) -> Result<Exit, CliError> {
    let chosen = Chosen::by(Some(file))?;
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
