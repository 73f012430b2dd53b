//! The tables, as `migrations/` makes them.

diesel::table! { entries (tenant, seq) { tenant -> Text, seq -> BigInt, bytes -> Binary, leaf -> Binary, id -> Text,
idem -> Binary, at -> Text, #[sql_name = "type"] kind -> Text, severity -> Text, subject -> Text, } }
diesel::table! { heads (tenant) { tenant -> Text, size -> BigInt, last_leaf -> Binary, frontier -> Binary, } }
diesel::table! { tiles (tenant, level, idx) { tenant -> Text, level -> Integer, idx -> BigInt, hashes -> Binary, } }
diesel::table! { checkpoints (tenant, size) { tenant -> Text, size -> BigInt, note -> Text, } }
diesel::table! { disclosures (tenant, seq, digest) { tenant -> Text, seq -> BigInt, digest -> Text, disclosure -> Text, } }
diesel::table! { tenants (id) { id -> Text, ledger_key -> Text, signing_key -> Binary, since -> Text, } }
diesel::table! { sites (tenant, id) { tenant -> Text, id -> Text, client_key -> Text, base_url -> Text,
cloud_id -> Nullable<Text>, state -> Text, shared_secret -> Binary, seq -> BigInt, } }
diesel::table! { forge_installations (tenant, site) { tenant -> Text, site -> Text, cloud_id -> Text,
installation_id -> Text, base_url -> Text, state -> Text, seq -> BigInt, } }
diesel::table! { settings (tenant, site, project) { tenant -> Text, site -> Text, project -> Text,
approver_role -> Nullable<Text>, approver_group -> Nullable<Text>, own_ticket -> Bool, seq -> BigInt, rules -> Text, } }
diesel::table! { people (tenant, id) { tenant -> Text, id -> Text, site -> Text, account_id -> Text, seq -> BigInt, } }
diesel::table! { tickets (tenant, site, issue) { tenant -> Text, site -> Text, issue -> Text, ticket_key -> Text,
deleted -> Bool, content_hash -> Text, content_key -> Binary, catalog -> Text, requirement_set -> Text,
severity -> Text, risk_tenths -> Integer, assessed_by -> Text, assessed_seq -> BigInt, approval -> Text,
release -> Nullable<Text>, released_until -> Nullable<Text>, } }
diesel::table! { approvals (tenant, event) { tenant -> Text, event -> Text, seq -> BigInt, site -> Text, issue -> Text,
reviewer -> Text, role -> Text, decision -> Text, content_hash -> Text, requirement_set -> Text,
reviewed_at -> Text, state -> Text, scope -> Text, speaks_for -> Nullable<Text>, in_place_of -> Nullable<Text>, } }
diesel::table! { api_keys (tenant, id) { tenant -> Text, id -> Text, name -> Text, environment -> Text, scopes -> Text,
secret_digest -> Text, expires_at -> Nullable<Text>, revoked -> Bool, seq -> BigInt, } }
diesel::table! { api_key_uses (tenant, id) { tenant -> Text, id -> Text, used_at -> Text, } }
diesel::table! { code_hosts (tenant, id) { tenant -> Text, id -> Text, kind -> Text, base_url -> Text, state -> Text,
push_as -> Text, access -> Nullable<Text>, webhook_secret -> Binary, seq -> BigInt, } }
diesel::table! { jira_integrations (tenant, site) { tenant -> Text, site -> Text, base_url -> Text, api_url -> Text,
state -> Text, projects -> Text, secrets -> Binary, seq -> BigInt, } }
diesel::table! { jira_syncs (tenant, site) { tenant -> Text, site -> Text, read_to_ms -> BigInt,
synced_at -> Nullable<Text>, heard_at -> Nullable<Text>, last_error -> Nullable<Text>, } }
diesel::table! { links (tenant, id) { tenant -> Text, id -> Text, seq -> BigInt, event -> Text, ticket_key -> Text,
site -> Nullable<Text>, issue -> Nullable<Text>, revoked -> Bool, } }
diesel::table! { corrections (tenant, site, issue, indicator) { tenant -> Text, site -> Text, issue -> Text,
indicator -> Text, correction -> Text, of_words -> Nullable<Text>, event -> Text, seq -> BigInt, } }
diesel::table! { feeds (tenant, id) { tenant -> Text, id -> Text, host -> Text, form -> Text, least -> Text, types -> Text,
state -> Text, secrets -> Binary, seq -> BigInt, } }
diesel::table! { feed_positions (tenant, feed) { tenant -> Text, feed -> Text, next -> BigInt, failed -> Integer,
again_at_ms -> BigInt, sent_at -> Nullable<Text>, last_error -> Nullable<Text>, } }
diesel::table! { waivers (tenant, id) { tenant -> Text, id -> Text, seq -> BigInt, site -> Text, issue -> Text,
requirement -> Text, until -> Text, state -> Text, } }
diesel::table! { claims (tenant, id) { tenant -> Text, id -> Text, seq -> BigInt, site -> Text, issue -> Text,
repository -> Text, standing -> Text, checked_seq -> Nullable<BigInt>, } }
diesel::table! { event_models (tenant, model, seq) { tenant -> Text, model -> Text, seq -> BigInt, } }
diesel::table! { requirement_sets (tenant, version) { tenant -> Text, version -> Text, seq -> BigInt, } }
diesel::table! { verifications (tenant) { tenant -> Text, verdict -> Text, size -> BigInt, findings -> BigInt,
verified_at -> Text, seq -> BigInt, } }
diesel::table! { inbox (id) { id -> Text, tenant -> Text, site -> Text, delivery -> Text, fact -> Text,
received_at -> Text, attempts -> Integer, next_attempt_ms -> BigInt, dead -> Bool,
last_error -> Nullable<Text>, subject -> Text, claim -> Nullable<Text>, claimed_until_ms -> BigInt, } }
diesel::table! { outbox (id) { id -> Text, tenant -> Text, site -> Text, issue -> Text, effect -> Text, body -> Text,
created_at -> Text, attempts -> Integer, next_attempt_ms -> BigInt, dead -> Bool,
last_error -> Nullable<Text>, claim -> Nullable<Text>, claimed_until_ms -> BigInt, } }
diesel::table! { leases (name) { name -> Text, holder -> Text, until_ms -> BigInt, } }
diesel::table! { verifier_reports (id) { id -> Text, note -> Text, left_at -> Text, } }

diesel::allow_tables_to_appear_in_same_query!(entries, event_models);
