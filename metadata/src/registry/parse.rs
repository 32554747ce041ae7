//! TOML into our types, with faults that say where, what belongs there, and an example.

use super::Fault;
use policy::plain;
use serde::de::DeserializeOwned;

/// Reads a document; the fault names the key, or the line where there is none.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Fault> {
    let source = toml::Deserializer::parse(text).map_err(|e| syntax(file, text, &e))?;
    serde_path_to_error::deserialize(source).map_err(|e| {
        let said = plain(e.inner().message());
        let key = said.key(&e.path().to_string());
        let remedy = said.remedy(example(file, &key));
        Fault::key(file, key, said.what, remedy)
    })
}

/// Reads a document as it stands, to look at its shape.
pub(super) fn table(file: &str, text: &str) -> Result<toml::Table, Fault> {
    text.parse().map_err(|e| syntax(file, text, &e))
}

fn syntax(file: &str, text: &str, fault: &toml::de::Error) -> Fault {
    let before = fault.span().and_then(|span| text.get(..span.start));
    let line = before.map(|t| t.matches('\n').count() + 1);
    let place = line.map(|l| format!("line {l}: ")).unwrap_or_default();
    let what = plain(fault.message()).what;
    Fault::file(
        file,
        format!("{place}{what}"),
        "correct the TOML: key = \"text\", true, 5 or [\"a\", \"b\"]",
    )
}

/// How a key is written; that of a list stands for its entries, too.
fn example(file: &str, key: &str) -> Option<&'static str> {
    let list = key.split_once('[').map_or(key, |(list, _)| list);
    let name = if list == "connector" { key } else { list };
    Some(match name.rsplit('.').next()? {
        "id" if file.starts_with("services/") => "id = \"ill\"",
        "id" => "id = \"nju\"",
        "codes" => "codes = [\"a210093\"]",
        "name" | "about" | "zh" | "en" => "name = { zh = \"…\", en = \"…\" }",
        "aliases" => "aliases = [\"南大\"]",
        "region" => "region = \"江苏/南京\"",
        "class" => "class = \"A\"",
        "scopes" => "scopes = [\"nju.edu.cn\"]",
        "status" => "status = \"live\"",
        "contact" => "contact = { phone = \"…\", mail = \"…\", hours = \"…\" }",
        "phone" => "phone = \"025-0000-0000\"",
        "mail" => "mail = \"help@lib.example.edu.cn\"",
        "hours" => "hours = \"8:00–22:00\"",
        "links" | "opac" | "holdings" | "mylibrary" | "help" => "links = { opac = \"https://…\" }",
        "ranges" | "reading_rooms" => "ranges = [\"192.0.2.0/24\"]",
        "logo" => "logo = \"https://…\"",
        "launch_url" => "launch_url = \"https://ill.example.org/\"",
        "entitlements" => "entitlements = [\"ill:request\"]",
        "release" => "release = [\"name\", \"mail\", \"member\"]",
        "oidc" => "[oidc] with client_id = \"ill\" and redirect_uris = [\"https://…\"] below it",
        "client_id" => "client_id = \"ill\"",
        "client_secret_file" => "client_secret_file = \"ill.secret\"",
        "jwks" => "jwks = \"ill.jwks.json\"",
        "jwks_uri" => "jwks_uri = \"https://ill.example.org/jwks\"",
        "redirect_uris" => "redirect_uris = [\"https://ill.example.org/callback\"]",
        "post_logout_redirect_uris" => {
            "post_logout_redirect_uris = [\"https://ill.example.org/bye\"]"
        }
        "id_token_signed_response_alg" => "id_token_signed_response_alg = \"ES256\"",
        "saml" => "[saml] with metadata = \"ill-sp.xml\" below it",
        "metadata" => "metadata = \"ill-sp.xml\"",
        "idp" => "idp = \"shared\"",
        "service" => "[service.ill] with mail = \"e_mail\" below it",
        _ if file == "attributes.toml" => "mail = \"e_mail\"",
        _ => return None,
    })
}
