//! Where a call carries its token. Bodies are not looked into.

use super::jwt::JwtError;
use super::qsh::form_decode;

/// The token of a call: in the query as `jwt`, or in the header as `Authorization: JWT …`.
/// Other authorisation schemes are somebody else's and count as none.
///
/// # Errors
/// [`JwtError::Absent`] without one, [`JwtError::CarriedTwice`] with more than one.
pub fn find_token(query: &str, authorization: Option<&str>) -> Result<String, JwtError> {
    let in_query = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (form_decode(name) == "jwt").then(|| form_decode(value))
    });
    let in_header = authorization.and_then(|header| {
        let (scheme, token) = header.trim().split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("JWT")
            .then(|| token.trim().to_owned())
    });
    let mut found = in_query.chain(in_header);
    match (found.next(), found.next()) {
        (None, _) => Err(JwtError::Absent),
        (Some(_), Some(_)) => Err(JwtError::CarriedTwice),
        (Some(token), None) if token.is_empty() => Err(JwtError::Absent),
        (Some(token), None) => Ok(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_by_query_or_by_header() {
        assert_eq!(find_token("a=1&jwt=x.y.z", None), Ok("x.y.z".to_owned()));
        assert_eq!(find_token("a=1", Some("JWT x.y.z")), Ok("x.y.z".to_owned()));
        assert_eq!(find_token("", Some("jwt x.y.z")), Ok("x.y.z".to_owned()));
    }

    #[test]
    fn two_tokens_are_refused_even_if_equal() {
        assert_eq!(
            find_token("jwt=x", Some("JWT x")),
            Err(JwtError::CarriedTwice)
        );
        assert_eq!(find_token("jwt=x&jwt=x", None), Err(JwtError::CarriedTwice));
        assert_eq!(
            find_token("jwt=x&%6Awt=y", None),
            Err(JwtError::CarriedTwice)
        );
    }

    #[test]
    fn no_token_is_no_token() {
        for (query, header) in [
            ("", None),
            ("jwt=", None),
            ("JWT=x", None),
            ("", Some("Bearer x")),
            ("", Some("JWT")),
        ] {
            assert_eq!(
                find_token(query, header),
                Err(JwtError::Absent),
                "{query} {header:?}"
            );
        }
    }
}
