use super::*;
use crate::oidc::samples::{form, service};

fn read(headers: &[(&str, &str)], body: &str) -> Result<Presented, OAuthError> {
    let mut inbound = form("/oauth2/token", body);
    inbound.headers.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let params = inbound.form_params().expect("a form");
    presented(&inbound, &params)
}

fn secret_of(presented: Result<Presented, OAuthError>) -> Option<(String, String)> {
    match presented {
        Ok(Presented::Secret { client_id, secret, .. }) => Some((client_id, secret)),
        _ => None,
    }
}

fn basic_header(plain: &str) -> String {
    format!("Basic {}", STANDARD.encode(plain))
}

#[test]
fn basic_halves_are_percent_decoded() {
    let header = basic_header("ill%3Aa:s%2Bc+r%25t%26x=y");
    let read = secret_of(read(&[("authorization", &header)], "grant_type=x"));
    assert_eq!(read, Some(("ill:a".into(), "s+c r%t&x=y".into())));
}

#[test]
fn basic_is_recognised_in_any_case_and_the_body_may_repeat_its_user() {
    let header = basic_header("ill:secret").replace("Basic", "bAsIc");
    let read = secret_of(read(&[("authorization", &header)], "client_id=ill"));
    assert_eq!(read, Some(("ill".into(), "secret".into())));
}

#[test]
fn two_methods_in_one_request_are_refused() {
    let header = basic_header("ill:secret");
    let jwt = format!("client_assertion=a.b.c&client_assertion_type={JWT_BEARER}");
    for (headers, body) in [
        (vec![("authorization", header.as_str())], "client_id=ill&client_secret=x".to_owned()),
        (vec![("authorization", header.as_str())], jwt.clone()),
        (vec![], format!("client_id=ill&client_secret=x&{jwt}")),
        (vec![("authorization", header.as_str()), ("authorization", "x")], String::new()),
        (vec![("authorization", header.as_str())], "client_id=other".to_owned()),
    ] {
        let error = read(&headers, &body).err().expect("refused");
        assert_eq!(error.error(), "invalid_request", "{body}");
    }
}

#[test]
fn an_assertion_of_another_type_is_refused() {
    let error = read(&[], "client_assertion=a.b.c&client_assertion_type=saml2").err();
    assert_eq!(error.expect("refused").error(), "invalid_request");
}

#[test]
fn no_name_at_all_or_another_scheme_is_no_client() {
    for (headers, body) in [
        (vec![], "grant_type=authorization_code"),
        (vec![], "client_secret=x"),
        (vec![("authorization", "Bearer abc")], "client_id=ill"),
        (vec![("authorization", "Basic !!!")], "client_id=ill"),
    ] {
        assert_eq!(read(&headers, body).err().expect("refused").error(), "invalid_client");
    }
}

#[test]
fn a_client_proves_itself_only_as_registered() {
    let mut client = service().oidc.expect("oidc");
    client.client_secret_file = Some("ill.secret".into());
    assert!(is_registered(&client, TokenAuth::ClientSecretBasic));
    assert!(is_registered(&client, TokenAuth::ClientSecretPost));
    assert!(!is_registered(&client, TokenAuth::PrivateKeyJwt));
    assert!(!is_registered(&client, TokenAuth::None), "a secret cannot be left out");
    client.client_secret_file = None;
    client.jwks = Some("ill.jwks".into());
    assert!(is_registered(&client, TokenAuth::PrivateKeyJwt));
    assert!(!is_registered(&client, TokenAuth::ClientSecretPost));
    assert!(!is_registered(&client, TokenAuth::None), "a key cannot be left out");
    client.jwks = None;
    assert!(is_registered(&client, TokenAuth::None));
}
