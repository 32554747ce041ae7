//! The sample consortium's policy, as it lies in demo/registry/policy, decides as its
//! text says.

use super::*;

const SERVICES: [&str; 5] = [
    include_str!("../../../../demo/registry/services/ill.toml"),
    include_str!("../../../../demo/registry/services/cvrs.toml"),
    include_str!("../../../../demo/registry/services/journals.toml"),
    include_str!("../../../../demo/registry/services/opac.toml"),
    include_str!("../../../../demo/registry/services/card.toml"),
];

fn services() -> Vec<Service> {
    SERVICES.iter().map(|text| toml::from_str(text).unwrap()).collect()
}

fn sample() -> PolicySet {
    let cedar = [
        ("open-to-all.cedar", include_str!("../../../../demo/registry/policy/open-to-all.cedar")),
        ("standing.cedar", include_str!("../../../../demo/registry/policy/standing.cedar")),
    ];
    let source = PolicySource {
        cedar: cedar.map(|(file, text)| (file.to_owned(), text.to_owned())).into(),
        matrix: Some(include_str!("../../../../demo/registry/policy/matrix.toml").to_owned()),
        assertions: None,
    };
    PolicySet::compile(&source, &services()).unwrap_or_else(|faults| panic!("{}", show(&faults)))
}

/// `ill:request …`, or the code of the refusal, for each service in turn.
fn line(class: &str, standing: Standing) -> Vec<String> {
    let policy = sample();
    let at = |service: &Service| match outcome(&policy, &membership(class, standing), service) {
        Outcome::Release(release) => {
            let rights: Vec<_> = release.entitlements().map(ToString::to_string).collect();
            rights.join(" ")
        }
        Outcome::Refused(refusal) => refusal.code().to_string(),
        Outcome::Needs(needs) => format!("{needs:?}"),
    };
    services().iter().map(at).collect()
}

#[test]
fn classes_and_standings_of_the_sample_consortium() {
    use Standing::{Blocked, Expired, Good, Pending, Suspended};
    for (class, standing, ill, cvrs, journals, opac, card) in [
        (
            "A",
            Good,
            "ill:request ill:guaranteed",
            "cvrs:ask",
            "journals:fulltext",
            "opac:holdings",
            "POL-001",
        ),
        ("B", Good, "ill:request", "cvrs:ask", "", "opac:holdings", "card:use"),
        ("C", Good, "ill:request", "cvrs:ask", "", "opac:holdings", "POL-001"),
        ("A", Blocked, "POL-002", "cvrs:ask", "POL-002", "opac:holdings", "POL-001"),
        ("B", Blocked, "POL-002", "cvrs:ask", "POL-002", "opac:holdings", "POL-002"),
        ("B", Expired, "POL-002", "cvrs:ask", "POL-002", "opac:holdings", "POL-002"),
        ("C", Pending, "POL-002", "cvrs:ask", "POL-002", "opac:holdings", "POL-001"),
        ("B", Suspended, "POL-002", "POL-002", "POL-002", "POL-002", "POL-002"),
        ("D", Good, "POL-001", "cvrs:ask", "POL-001", "opac:holdings", "POL-001"),
    ] {
        assert_eq!(
            line(class, standing),
            [ill, cvrs, journals, opac, card],
            "{class} {standing:?}"
        );
    }
}

#[test]
fn a_refused_right_is_explained_with_the_next_step() {
    let policy = sample();
    let service = services().into_iter().find(|s| s.id.as_str() == "journals").unwrap();
    let release = release(&policy, &good("B"), &service);
    let fulltext = release.reasons().into_iter().find(|a| a.what == "journals:fulltext").unwrap();
    assert_eq!(fulltext.rules, ["journals-no-fulltext"]);
    assert!(
        fulltext.because.zh.contains("馆际互借")
            && fulltext.because.en.contains("interlibrary loan")
    );
}
