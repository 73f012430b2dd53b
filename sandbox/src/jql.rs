//! The part of JQL that apps use for syncing and filters: clauses joined by AND over project, key, status,
//! labels, type and times. `ORDER BY` is accepted and ignored; OR and functions are refused.

use crate::world::Issue;

/// Why a query was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JqlError {
    #[error("Error in the JQL Query: it could not be understood.")]
    Syntax,
    #[error("Field '{0}' does not exist or this field cannot be viewed by anonymous users.")]
    Field(String),
    #[error(
        "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
    )]
    Unbounded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    In,
    NotIn,
    AtLeast,
    Above,
    AtMost,
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Project,
    Key,
    Status,
    StatusCategory,
    Labels,
    Type,
    Created,
    Updated,
}

#[derive(Clone, Debug)]
struct Clause {
    field: Field,
    op: Op,
    values: Vec<String>,
}

/// A parsed query.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    clauses: Vec<Clause>,
}

impl Query {
    /// Parses; an empty query (or one that only orders) is a valid query that matches everything.
    pub(crate) fn parse(text: &str) -> Result<Self, JqlError> {
        let mut words = tokens(text)?.into_iter().peekable();
        let mut clauses = Vec::new();
        while let Some(word) = words.next() {
            if word.eq_ignore_ascii_case("order") {
                break;
            }
            if !clauses.is_empty() {
                if !word.eq_ignore_ascii_case("and") {
                    return Err(JqlError::Syntax);
                }
                clauses.push(clause(&words.next().ok_or(JqlError::Syntax)?, &mut words)?);
            } else {
                clauses.push(clause(&word, &mut words)?);
            }
        }
        Ok(Self { clauses })
    }

    /// Refuses a query without any restriction, as the search does.
    pub(crate) fn bounded(self) -> Result<Self, JqlError> {
        if self.clauses.is_empty() {
            Err(JqlError::Unbounded)
        } else {
            Ok(self)
        }
    }

    /// True when the issue satisfies every clause.
    pub(crate) fn matches(&self, issue: &Issue) -> bool {
        self.clauses.iter().all(|clause| clause.matches(issue))
    }
}

impl Clause {
    fn matches(&self, issue: &Issue) -> bool {
        let own: Vec<String> = match self.field {
            Field::Project => vec![issue.project.clone()],
            Field::Key => vec![issue.key.clone(), issue.id.to_string()],
            Field::Status => vec![issue.status.name().to_owned(), issue.status.id().to_owned()],
            Field::StatusCategory => {
                let (_, key, _, name) = issue.status.category();
                vec![key.to_owned(), name.to_owned()]
            }
            Field::Labels => issue.labels.clone(),
            Field::Type => vec![issue.issue_type.name().to_owned()],
            Field::Created => return self.in_time(issue.created),
            Field::Updated => return self.in_time(issue.updated),
        };
        let named = self
            .values
            .iter()
            .any(|v| own.iter().any(|own| own.eq_ignore_ascii_case(v)));
        named == (self.op == Op::In)
    }

    /// JQL counts whole minutes.
    fn in_time(&self, at: i64) -> bool {
        let Some(limit) = self.values.first().and_then(|text| moment(text)) else {
            return false;
        };
        match self.op {
            Op::AtLeast => at >= limit,
            Op::Above => at > limit,
            Op::AtMost => at <= limit,
            Op::Below => at < limit,
            Op::In | Op::NotIn => false,
        }
    }
}

type Words = std::iter::Peekable<std::vec::IntoIter<String>>;

fn clause(name: &str, words: &mut Words) -> Result<Clause, JqlError> {
    let field = match name.to_ascii_lowercase().as_str() {
        "project" => Field::Project,
        "key" | "issuekey" | "issue" | "id" => Field::Key,
        "status" => Field::Status,
        "statuscategory" => Field::StatusCategory,
        "labels" => Field::Labels,
        "type" | "issuetype" => Field::Type,
        "created" => Field::Created,
        "updated" => Field::Updated,
        _ => return Err(JqlError::Field(name.to_owned())),
    };
    let mut word = words.next().ok_or(JqlError::Syntax)?.to_ascii_lowercase();
    if word == "not" {
        word.push_str(&words.next().ok_or(JqlError::Syntax)?.to_ascii_lowercase());
    }
    let op = match word.as_str() {
        "=" | "in" => Op::In,
        "!=" | "notin" => Op::NotIn,
        ">=" => Op::AtLeast,
        ">" => Op::Above,
        "<=" => Op::AtMost,
        "<" => Op::Below,
        _ => return Err(JqlError::Syntax),
    };
    let is_time = matches!(field, Field::Created | Field::Updated);
    if is_time == matches!(op, Op::In | Op::NotIn) {
        return Err(JqlError::Syntax);
    }
    let values = if word.ends_with("in") {
        list(words)?
    } else {
        vec![words.next().ok_or(JqlError::Syntax)?]
    };
    if is_time && moment(&values[0]).is_none() {
        return Err(JqlError::Syntax);
    }
    Ok(Clause { field, op, values })
}

fn list(words: &mut Words) -> Result<Vec<String>, JqlError> {
    if words.next().as_deref() != Some("(") {
        return Err(JqlError::Syntax);
    }
    let mut values = Vec::new();
    loop {
        values.push(
            words
                .next()
                .filter(|word| word != ")" && word != ",")
                .ok_or(JqlError::Syntax)?,
        );
        match words.next().as_deref() {
            Some(",") => {}
            Some(")") => return Ok(values),
            _ => return Err(JqlError::Syntax),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<String>, JqlError> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
        } else if c == '"' || c == '\'' {
            chars.next();
            let word: String = chars.by_ref().take_while(|&next| next != c).collect();
            out.push(word);
        } else if "(),".contains(c) {
            chars.next();
            out.push(c.to_string());
        } else if "=!<>".contains(c) {
            let mut word = String::new();
            while let Some(next) = chars.next_if(|next| "=!<>".contains(*next)) {
                word.push(next);
            }
            out.push(word);
        } else {
            let mut word = String::new();
            while let Some(next) =
                chars.next_if(|next| !next.is_whitespace() && !"(),=!<>\"'".contains(*next))
            {
                word.push(next);
            }
            out.push(word);
        }
    }
    if text.matches('"').count() % 2 == 1 {
        Err(JqlError::Syntax)
    } else {
        Ok(out)
    }
}

/// Milliseconds of `yyyy-MM-dd`, `yyyy-MM-dd HH:mm` (also with slashes), epoch milliseconds, or `-7d`.
fn moment(text: &str) -> Option<i64> {
    if let Some((number, unit)) = text
        .strip_prefix('-')
        .and_then(|it| it.split_at_checked(it.len().checked_sub(1)?))
    {
        let minutes = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 1_440,
            "w" => 10_080,
            _ => return None,
        };
        return Some(crate::clock::now_ms() - number.parse::<i64>().ok()? * minutes * 60_000);
    }
    if let Ok(ms) = text.parse::<i64>() {
        return Some(ms);
    }
    let text = text.replace('/', "-");
    let full = if text.contains(' ') {
        text
    } else {
        format!("{text} 00:00")
    };
    let moment = chrono::NaiveDateTime::parse_from_str(&full, "%Y-%m-%d %H:%M").ok()?;
    Some(moment.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sync_queries_are_understood_and_others_refused() {
        for good in [
            "project = PAY",
            "project in (PAY, CARE) AND updated >= \"2026-11-01 08:30\" ORDER BY updated ASC, key",
            "key in ('PAY-1', CARE-2) order by key",
            "status != Done and updated >= -7d",
        ] {
            assert!(
                Query::parse(good).and_then(Query::bounded).is_ok(),
                "{good}"
            );
        }
        assert_eq!(
            Query::parse("order by key").unwrap().bounded().unwrap_err(),
            JqlError::Unbounded
        );
        for bad in [
            "project",
            "project = PAY OR key = A-1",
            "project in (PAY",
            "summary ~ x",
            "updated = 1",
        ] {
            assert!(Query::parse(bad).is_err(), "{bad}");
        }
    }
}
