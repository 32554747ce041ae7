//! `/oauth2/authorize`: a client asks for a login.

pub(super) mod request;

pub(crate) use request::lang;

use super::{Endpoints, Provider, jose};
use axum::extract::State;
use jsonwebtoken::Algorithm;
use login::{Edge, Refused, Reply};
use metadata::Snapshot;
use model::{LoginRequest, Method, Params, Refusal, code};
use request::{Addressed, Asked, Fault};

/// GET and POST (Core 3.1.2.1). Until the redirect URI is proved every error
/// stays on our page; after that the client is told, by way of the reader where
/// the reader can do something about it.
pub(crate) async fn authorize(
    State(endpoints): State<Endpoints>,
    edge: Edge,
) -> Result<Reply, Refused> {
    let provider = &endpoints.provider;
    let snapshot = provider.registry.current();
    let params = read_params(&edge).map_err(|refusal| Refused::from((refusal, edge.code)))?;
    let lang = params.one("ui_locales").ok().flatten().and_then(lang);
    let in_its_language = |refused| Refused { lang, ..refused };
    let addressed = request::address(&params, |id| snapshot.service_by_client_id(id))
        .map_err(|refusal| in_its_language(Refused::from((refusal, edge.code))))?;
    match asked(provider, &snapshot, &params, &addressed) {
        Ok(request) => endpoints.login.start(&edge, request).await,
        Err(fault) => answer_fault(provider, &edge, &addressed, fault).map_err(in_its_language),
    }
}

fn read_params(edge: &Edge) -> Result<Params, Refusal> {
    let params = match edge.inbound.method {
        Method::Get => edge.inbound.query_params(),
        Method::Post => edge.inbound.form_params(),
    };
    params.map_err(|fault| Refusal::new(code::OIDC_BAD_REQUEST, fault.to_string()))
}

fn asked(
    provider: &Provider,
    snapshot: &Snapshot,
    params: &Params,
    addressed: &Addressed<'_>,
) -> Result<LoginRequest, Fault> {
    let find_member = |named: &str| snapshot.member_by_code(named).map(|member| member.id.clone());
    let Asked { mut request, mut answer, id_token_hint } =
        request::read(params, addressed, find_member)?;
    if let Some(hint) = id_token_hint {
        answer.hinted_sub = Some(hinted_sub(provider, &hint, addressed)?);
        request.reply = answer.to_reply();
    }
    Ok(request)
}

/// Core 3.1.2.1: the reader whom the hint names is meant, and no other. An old
/// hint is good: it names, it does not prove.
fn hinted_sub(provider: &Provider, hint: &str, addressed: &Addressed<'_>) -> Result<String, Fault> {
    let fault = |log: &str| Fault {
        error: "invalid_request",
        refusal: Refusal::new(code::OIDC_BAD_REQUEST, log),
        is_for_reader: false,
    };
    let own = [Algorithm::ES256, Algorithm::RS256];
    let claims = jose::verify(hint, provider.keys.current().jwks(), &own)
        .map_err(|jose| fault(&format!("id_token_hint: {jose}")))?;
    let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    if text("iss") != Some(provider.issuer()) || text("aud") != Some(&addressed.to.client_id) {
        return Err(fault("id_token_hint was not issued by this hub to this client"));
    }
    text("sub").map(str::to_owned).ok_or_else(|| fault("id_token_hint names nobody"))
}

/// `prompt=none` and protocol errors go back at once; what the reader can mend
/// comes to our page first, with a button back (rule 7).
fn answer_fault(
    provider: &Provider,
    edge: &Edge,
    addressed: &Addressed<'_>,
    fault: Fault,
) -> Result<Reply, Refused> {
    let refusal = fault.refusal.at_service(&addressed.service.id);
    let back = addressed.to.with_named_error(provider.issuer(), fault.error, refusal.code());
    if addressed.is_silent || !fault.is_for_reader {
        tracing::info!(login_code = %edge.code, %refusal, "authorization request refused");
        return Ok(Reply::from(back));
    }
    Err(Refused { back: Some(Box::new(back)), ..Refused::from((refusal, edge.code)) })
}
