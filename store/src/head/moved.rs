//! Moving a head from where it is known to be, in one statement of one text, which the connection prepares once. The
//! query builder would have it prepared each time, since an update's text may differ from case to case.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Text};

use super::Head;

/// The columns of a head's row.
pub(super) struct Ends {
    size: i64,
    last_leaf: Vec<u8>,
    frontier: Vec<u8>,
}

impl Ends {
    pub(super) fn of(head: &Head) -> Self {
        Self {
            size: head.frontier.size() as i64,
            last_leaf: head.last_leaf.as_bytes().to_vec(),
            frontier: head.frontier.to_bytes(),
        }
    }
}

pub(super) struct Moved<'t> {
    pub(super) tenant: &'t str,
    pub(super) from: Ends,
    pub(super) to: Ends,
}

impl<DB> QueryFragment<DB> for Moved<'_>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Binary> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    [u8]: ToSql<Binary, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE heads SET size = ");
        out.push_bind_param::<BigInt, i64>(&self.to.size)?;
        out.push_sql(", last_leaf = ");
        out.push_bind_param::<Binary, [u8]>(&self.to.last_leaf)?;
        out.push_sql(", frontier = ");
        out.push_bind_param::<Binary, [u8]>(&self.to.frontier)?;
        out.push_sql(" WHERE tenant = ");
        out.push_bind_param::<Text, str>(self.tenant)?;
        out.push_sql(" AND size = ");
        out.push_bind_param::<BigInt, i64>(&self.from.size)?;
        out.push_sql(" AND last_leaf = ");
        out.push_bind_param::<Binary, [u8]>(&self.from.last_leaf)?;
        out.push_sql(" AND frontier = ");
        out.push_bind_param::<Binary, [u8]>(&self.from.frontier)?;
        out.push_sql(
            " AND (SELECT seq + 1 = heads.size AND leaf = heads.last_leaf FROM entries \
             WHERE entries.tenant = heads.tenant ORDER BY seq DESC LIMIT 1)",
        );
        Ok(())
    }
}

impl QueryId for Moved<'_> {
    type QueryId = Moved<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Conn> RunQueryDsl<Conn> for Moved<'_> {}
