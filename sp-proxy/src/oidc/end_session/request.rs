//! Reads a logout request, without I/O.

use crate::oidc::authorize::lang;
use model::{LangTag, Params, Refusal, Service, code, encode_component};

/// The parameters that mean something (RP-Initiated Logout section 2).
pub(crate) const PARAMETERS: &[&str] =
    &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// What a verified ID token says of the logout that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// The client that it was issued to.
    pub(crate) client_id: String,
    /// That client's name of the session.
    pub(crate) sid: String,
}

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked<'s> {
    /// The proof that came along, if it is one.
    pub(crate) hint: Option<Hint>,
    /// Who asks.
    pub(crate) service: Option<&'s Service>,
    /// Where the reader goes then, proved, with the state.
    pub(crate) back: Option<String>,
    /// What our own form carries on, to be read again.
    pub(crate) carried: Vec<(String, String)>,
    /// Language of the pages.
    pub(crate) lang: Option<LangTag>,
}

/// Finds the client and proves its address. A hint that does not verify proves
/// nothing, and the reader is asked instead.
pub(crate) fn read<'s>(
    params: &Params,
    find: impl Fn(&str) -> Option<&'s Service>,
    verify_hint: impl Fn(&str) -> Option<Hint>,
) -> Result<Asked<'s>, Refusal> {
    let refuse = |log: &str| Refusal::new(code::OIDC_LOGOUT, log);
    let one = |name: &str| params.one(name).ok().flatten().filter(|value| !value.is_empty());
    let hint = one("id_token_hint").and_then(verify_hint);
    let named = one("client_id");
    // Section 2: the two must name one client, or one client's token would prove another's wish.
    if hint.as_ref().is_some_and(|hint| named.is_some_and(|named| named != hint.client_id)) {
        return Err(refuse("client_id is not the one of id_token_hint"));
    }
    let client_id = named.or(hint.as_ref().map(|hint| hint.client_id.as_str()));
    let service = client_id.and_then(find);
    let back = match one("post_logout_redirect_uri") {
        None => None,
        Some(uri) => {
            let service =
                service.ok_or_else(|| refuse("the client of the address is not known"))?;
            let address = registered(service, uri)
                .ok_or_else(|| refuse("post_logout_redirect_uri is not registered"))
                .map_err(|refusal| refusal.at_service(&service.id))?;
            Some(with_state(address, one("state")))
        }
    };
    let carried = [
        ("client_id", service.and(client_id)),
        ("post_logout_redirect_uri", one("post_logout_redirect_uri")),
        ("state", one("state")),
        ("ui_locales", one("ui_locales")),
    ];
    let carried = carried.into_iter().filter_map(|(n, v)| Some((n.to_owned(), v?.to_owned())));
    let carried = carried.collect();
    Ok(Asked { hint, service, back, carried, lang: one("ui_locales").and_then(lang) })
}

/// Section 3: letter for letter, or the hub would send readers anywhere.
fn registered<'s>(service: &'s Service, uri: &str) -> Option<&'s str> {
    let uris = &service.oidc.as_ref()?.post_logout_redirect_uris;
    uris.iter().map(String::as_str).find(|registered| *registered == uri)
}

fn with_state(address: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return address.to_owned() };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}state={}", encode_component(state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::samples::service;

    const BYE: &str = "https%3A%2F%2Fill.example.org%2Fbye";

    fn asked(query: &str) -> Result<(Option<Hint>, Option<String>), model::Code> {
        let service = service();
        let params = Params::parse(query.as_bytes()).expect("parses");
        let verify = |hint: &str| {
            (hint == "good").then(|| Hint { client_id: "ill".into(), sid: "s".into() })
        };
        read(&params, |id| (id == "ill").then_some(&service), verify)
            .map(|asked| (asked.hint, asked.back))
            .map_err(|refusal| refusal.code())
    }

    #[test]
    fn the_address_back_is_matched_letter_for_letter() {
        let back = |uri: &str| asked(&format!("client_id=ill&post_logout_redirect_uri={uri}"));
        assert_eq!(back(BYE).expect("proved").1.as_deref(), Some("https://ill.example.org/bye"));
        for uri in ["https%3A%2F%2Fevil.example%2F", &format!("{BYE}%2F"), &format!("{BYE}%3Fx")] {
            assert_eq!(back(uri), Err(code::OIDC_LOGOUT), "{uri}");
        }
    }

    #[test]
    fn an_address_without_a_known_client_goes_nowhere() {
        let alone = format!("post_logout_redirect_uri={BYE}");
        assert_eq!(asked(&alone), Err(code::OIDC_LOGOUT));
        assert_eq!(asked(&format!("{alone}&client_id=other")), Err(code::OIDC_LOGOUT));
        assert_eq!(asked(&format!("{alone}&id_token_hint=bad")), Err(code::OIDC_LOGOUT));
        let by_hint = asked(&format!("{alone}&id_token_hint=good&state=a%20b")).expect("proved");
        assert_eq!(by_hint.1.as_deref(), Some("https://ill.example.org/bye?state=a%20b"));
    }

    #[test]
    fn a_hint_of_another_client_is_refused_and_a_bad_one_proves_nothing() {
        assert_eq!(asked("client_id=other&id_token_hint=good"), Err(code::OIDC_LOGOUT));
        assert_eq!(asked("id_token_hint=bad"), Ok((None, None)));
        assert_eq!(asked("client_id=unknown"), Ok((None, None)));
    }

    #[test]
    fn our_own_form_carries_what_it_must_read_again() {
        let service = service();
        let query = format!("client_id=ill&post_logout_redirect_uri={BYE}&state=S&logout_hint=x");
        let params = Params::parse(query.as_bytes()).expect("parses");
        let asked = read(&params, |_| Some(&service), |_| None).expect("read");
        let names: Vec<_> = asked.carried.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["client_id", "post_logout_redirect_uri", "state"]);
    }
}
