//! The query of a call. Jira takes a list as `expand=a,b` and as `expand=a&expand=b` alike; a query it cannot read is
//! refused in its own words. Knows no parameter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use super::error::RestError;

/// The parameters of a call; repeated ones joined with commas.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = RestError;
    type Future = Ready<Result<Self, RestError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = web::Query::<T>::from_query(&joined(request.query_string()));
        let read = read.map(|query| Self(query.into_inner()));
        ready(read.map_err(|_| RestError::bad("The query is not acceptable.")))
    }
}

/// The parts of a list.
pub(super) fn listed(text: &str) -> Vec<String> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

fn joined(query: &str) -> String {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match parameters.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(&value);
            }
            None => parameters.push((name.into_owned(), value.into_owned())),
        }
    }
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_repeated_parameters() {
        assert_eq!(joined("a=1&expand=x&expand=y%20z"), "a=1&expand=x%2Cy+z");
        assert_eq!(joined(""), "");
    }
}
