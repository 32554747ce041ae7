//! Which check runs at which endpoint, in the order in which it runs.
//!
//! The table is documentation that cannot drift: a test finds every proof
//! that it names among the tests of this crate.

/// The addresses of this room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/oauth2/authorize`
    Authorize,
    /// The answer of a login to an OpenID Connect client.
    CodeAnswer,
    /// `/oauth2/token`
    Token,
    /// `/oauth2/userinfo`
    Userinfo,
    /// `/oauth2/end_session`
    EndSession,
    /// `/saml/idp/sso`
    SamlSso,
    /// The answer of a login to a SAML service.
    SamlAnswer,
}

/// What a failed check answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailsWith {
    /// Our own page with this code: the address of the service is not proved yet.
    Page(&'static str),
    /// The protocol's own error, to the proved address of the service.
    Service(&'static str),
    /// An error of a machine endpoint.
    Machine(&'static str),
    /// A question to the reader.
    Question,
}

/// One row: one check at one endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Where it runs.
    pub endpoint: Endpoint,
    /// What is checked.
    pub what: &'static str,
    /// Who demands it.
    pub clause: &'static str,
    /// What a failure answers with.
    pub fails_with: FailsWith,
    /// Name of the test that has been seen to fail without the check.
    pub proof: &'static str,
}

macro_rules! checks {
    ($($endpoint:ident { $($what:literal, $clause:literal, $kind:ident $(($with:literal))?, $proof:ident;)+ })+) => {
        /// Every check, endpoint by endpoint, in the order in which it runs.
        pub const CHECKS: &[Check] = &[$($(Check {
            endpoint: Endpoint::$endpoint,
            what: $what,
            clause: $clause,
            fails_with: FailsWith::$kind $(($with))?,
            proof: stringify!($proof),
        },)+)+];
    };
}

checks! {
    Authorize {
        "client_id names a registered client, once", "RFC 6749 4.1.2.1", Page("OIDC-001"), an_unknown_or_repeated_client_is_never_answered_by_redirect;
        "redirect_uri is registered, letter for letter", "RFC 9700 2.1", Page("OIDC-002"), redirect_uri_is_matched_letter_for_letter;
        "no parameter comes twice", "RFC 6749 3.1", Service("invalid_request"), a_repeated_parameter_goes_back_as_invalid_request;
        "no request object, no registration", "Core 3.1.2.6", Service("request_not_supported"), request_objects_are_refused_by_name;
        "response_type is code, response_mode is query", "OAuth 2.1 4.1", Service("unsupported_response_type"), only_the_code_flow_by_query_is_offered;
        "scope holds openid", "Core 3.1.2.1", Service("invalid_scope"), the_scope_openid_is_required;
        "code_challenge by S256", "RFC 9700 2.1.1", Service("invalid_request"), pkce_s256_is_required;
        "prompt and max_age make sense", "Core 3.1.2.1", Service("invalid_request"), a_contradictory_or_unknown_prompt_is_refused;
        "member or tenant is known", "DESIGN 9", Page("LOG-012"), member_and_tenant_skip_discovery_and_an_unknown_one_is_shown_to_the_reader;
        "id_token_hint is ours, for this client", "Core 3.1.2.1", Service("invalid_request"), a_hint_that_is_not_ours_is_refused;
    }
    CodeAnswer {
        "redirect_uri is still registered", "DESIGN rule 4", Page("OIDC-002"), an_address_struck_in_the_meantime_gets_nothing;
        "the reader is the one of id_token_hint", "Core 3.1.2.1", Service("login_required"), only_the_reader_of_the_hint_is_answered_for;
    }
    Token {
        "the body is a form without repeats", "RFC 6749 3.2", Machine("invalid_request"), a_repeated_or_unreadable_body_is_refused;
        "exactly one client authentication", "RFC 6749 2.3", Machine("invalid_request"), two_methods_in_one_request_are_refused;
        "the client proves itself as it registered", "Core 9", Machine("invalid_client"), a_client_proves_itself_only_as_registered;
        "the secret matches, in constant time", "RFC 6749 2.3.1", Machine("invalid_client"), a_wrong_secret_is_no_client;
        "the assertion is signed by a registered key", "RFC 7523 3", Machine("invalid_client"), another_key_is_refused;
        "alg is allowed and fits the key", "RFC 8725 3.1", Machine("invalid_client"), alg_none_and_hmac_under_the_public_key_are_refused;
        "iss, sub, aud, exp, iat, nbf and jti of the assertion", "RFC 7523 3", Machine("invalid_client"), every_claim_is_checked;
        "the assertion comes once", "RFC 7523 3, 7", Machine("invalid_client"), a_copied_assertion_works_no_second_time;
        "grant_type is authorization_code", "RFC 6749 5.2", Machine("unsupported_grant_type"), another_grant_type_is_named;
        "the code is ours, by its tag, before the store is asked", "DESIGN rule 2", Machine("invalid_grant"), a_guess_is_told_apart_without_the_store;
        "the code comes once; a second use ends its token", "RFC 6749 4.1.2", Machine("invalid_grant"), a_code_works_once_and_its_reuse_ends_the_token;
        "the code is this client's", "RFC 6749 4.1.3", Machine("invalid_grant"), a_code_of_another_client_is_refused;
        "redirect_uri is the one of the request", "RFC 6749 4.1.3", Machine("invalid_grant"), a_code_for_another_address_is_refused;
        "code_verifier matches", "RFC 7636 4.6", Machine("invalid_grant"), another_verifier_a_short_one_and_the_challenge_itself_do_not;
        "session, member, service, reader and policy still hold", "DESIGN 4", Machine("invalid_grant"), a_code_dies_with_its_session;
    }
    Userinfo {
        "one token, in the header or the form", "RFC 6750 2", Machine("invalid_request"), two_ways_at_once_are_refused;
        "never in the address", "OAuth 2.1 5.2", Machine("401"), the_address_is_never_looked_at;
        "the token is ours and lives", "RFC 6750 3.1", Machine("invalid_token"), a_token_that_is_not_ours_is_refused;
        "its code was not used twice", "RFC 6749 4.1.2", Machine("invalid_token"), a_code_works_once_and_its_reuse_ends_the_token;
        "session, member, service, reader and policy still hold", "DESIGN 4", Machine("invalid_token"), a_token_dies_with_its_session;
    }
    EndSession {
        "id_token_hint is signed by us and names one client", "RP-Initiated Logout 2", Page("OIDC-007"), a_hint_of_another_client_is_refused_and_a_bad_one_proves_nothing;
        "post_logout_redirect_uri is registered, letter for letter", "RP-Initiated Logout 3", Page("OIDC-007"), the_address_back_is_matched_letter_for_letter;
        "the hint is of this very session, or the reader pressed the button", "RP-Initiated Logout 2", Question, a_hint_of_another_session_asks_the_reader_first;
    }
    SamlSso {
        "Issuer is registered", "SAML Core 3.2.1", Page("SAML-061"), an_unknown_issuer_stays_on_our_page;
        "signed where the metadata say so, and well where at all", "SAML Metadata 2.4.4", Page("SAML-064"), a_service_that_signs_is_never_believed_unsigned;
        "Destination is ours", "SAML Bindings 3.4.5.2", Page("SAML-063"), a_request_for_another_address_is_refused;
        "IssueInstant is fresh", "SAML Core 3.2.1", Page("SAML-065"), an_old_or_future_request_is_refused;
        "the metadata have not expired", "SAML Metadata 2.3.2", Page("SAML-024"), metadata_past_their_end_are_not_used;
        "RelayState has at most 1024 bytes", "SAML Bindings 3.5.3", Page("LOG-031"), relay_state_comes_back_verbatim_up_to_1024_bytes;
        "the answer is to go by HTTP-POST", "SAML Core 3.4.1", Page("SAML-067"), only_http_post_carries_the_answer;
        "the ACS stands in the metadata, letter for letter", "SAML Core 3.4.1", Page("SAML-062"), the_answer_goes_to_an_acs_of_the_metadata_and_nowhere_else;
        "Subject, NameIDPolicy, RequestedAuthnContext, Scoping can be met", "SAML Core 3.4.1", Service("status"), what_cannot_be_met_goes_back_by_name;
    }
    SamlAnswer {
        "the ACS still stands in the metadata", "DESIGN rule 4", Page("SAML-062"), an_acs_struck_in_the_meantime_gets_nothing;
        "the login was made as RequestedAuthnContext asks", "SAML Core 3.3.2.2.1", Service("NoAuthnContext"), only_what_happened_is_stated;
        "one answer to one request", "DESIGN rule 3", Page("SAML-066"), a_request_is_answered_once;
        "encrypted where the service or the registry asks", "SAML Metadata 2.4.1.1", Page("SAML-071"), a_service_that_asks_is_answered_encrypted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Names of the test functions below `folder`.
    fn tests_below(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                tests_below(&path, names);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                let mut is_test = false;
                for line in text.lines().map(str::trim) {
                    if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                        is_test = true;
                    } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
                        names.insert(rest.split('(').next().unwrap_or_default().to_owned());
                        is_test = false;
                    }
                }
            }
        }
    }

    #[test]
    fn every_check_has_a_test_that_exists() {
        let mut names = BTreeSet::new();
        tests_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
        let missing: Vec<_> =
            CHECKS.iter().map(|c| c.proof).filter(|proof| !names.contains(*proof)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_code_of_the_table_exists() {
        for check in CHECKS {
            if let FailsWith::Page(code) = check.fails_with {
                assert!(model::Code::find(code).is_some(), "{code}");
            }
        }
    }

    #[test]
    fn every_endpoint_is_checked() {
        let endpoints: std::collections::HashSet<_> = CHECKS.iter().map(|c| c.endpoint).collect();
        assert_eq!(endpoints.len(), 7);
    }
}
