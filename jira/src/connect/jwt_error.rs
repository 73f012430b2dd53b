//! The checks a token can fail. None of them holds anything of the token.

/// The check a token failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what the variant means")]
pub enum JwtError {
    #[error("the call carries no token")]
    Absent,
    #[error("the call carries more than one token")]
    CarriedTwice,
    #[error("the token is too long")]
    TooLong,
    #[error("the token is not well formed")]
    Malformed,
    #[error("the token demands an extension")]
    CriticalHeader,
    #[error("the token's algorithm is not the one this call demands")]
    Algorithm,
    #[error("the token's key id is not acceptable")]
    KeyId,
    #[error("the verification key is not usable")]
    Key,
    #[error("the signature is wrong")]
    Signature,
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    #[error("the claim {0} does not have its form")]
    Claim(&'static str),
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token was issued in the future")]
    IssuedInFuture,
    #[error("the token's lifetime is not sane")]
    Lifetime,
    #[error("the token was issued by another party")]
    Issuer,
    #[error("the token is meant for another audience")]
    Audience,
    #[error("the token is of an isolated cloud")]
    IsolatedCloud,
    #[error("the token is of another environment of the app")]
    Environment,
    #[error("the token names an address that is not the gateway's")]
    Gateway,
    #[error("the token is bound to another request")]
    RequestHash,
    #[error("the token is not a context token")]
    NotContext,
    #[error("the token could not be signed")]
    Signing,
}
