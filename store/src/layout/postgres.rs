//! PostgreSQL's catalog says what there is; `postgres.txt` says what a fresh database of this release has. Looked
//! at is the schema that `entries` stands in: columns, constraints, indices, triggers, functions, views, rules,
//! row policies; what belongs to an extension is passed over. Who owns what and who may do what is for the operator to say.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::error::StoreError;
use crate::layout::Named;

const EXPECTED: &str = include_str!("postgres.txt");

/// Names of the schema are left out of what is compared, so that it may have any. Newlines are written `\n`.
const OBJECTS: &str = r#"
WITH home AS (
    SELECT n.oid, quote_ident(n.nspname) || '.' AS prefix
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('entries')
), extended AS (
    SELECT objid AS oid FROM pg_depend WHERE deptype = 'e'
), relation AS (
    SELECT c.* FROM pg_class c JOIN home ON c.relnamespace = home.oid WHERE c.oid NOT IN (SELECT oid FROM extended)
), object(name, what) AS (
    SELECT relname || '.' || attname, concat_ws(' ', 'column', format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN 'not null' END, attstorage::text, collname,
        'default ' || pg_get_expr(adbin, adrelid))
    FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = relation.oid AND adnum = attnum
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE relkind NOT IN ('i', 'I')
  UNION ALL
    SELECT relname, concat_ws(' ', 'relation', relkind::text, relpersistence::text,
        CASE WHEN relrowsecurity THEN 'row security' END,
        CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
    FROM relation WHERE relkind NOT IN ('i', 'I')
  UNION ALL
    SELECT conname, 'constraint ' || relname || ' ' || pg_get_constraintdef(pg_constraint.oid)
    FROM relation JOIN pg_constraint ON conrelid = relation.oid WHERE contype <> 'n'
  UNION ALL
    SELECT relname, 'index ' || pg_get_indexdef(oid) FROM relation WHERE relkind IN ('i', 'I')
  UNION ALL
    SELECT tgname, 'trigger ' || tgenabled::text || ' ' || pg_get_triggerdef(pg_trigger.oid)
    FROM relation JOIN pg_trigger ON tgrelid = relation.oid WHERE NOT tgisinternal
  UNION ALL
    SELECT rulename, 'rule ' || ev_enabled::text || ' ' || pg_get_ruledef(pg_rewrite.oid)
    FROM relation JOIN pg_rewrite ON ev_class = relation.oid WHERE rulename <> '_RETURN'
  UNION ALL
    SELECT polname, 'policy on ' || relname FROM relation JOIN pg_policy ON polrelid = relation.oid
  UNION ALL
    SELECT proname, 'function ' || pg_get_function_identity_arguments(pg_proc.oid) || ' ' || prosrc
    FROM pg_proc JOIN home ON pronamespace = home.oid WHERE pg_proc.oid NOT IN (SELECT oid FROM extended)
  UNION ALL
    SELECT evtname, 'event trigger' FROM pg_event_trigger WHERE oid NOT IN (SELECT oid FROM extended)
)
SELECT name::text AS name, replace(replace(what, (SELECT prefix FROM home), ''), E'\n', '\n') AS what FROM object
"#;

pub(super) fn objects(connection: &mut PgConnection) -> Result<BTreeSet<Named>, StoreError> {
    let objects: Vec<Named> = diesel::sql_query(OBJECTS).load(connection)?;
    Ok(objects.into_iter().collect())
}

pub(super) fn expected() -> BTreeSet<Named> {
    EXPECTED
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, what)| Named {
            name: name.to_owned(),
            what: what.to_owned(),
        })
        .collect()
}
