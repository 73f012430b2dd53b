//! `countersign classify`: tickets in, one JSON line each out, without server or database.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use compliance::Assessor;

use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::printable_json;
use crate::tickets::{Lines, TicketLine, Verdict, in_order};
use crate::voice::Voice;

/// Answers about each ticket of a file, or of standard input. A line that is no ticket is told and passed over, and
/// the command ends as not done.
pub(super) fn run(file: &Path, chosen: &Assessor, voice: &mut Voice<'_>) -> Result<Exit, CliError> {
    let mut lines = Lines::new(open(file)?);
    let mut refused = 0_u64;
    loop {
        let batch = lines.batch().map_err(CliError::Tickets)?;
        if batch.is_empty() {
            break;
        }
        let answers = in_order(&batch, |(number, line)| {
            let ticket = TicketLine::parse(line.as_ref().map_err(Clone::clone)?, *number)?;
            let found = chosen.classify(ticket.text());
            // Its own types always have a JSON form.
            Ok(serde_json::to_string(&Verdict::of(&ticket.id, &found)).unwrap_or_default())
        });
        for answer in answers {
            match answer {
                Ok(line) if line.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
                    voice.say(&line)?;
                }
                Ok(line) => voice.say(&printable_json(&line))?,
                Err(error) => {
                    let error: crate::tickets::LineError = error;
                    refused += 1;
                    voice.warn(&format!("{error}. It was passed over."));
                }
            }
        }
    }
    if refused > 0 {
        voice.warn(&format!(
            "{refused} lines were no tickets; all others were classified."
        ));
        return Ok(Exit::NotDone);
    }
    Ok(Exit::Done)
}

/// A file's text, or standard input's for `-`.
pub(super) fn open(file: &Path) -> Result<Box<dyn BufRead>, CliError> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(file).map_err(CliError::Tickets)?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}
