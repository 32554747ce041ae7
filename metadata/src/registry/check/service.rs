//! One service.

use super::Judge;
use super::{connector, oidc};
use model::{IdpChoice, Service};
use policy::is_built_in;
use std::collections::BTreeSet;

pub(super) fn judge(judge: &mut Judge<'_>, service: &Service) {
    if is_built_in(&service.id) {
        let what = format!("`{}` is a service of the hub itself", service.id);
        judge.fault("id", what, "choose another id");
    }
    judge.text("name", &service.name);
    if let Some(about) = &service.about {
        judge.text("about", about);
    }
    if let Some(url) = &service.launch_url {
        judge.address("launch_url", url);
    }
    let mut rights = BTreeSet::new();
    for (place, right) in service.entitlements.iter().enumerate() {
        if !rights.insert(right.id()) {
            judge.fault(&format!("entitlements[{place}]"), "listed twice", "keep it once");
        }
    }
    let mut values = BTreeSet::new();
    for (place, value) in service.release.iter().enumerate() {
        if !values.insert(value) {
            judge.fault(&format!("release[{place}]"), "listed twice", "keep it once");
        }
    }
    if let Some(client) = &service.oidc {
        oidc::judge(judge, client);
    }
    if let Some(saml) = &service.saml {
        connector::metadata(judge, &saml.metadata, "saml.metadata");
        if saml.idp == IdpChoice::Member {
            let what = "the virtual identity provider of a member is not built yet";
            judge.fault("saml.idp", what, "use \"shared\"");
        }
    }
    for (key, is_there) in
        [("cas", service.cas.is_some()), ("forward_auth", service.forward_auth.is_some())]
    {
        if is_there {
            judge.fault(key, "this protocol is not built yet", "use [oidc] or [saml]");
        }
    }
}
