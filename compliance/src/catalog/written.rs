//! Packs as they are written, each with its file: told apart by their first line, and nothing in them trusted yet.

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::lexicon::LexiconPack;
use super::matching::Matching;
use super::relevance::RelevancePack;
use super::shapes::{FrameworkPack, IndicatorPack, RequirementPack};
use super::{CatalogError, Pack, hex};

/// All packs of a catalog.
pub(super) struct Written<'f> {
    /// In the order they were read.
    pub(super) packs: Vec<Pack>,
    pub(super) indicators: Vec<(&'f str, IndicatorPack)>,
    pub(super) frameworks: Vec<(&'f str, FrameworkPack)>,
    pub(super) requirements: Vec<(&'f str, RequirementPack)>,
    pub(super) matching: (&'f str, Box<Matching>),
    pub(super) relevance: (&'f str, RelevancePack),
    /// Without a lexicon the rules that people wrote decide alone.
    pub(super) lexicon: Option<(&'f str, LexiconPack)>,
}

enum AnyPack {
    Framework(FrameworkPack),
    Indicator(IndicatorPack),
    Lexicon(LexiconPack),
    Matching(Box<Matching>),
    Relevance(RelevancePack),
    Requirements(RequirementPack),
}

impl AnyPack {
    /// What it calls itself, and its version.
    fn head(&self) -> (&str, &str) {
        match self {
            Self::Framework(pack) => (&pack.pack, &pack.version),
            Self::Indicator(pack) => (&pack.pack, &pack.version),
            Self::Lexicon(pack) => (&pack.pack, &pack.version),
            Self::Matching(pack) => ("matching", &pack.version),
            Self::Relevance(pack) => (&pack.pack, &pack.version),
            Self::Requirements(pack) => (&pack.pack, &pack.version),
        }
    }
}

impl<'f> Written<'f> {
    /// Reads packs, given as file name and text.
    pub(super) fn read(files: &[(&'f str, &str)]) -> Result<Self, CatalogError> {
        let (mut packs, mut indicators, mut frameworks, mut requirements) =
            (vec![], vec![], vec![], vec![]);
        let (mut matching, mut relevance, mut lexicon) = (None, None, None);
        for &(file, text) in files {
            let pack = read(file, text)?;
            let (name, version) = pack.head();
            packs.push(Pack {
                name: name.to_owned(),
                version: version.to_owned(),
                sha256: hex(&Sha256::digest(text.as_bytes())),
            });
            match pack {
                AnyPack::Framework(pack) => frameworks.push((file, pack)),
                AnyPack::Indicator(pack) => indicators.push((file, pack)),
                AnyPack::Lexicon(pack) => lexicon = Some((file, pack)),
                AnyPack::Matching(mut pack) => {
                    pack.denial.find_openers();
                    matching = Some((file, pack));
                }
                AnyPack::Relevance(pack) => relevance = Some((file, pack)),
                AnyPack::Requirements(pack) => requirements.push((file, pack)),
            }
        }
        let missing = |what| CatalogError::Missing { what };
        Ok(Self {
            packs,
            indicators,
            frameworks,
            requirements,
            matching: matching.ok_or_else(|| missing("the rules of matching"))?,
            relevance: relevance.ok_or_else(|| missing("what is relevant"))?,
            lexicon,
        })
    }
}

/// The first line says which kind of pack it is: `pack: kind/name`.
fn read(file: &str, text: &str) -> Result<AnyPack, CatalogError> {
    let head = text
        .lines()
        .find_map(|line| line.strip_prefix("pack: "))
        .unwrap_or_default();
    match head.split('/').next() {
        Some("framework") => parse(file, text).map(AnyPack::Framework),
        Some("indicator") => parse(file, text).map(AnyPack::Indicator),
        Some("matching") => parse(file, text).map(Box::new).map(AnyPack::Matching),
        Some("lexicon") => parse(file, text).map(AnyPack::Lexicon),
        Some("relevance") => parse(file, text).map(AnyPack::Relevance),
        Some("requirements") => parse(file, text).map(AnyPack::Requirements),
        _ => Err(CatalogError::Unknown {
            file: file.to_owned(),
            what: format!("the kind of pack `{head}`"),
        }),
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    serde_saphyr::from_str(text).map_err(|error| CatalogError::Yaml {
        file: file.to_owned(),
        message: error.to_string(),
    })
}
