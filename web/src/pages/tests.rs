//! Whole pages in both languages, compared to the letter with what lies in `snapshots/`.

mod staff;
mod states;

use super::*;
use crate::page::Page;
use crate::seen::Seen;
use crate::stage::Stage;
use axum::body::Body;
use http::Request;
use login::{Condition, Onward, Refused, Troubled};
use metadata::{Bundle, PublicUrl, Snapshot};
use model::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

const LANGS: [(LangTag, &str); 2] = [(LangTag::Zh, "zh"), (LangTag::En, "en")];

pub(crate) fn registry() -> Snapshot {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages/tests/registry"))
}

fn read(dir: &Path) -> Snapshot {
    let bundle = Bundle::read(dir, at("2026-11-21T02:47:05Z")).expect("no faults");
    let public_url = PublicUrl::parse("https://login.example.org").expect("an address");
    Snapshot::from_bundle(&bundle, 1, &public_url).expect("a snapshot")
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

pub(crate) fn seen(method: &str, uri: &str) -> Seen {
    let request =
        Request::builder().method(method).uri(uri).body(Body::empty()).expect("a request");
    Seen::of(&request.into_parts().0)
}

fn stage<'a>(snapshot: &'a Snapshot, seen: &'a Seen, lang: LangTag) -> Stage<'a> {
    static NONE: LazyLock<Troubled> = LazyLock::new(Troubled::default);
    let now = Some(at("2026-11-21T02:47:05Z"));
    let client = "203.0.113.9".parse().ok();
    Stage { snapshot, seen, lang, demo: true, now, client, troubled: &NONE }
}

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::parse(id).expect("an id")
}

pub(crate) fn service(id: &str) -> ServiceId {
    ServiceId::parse(id).expect("an id")
}

pub(crate) fn handle() -> Handle {
    Handle::parse("q3Zk8rTtY1xW5uVbN0aAbg").expect("a handle")
}

pub(crate) fn login_code() -> LoginCode {
    struct Fixed;
    impl Random for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.copy_from_slice(&[18; 64][..buffer.len()]);
        }
    }
    LoginCode::draw(&Entropy::new(Arc::new(Fixed)))
}

/// Compares a page, its status and its policy with its snapshot. Fingerprints of assets are
/// left out, so that a change of style is not a change of every page.
fn same(name: &str, lang: &str, page: &Page) {
    let mut html = format!("{}\n{}\n\n{}", page.status.as_u16(), page.does.policy(), page.html);
    let paths = crate::assets::paths();
    for (path, plain) in [
        (&paths.look, "/assets/look.css"),
        (&paths.seal, "/assets/seal.svg"),
        (&paths.discover, "/assets/discover.js"),
        (&paths.autopost, "/assets/autopost.js"),
        (&paths.passkey, "/assets/passkey.js"),
    ] {
        html = html.replace(path.as_str(), plain);
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}.{lang}"), html);
    });
}

/// Builds one page in both languages and compares both.
fn both(name: &str, method: &str, uri: &str, build: impl Fn(&Stage<'_>) -> Page) {
    both_of(&registry(), name, &seen(method, uri), build);
}

/// The same over another registry.
fn both_of(snapshot: &Snapshot, name: &str, seen: &Seen, build: impl Fn(&Stage<'_>) -> Page) {
    for (lang, tag) in LANGS {
        same(name, tag, &build(&stage(snapshot, seen, lang)));
    }
}

#[test]
fn discovery() {
    both("discovery", "GET", "/login?h=q3Zk8rTtY1xW5uVbN0aAbg", |stage| {
        discovery::page(stage, &handle(), &service("ill"), &[])
    });
    both("discovery_again", "GET", "/login?h=q3Zk8rTtY1xW5uVbN0aAbg", |stage| {
        discovery::page(stage, &handle(), &service("ill"), &[member("nju"), member("jlib")])
    });
    both("discovery_found", "GET", "/discover?h=x&q=njd", |stage| {
        discovery::page(stage, &handle(), &service("ill"), &[member("nju")])
    });
    both("discovery_none", "GET", "/discover?h=x&q=zzz", |stage| {
        discovery::page(stage, &handle(), &service("ill"), &[])
    });
}

/// Logins fail at nju since this morning, at jlib since yesterday, and at one that is closed.
fn troubled() -> Troubled {
    [
        (member("nju"), at("2026-11-21T01:14:00Z")),
        (member("jlib"), at("2026-11-20T12:03:00Z")),
        (member("njau"), at("2026-11-20T12:03:00Z")),
    ]
    .into_iter()
    .collect()
}

#[test]
fn discovery_with_trouble() {
    let troubled = troubled();
    for (name, uri, used) in [
        ("discovery_trouble", "/login?h=q3Zk8rTtY1xW5uVbN0aAbg", vec![member("nju")]),
        ("discovery_trouble_found", "/discover?h=x&q=njd", Vec::new()),
    ] {
        both(name, "GET", uri, |stage| {
            let stage = Stage { troubled: &troubled, ..*stage };
            discovery::page(&stage, &handle(), &service("ill"), &used)
        });
    }
}

#[test]
fn a_search_as_one_types_tells_trouble_and_still_leads_there() {
    let (snapshot, seen, troubled) =
        (registry(), seen("GET", "/discover/search?q=njd"), troubled());
    let stage = Stage { troubled: &troubled, ..stage(&snapshot, &seen, LangTag::Zh) };
    let found: serde_json::Value =
        serde_json::from_str(&discovery::search_json(&stage)).expect("JSON");
    let nju = found["items"].as_array().expect("items").iter().find(|i| i["id"] == "nju");
    let nju = nju.expect("it is found");
    assert_eq!((&nju["chip"], &nju["tone"]), (&"登录异常".into(), &"warn".into()));
    assert_eq!(nju["closed"], false, "a hint closes nothing");
    assert!(nju["sub"].to_string().contains("09:14 起"), "{nju}");
}

#[test]
fn status() {
    let (well, ill) = (true, false);
    let condition = |is_well| Condition { is_well, as_of: at("2026-11-21T02:47:02Z") };
    both("status", "GET", "/status", |stage| status::page(stage, condition(well)));
    let troubled = troubled();
    both("status_trouble", "GET", "/status", |stage| {
        status::page(&Stage { troubled: &troubled, ..*stage }, condition(well))
    });
    both("status_hub", "GET", "/status", |stage| status::page(stage, condition(ill)));
}

#[test]
fn the_status_of_very_many_libraries_is_cut() {
    let (snapshot, seen) = (registry(), seen("GET", "/status"));
    let stage = stage(&snapshot, &seen, LangTag::En);
    let lines = |count| status::tests::told(&stage, count);
    assert_eq!(lines(100), (100, String::new()));
    assert_eq!(lines(1_200), (100, "And 1100 more.".to_owned()));
}

fn form(problem: Option<Code>) -> Form {
    let field = |name, kind, label, autocomplete, value: &str| Field {
        name,
        kind,
        label,
        autocomplete,
        value: value.into(),
    };
    Form {
        kind: FormKind::SignIn,
        action: "/login",
        hidden: vec![("handle".into(), handle().to_string())],
        fields: vec![
            field(
                "username",
                FieldKind::Text,
                FieldLabel::LoginName,
                "username",
                if problem.is_some() { "B0001" } else { "" },
            ),
            field(
                "password",
                FieldKind::Password,
                FieldLabel::Password,
                "current-password",
                "never shown",
            ),
        ],
        member: Some(member("uas")),
        service: Some(service("card")),
        problem,
    }
}

#[test]
fn sign_in() {
    both("sign_in", "GET", "/login?h=x", |stage| form::page(stage, &form(None)));
    both("sign_in_wrong", "POST", "/login", |stage| {
        form::page(stage, &form(Some(code::ACC_WRONG_PASSWORD)))
    });
}

fn change_password_form(problem: Option<Code>) -> Form {
    let field = |name, label| Field {
        name,
        kind: FieldKind::Password,
        label,
        autocomplete: "new-password",
        value: String::new(),
    };
    Form {
        kind: FormKind::ChangePassword,
        fields: vec![
            field("new_password", FieldLabel::NewPassword),
            field("repeat_password", FieldLabel::RepeatPassword),
        ],
        ..form(problem)
    }
}

#[test]
fn change_password() {
    let form = change_password_form(None);
    both("change_password", "POST", "/login", |stage| form::page(stage, &form));
}

#[test]
fn confirm() {
    for (name, kind) in [
        ("confirm_replace", ConfirmKind::ReplaceSession),
        ("confirm_service", ConfirmKind::ContinueToService),
        ("confirm_you", ConfirmKind::IsItYou),
        ("confirm_sign_out", ConfirmKind::SignOut),
    ] {
        both(name, "GET", "/logout", |stage| {
            let (member, service) = (member("nju"), service("ill"));
            confirm::page(
                stage,
                &confirm::Question {
                    kind,
                    action: "/logout",
                    hidden: &[],
                    member: Some(&member),
                    service: Some(&service),
                    reader: Some("读者甲"),
                },
            )
        });
    }
}

#[test]
fn signed_out() {
    let lines = [
        LogoutLine { service: service("cvrs"), state: LogoutState::Ended },
        LogoutLine { service: service("ill"), state: LogoutState::CannotBeTold },
    ];
    both("signed_out", "POST", "/logout", |stage| {
        let member = member("nju");
        signed_out::page(
            stage,
            &signed_out::Report { was_in: true, lines: &lines, member: Some(&member), back: None },
        )
    });
    both("signed_out_nothing", "POST", "/logout", |stage| {
        signed_out::page(
            stage,
            &signed_out::Report {
                was_in: false,
                lines: &[],
                member: None,
                back: Some("https://ill.example/bye"),
            },
        )
    });
}

fn refused(refusal: Refusal, back: Option<Next>) -> Refused {
    let status = refusal.meaning().status();
    Refused {
        refusal,
        status,
        login_code: login_code(),
        back: back.map(Box::new),
        onward: None,
        cookies: Vec::new(),
        lang: None,
        is_noted: true,
    }
}

#[test]
fn refusals() {
    let reason = Text::new(
        "馆际互借要求读者证在有效期内，您的读者证已过期。",
        "Interlibrary loan asks for a valid library card; yours has expired.",
    );
    let policy = Refusal::new(code::POL_STANDING, "x")
        .at_member(&member("jlib"))
        .at_service(&service("ill"))
        .because(vec![reason]);
    let back = Next::Redirect("https://ill.example/callback?error=access_denied&state=a".into());
    both("refused_policy", "GET", "/oauth2/authorize", |stage| {
        refused::page(stage, &refused(policy.clone(), Some(back.clone())))
    });
    let saml = Refusal::new(code::SAML_SIGNATURE, "x")
        .at_member(&member("nju"))
        .at_service(&service("ccc"));
    let back = Next::AutoPost {
        action: "https://ccc.example/acs".into(),
        fields: vec![("SAMLResponse".into(), "PHg+".into())],
    };
    both("refused_member", "POST", "/saml/sp/acs", |stage| {
        refused::page(stage, &refused(saml.clone(), Some(back.clone())))
    });
    let service_id = service("ill");
    let service = Refusal::new(code::OIDC_REDIRECT_URI, "x");
    both("refused_service", "GET", "/oauth2/authorize?x=1", |stage| {
        refused::page(stage, &refused(service.clone(), None))
    });
    let ours = Refusal::new(code::HUB_INTERNAL, "x");
    both("refused_hub", "GET", "/", |stage| refused::page(stage, &refused(ours.clone(), None)));
    let circle = Refusal::new(code::LOG_LOOP, "x").at_service(&service_id);
    let back = Next::Redirect("https://ill.example/callback?error=interaction_required".into());
    let onward = Onward {
        action: "/login/confirm",
        hidden: vec![("handle".to_owned(), "h4nd1e".to_owned())],
    };
    both("refused_circle", "GET", "/oauth2/authorize", |stage| {
        let onward = Some(Box::new(onward.clone()));
        refused::page(stage, &Refused { onward, ..refused(circle.clone(), Some(back.clone())) })
    });
    let lost = Refusal::new(code::WEB_NOT_FOUND, "x");
    both("not_found", "GET", "/nowhere", |stage| {
        refused::page(stage, &refused(lost.clone(), None))
    });
}

#[test]
fn portal() {
    let snapshot = registry();
    let profile = Profile { name: Some("读者甲".into()), ..Profile::default() };
    let membership = Membership {
        member: member("nju"),
        connector: ConnectorId::parse("campus").expect("an id"),
        key: LocalKey::new("k").expect("a key"),
        class: Class::parse("A").expect("a class"),
        category: Some("研究生".into()),
        affiliation: BTreeSet::new(),
        standing: Standing::Good,
        valid_until: Some(at("2027-06-30T15:59:59Z")),
        evidence: Evidence::Asserted,
    };
    let known = portal::Known {
        profile: &profile,
        membership: &membership,
        auth_time: at("2026-11-21T02:31:00Z"),
        expires: at("2026-11-21T10:31:00Z"),
        code: login_code(),
    };
    let only_b = Text::new(
        "面向没有校园或图书馆账号的读者，由读者服务中心发放。",
        "For readers without a campus or library account; issued by the reader centre.",
    );
    let guarantee =
        Text::new("图书馆担保：需要向图书馆申请。", "Guarantee by the library: to be applied for.");
    let seen = seen("GET", "/");
    for (lang, tag) in LANGS {
        let offered: Vec<_> = snapshot
            .services()
            .map(|service| {
                let id = service.id.as_str();
                portal::Offered {
                    service,
                    is_open: !matches!(id, "card" | "special"),
                    because: match id {
                        "card" => vec![only_b.clone()],
                        "ill" => vec![guarantee.clone()],
                        _ => Vec::new(),
                    },
                }
            })
            .collect();
        same("portal", tag, &portal::page(&stage(&snapshot, &seen, lang), &known, &offered));
    }
}

#[test]
fn landing() {
    both("landing", "GET", "/", landing::page);
}

#[test]
fn moving() {
    both("moving", "POST", "/login", |stage| moving::redirect(stage, "/login?h=x"));
    let fields = [
        ("SAMLResponse".to_owned(), "PHg+".to_owned()),
        ("RelayState".to_owned(), "a\"><script>".to_owned()),
    ];
    both("auto_post", "GET", "/x", |stage| {
        moving::auto_post(stage, "https://ccc.example/acs", &fields)
    });
}

/// A registry of many libraries, each with the least that is accepted.
fn large(count: usize) -> Snapshot {
    let dir = std::env::temp_dir().join(format!("readerpass-web-{count}-{}", std::process::id()));
    let members = dir.join("members");
    std::fs::create_dir_all(&members).expect("a folder");
    for number in 0..count {
        let province = ["江苏", "浙江", "北京", "上海", "广东", "四川"][number % 6];
        let city = number % 40;
        let text = format!(
            "id = \"lib{number}\"\nname = {{ zh = \"{province}第{number}师范大学图书馆\", en = \"Normal University Library No {number}\" }}\n\
             region = \"{province}/城{city}\"\nclass = \"B\"\nstatus = \"live\"\nranges = [\"10.{}.{}.0/24\"]\n[[connector]]\nkind = \"central\"\n",
            number / 250,
            number % 250
        );
        std::fs::write(members.join(format!("lib{number}.toml")), text).expect("written");
    }
    std::fs::create_dir_all(dir.join("services")).expect("a folder");
    let snapshot = read(&dir);
    std::fs::remove_dir_all(&dir).expect("removed");
    snapshot
}

#[test]
fn with_1200_libraries_every_view_stays_below_100_kb_and_the_search_below_30() {
    let snapshot = large(1200);
    for (uri, most) in [
        ("/login?h=x", 100_000),
        ("/login?h=x&region=%E6%B1%9F%E8%8B%8F", 100_000),
        ("/login?h=x&central=1", 100_000),
        ("/login?h=x&q=%E5%A4%A7%E5%AD%A6", 100_000),
    ] {
        let seen = seen("GET", uri);
        let mut stage = stage(&snapshot, &seen, LangTag::Zh);
        stage.client = "10.0.7.20".parse().ok();
        let page = discovery::page(
            &stage,
            &handle(),
            &service("portal"),
            &[member("lib5"), member("lib6")],
        );
        assert!(page.html.len() < most, "{uri}: {}", page.html.len());
        if uri == "/login?h=x" {
            assert!(page.html.contains("江苏 <span class=\"num\">200</span>"), "{}", page.html);
            assert!(
                page.html.contains("您所在的网络") && page.html.contains("江苏第6师范大学图书馆")
            );
            assert!(page.html.contains("浙江第7师范大学图书馆"), "the network of the reader");
        }
    }
    let seen = seen("GET", "/discover/search?q=%E5%A4%A7%E5%AD%A6");
    let json = discovery::search_json(&stage(&snapshot, &seen, LangTag::Zh));
    assert!(json.len() < 30_000 && json.contains("\"items\":[{"), "{json}");
}

#[test]
fn what_a_reader_types_is_escaped_wherever_it_is_shown() {
    let snapshot = registry();
    let uri = "/login?h=x&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&region=%3Cb%3E";
    let seen = seen("GET", uri);
    let page =
        discovery::page(&stage(&snapshot, &seen, LangTag::Zh), &handle(), &service("ill"), &[]);
    assert!(!page.html.contains("<script>alert"), "{}", page.html);
    assert!(page.html.contains("&#60;script&#62;"));
}

#[test]
fn a_typed_secret_is_never_sent_back() {
    let (snapshot, seen) = (registry(), seen("POST", "/login"));
    let page =
        form::page(&stage(&snapshot, &seen, LangTag::Zh), &form(Some(code::ACC_WRONG_PASSWORD)));
    assert!(page.html.contains("B0001") && !page.html.contains("never shown"));
}

#[test]
fn a_closed_library_is_said_so_and_cannot_be_pressed() {
    let (snapshot, seen) = (registry(), seen("GET", "/login?h=x"));
    let page = discovery::page(
        &stage(&snapshot, &seen, LangTag::Zh),
        &handle(),
        &service("ill"),
        &[member("njau")],
    );
    assert!(!page.html.contains("member=njau") && page.html.contains("目前暂停登录"));
    assert!(!page.html.contains("member=yzlib") && page.html.contains("还没有开通登录"));
    assert!(!page.html.contains("上次使用"), "a suspended library is no press away");
}

#[test]
fn no_page_holds_a_script_or_a_style_of_its_own() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages/snapshots");
    let mut seen = 0;
    for file in std::fs::read_dir(dir).expect("snapshots") {
        let html = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        seen += 1;
        for bad in
            ["<style", " style=", " onclick=", " onload=", "javascript:", "<script>", "http://"]
        {
            assert!(!html.contains(bad), "{bad}");
        }
    }
    assert!(seen >= 40, "every page is compared");
}

/// askama escapes by the ending of the file; a filter or block that turns it off is the
/// one way to put raw text into a page.
#[test]
fn no_template_turns_escaping_off() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for file in std::fs::read_dir(dir).expect("templates") {
        let path = file.expect("a file").path();
        assert!(path.extension().is_some_and(|ending| ending == "html"), "{}", path.display());
        let text = std::fs::read_to_string(&path).expect("text");
        for bad in ["safe", "escape", "{% raw", "{%- raw"] {
            assert!(!text.contains(bad), "{}: {bad}", path.display());
        }
    }
}

#[test]
fn an_address_cannot_leave_its_attribute() {
    const ADDRESS: &str = "https://ccc.example/acs?a=\"><script>alert(1)</script>";
    let (snapshot, seen) = (registry(), seen("POST", "/x"));
    let stage = stage(&snapshot, &seen, LangTag::Zh);
    let fields = [("a\"><script>alert(1)</script>".to_owned(), String::new())];
    let refusal = Refusal::new(code::SAML_STATUS, "x");
    let to = |next| refused::page(&stage, &refused(refusal.clone(), Some(next)));
    let report = signed_out::Report { was_in: true, lines: &[], member: None, back: Some(ADDRESS) };
    for page in [
        moving::redirect(&stage, ADDRESS),
        moving::auto_post(&stage, ADDRESS, &fields),
        to(Next::Redirect(ADDRESS.to_owned())),
        to(Next::AutoPost { action: ADDRESS.to_owned(), fields: fields.to_vec() }),
        signed_out::page(&stage, &report),
    ] {
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
        assert!(page.html.contains("acs?a=&#34;&#62;&#60;script&#62;"), "{}", page.html);
    }
}
