//! The API key as its holder has it. It goes into one header, and is shown nowhere. Whether it opens anything, the
//! server says.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use super::SettingsError;

/// What keys begin with.
const PREFIXES: [&str; 2] = ["ak_live_", "ak_test_"];
/// So many digits follow in a key of this release; so many at least in what is taken for one.
const DIGITS: usize = 32;
const LONGEST: usize = 256;

/// An API key.
pub struct ApiKey(String);

impl ApiKey {
    /// The key, if the text has the form of one. Space around it is no part of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = PREFIXES.iter().find_map(|of| text.strip_prefix(of))?;
        let fits = !rest.is_empty()
            && text.len() <= LONGEST
            && rest.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// The key in this file, which nobody but its owner may open.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn in_file(path: &Path) -> Result<Self, SettingsError> {
        let file = File::open(path).map_err(SettingsError::KeyFile)?;
        let about = file.metadata().map_err(SettingsError::KeyFile)?;
        if is_open_to_others(&about) {
            return Err(SettingsError::OpenToOthers);
        }
        let mut text = String::new();
        file.take(LONGEST as u64 * 2)
            .read_to_string(&mut text)
            .map_err(SettingsError::KeyFile)?;
        Self::parse(&text).ok_or(SettingsError::NotAKey {
            setting: "--key-file",
        })
    }

    /// The key, for the header.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Whether a whole key stands in this text.
#[must_use]
pub fn stands_in(text: &OsStr) -> bool {
    let text = text.to_string_lossy();
    let mut after = PREFIXES.iter().flat_map(|of| text.split(of).skip(1));
    after.any(|rest| rest.bytes().take_while(u8::is_ascii_alphanumeric).count() >= DIGITS)
}

#[cfg(unix)]
pub(crate) fn is_open_to_others(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ak_live_0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    #[test]
    fn a_key_is_known_by_its_form_and_never_shown() {
        let key = ApiKey::parse(&format!("  {KEY}\n")).unwrap();
        assert_eq!(key.expose(), KEY);
        assert!(!format!("{key:?}").contains("0123"));
        for text in [
            "",
            "ak_live_",
            "key_01HZ",
            "Bearer ak_live_A",
            "ak_live_A B",
            "ak_live_é",
        ] {
            assert!(ApiKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_on_a_command_line_is_seen_wherever_it_stands() {
        for text in [
            KEY.to_owned(),
            format!("--key={KEY}"),
            format!("ak_test_x{KEY}"),
        ] {
            assert!(stands_in(text.as_ref()), "{text}");
        }
        for text in [
            "ak_live_…",
            "PAY-142",
            "revoked ak_live_0123",
            "ak_test_keys.txt",
        ] {
            assert!(!stands_in(text.as_ref()), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_its_owner_s_alone() {
        use std::fs::{Permissions, set_permissions, write};
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        write(&path, format!("{KEY}\n")).unwrap();
        for (mode, taken) in [
            (0o600, true),
            (0o400, true),
            (0o640, false),
            (0o604, false),
            (0o620, false),
        ] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let read = ApiKey::in_file(&path);
            assert_eq!(read.is_ok(), taken, "{mode:o}");
            assert!(taken || matches!(read, Err(SettingsError::OpenToOthers)));
        }
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        write(&path, "something else").unwrap();
        assert!(matches!(
            ApiKey::in_file(&path),
            Err(SettingsError::NotAKey { .. })
        ));
        assert!(matches!(
            ApiKey::in_file(&directory.path().join("none")),
            Err(SettingsError::KeyFile(_))
        ));
    }
}
