//! A certificate authority that signs one certificate, for `localhost` alone, made with the `openssl` program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::NoCluster;

/// The files of a certificate.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

pub(crate) fn make(directory: &Path) -> Result<Certificate, NoCluster> {
    let file = |name: &str| directory.join(name);
    let made = Certificate {
        authority: file("ca.pem"),
        certificate: file("server.pem"),
        key: file("server.key"),
    };
    let (authority_key, request, names) = (file("ca.key"), file("server.csr"), file("names"));
    std::fs::write(&names, "subjectAltName=DNS:localhost\n")?;
    openssl(
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Throwaway authority",
        ],
        &[("-keyout", &authority_key), ("-out", &made.authority)],
    )?;
    openssl(
        &[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=localhost",
        ],
        &[("-keyout", &made.key), ("-out", &request)],
    )?;
    openssl(
        &["x509", "-req", "-days", "2", "-set_serial", "1"],
        &[
            ("-in", &request),
            ("-CA", &made.authority),
            ("-CAkey", &authority_key),
            ("-extfile", &names),
            ("-out", &made.certificate),
        ],
    )?;
    Ok(made)
}

fn openssl(words: &[&str], files: &[(&str, &Path)]) -> Result<(), NoCluster> {
    let failed = |reason: String| NoCluster::Failed {
        program: "openssl".to_owned(),
        reason,
    };
    let files = files
        .iter()
        .flat_map(|(name, file)| [OsStr::new(name), file.as_os_str()]);
    let ended = Command::new("openssl").args(words).args(files).output();
    let ended = ended.map_err(|error| failed(error.to_string()))?;
    match ended.status.success() {
        true => Ok(()),
        false => Err(failed(
            String::from_utf8_lossy(&ended.stderr).trim().to_owned(),
        )),
    }
}
