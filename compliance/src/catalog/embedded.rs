//! The packs this crate is built with. A new pack is a new line here.

macro_rules! packs {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../catalog/", $path)))),*]
    };
}

/// File name and text of every pack.
pub(super) const PACKS: &[(&str, &str)] = packs![
    "matching.yaml",
    "relevance.yaml",
    "lexicon.yaml",
    "indicators/ai_model.yaml",
    "indicators/authn.yaml",
    "indicators/authz.yaml",
    "indicators/children.yaml",
    "indicators/cross_border.yaml",
    "indicators/crypto.yaml",
    "indicators/database.yaml",
    "indicators/file_upload.yaml",
    "indicators/financial_reporting.yaml",
    "indicators/health.yaml",
    "indicators/infra_admin.yaml",
    "indicators/logging.yaml",
    "indicators/payment.yaml",
    "indicators/personal_data.yaml",
    "indicators/secrets.yaml",
    "indicators/third_party_api.yaml",
    "indicators/vulnerability.yaml",
    "dora.yaml",
    "eu_ai_act.yaml",
    "gdpr.yaml",
    "hipaa_privacy.yaml",
    "hipaa_security.yaml",
    "iso27001.yaml",
    "nis2.yaml",
    "nist_800_53.yaml",
    "nist_ssdf.yaml",
    "owasp_asvs.yaml",
    "owasp_top10.yaml",
    "pci_dss.yaml",
    "pra_ss1_23.yaml",
    "soc2.yaml",
    "sox.yaml",
    "requirements/access.yaml",
    "requirements/audit.yaml",
    "requirements/change.yaml",
    "requirements/decisions.yaml",
    "requirements/encryption.yaml",
    "requirements/files.yaml",
    "requirements/integrations.yaml",
    "requirements/integrity.yaml",
    "requirements/payment.yaml",
    "requirements/privacy.yaml",
    "requirements/systems.yaml",
];
