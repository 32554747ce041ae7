//! A refusal is a page with a next step (rule 7).

use super::moving::leads_on;
use crate::PORTAL;
use crate::page::{Does, Page};
use crate::shown::{Reach, quoted_time, web_link};
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use login::{Onward, Refused};
use model::{Blame, LangTag, Next, NextStep, Refusal, Service, code};

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage<'r> {
    shell: Shell,
    w: &'static Words,
    sentence: &'r str,
    reasons: Vec<&'r str>,
    worked: String,
    steps: Vec<String>,
    /// Other services still work.
    still: bool,
    again: Option<String>,
    back: Option<Back<'r>>,
    onward: Option<Press<'r>>,
    /// There is no such page.
    is_lost: bool,
    /// The code is worth quoting.
    quoted: bool,
    login_code: String,
    code: &'r str,
    at: String,
    contact: Option<Contact>,
}

/// The button that takes the protocol's own error to the service.
struct Back<'r> {
    address: &'r str,
    fields: &'r [(String, String)],
    label: String,
    tone: &'static str,
}

/// The button that goes on all the same.
struct Press<'r> {
    action: &'r str,
    fields: &'r [(String, String)],
}

impl<'r> Press<'r> {
    fn of(onward: &'r Onward) -> Self {
        Self { action: onward.action, fields: &onward.hidden }
    }
}

struct Contact {
    title: String,
    reach: Reach,
}

/// The portal begins at our own door, with the choice of the library.
const PORTAL_AGAIN: &str = "/discover";

/// What happened, what worked, what to do, what still works, the code to quote.
pub(crate) fn page(stage: &Stage<'_>, refused: &Refused) -> Page {
    let w = stage.words();
    let refusal = &refused.refusal;
    let info = refusal.code().info();
    let sentence = match stage.lang {
        LangTag::Zh => info.zh,
        LangTag::En => info.en,
    };
    // As a heading it stands without its full stop.
    let sentence = sentence.trim_end_matches(['。', '.']);
    let service = stage.service(refusal.detail().service.as_ref());
    // What policy says no to, it says no to again.
    let is_circle = refusal.code() == code::LOG_LOOP;
    // … and a service that asked in a circle asks again.
    let again = service.filter(|_| !after_login(refusal) && !is_circle).and_then(again);
    let back = refused
        .back
        .as_deref()
        .and_then(|next| back(stage, next, service, again.is_some() || refused.onward.is_some()));
    let posts_out = back.as_ref().is_some_and(|b| !b.fields.is_empty());
    let is_page_fault = [code::WEB_NOT_FOUND, code::WEB_METHOD].contains(&refusal.code());
    let handle = refused.onward.as_deref().and_then(|o| o.hidden.first());
    let safe = handle.map(|(_, handle)| crate::seen::login_path(handle));
    let view = RefusedPage {
        shell: stage.shell(sentence, safe.as_deref()),
        w,
        sentence,
        reasons: refusal.detail().reasons.iter().map(|r| r.r#in(stage.lang)).collect(),
        worked: worked(stage, refusal, service),
        steps: if is_page_fault { Vec::new() } else { steps(stage, refusal, service) },
        still: after_login(refusal),
        again,
        back,
        onward: refused.onward.as_deref().map(Press::of),
        is_lost: refusal.code() == code::WEB_NOT_FOUND,
        quoted: !is_page_fault,
        login_code: refused.login_code.to_string(),
        code: info.code,
        at: stage.now.map(quoted_time).unwrap_or_default(),
        contact: contact(stage, refusal),
    };
    let does = match (posts_out, refused.onward.is_some()) {
        (true, _) => Does::PostsOut,
        (false, true) => Does::Asks,
        (false, false) => Does::Nothing,
    };
    Page::of(&view, does, stage.lang).with_status(refused.status)
}

/// Policy speaks only after the reader has proved who they are.
fn after_login(refusal: &Refusal) -> bool {
    refusal.code().as_str().starts_with("POL-")
}

fn worked(stage: &Stage<'_>, refusal: &Refusal, service: Option<&Service>) -> String {
    let w = &stage.words().refused;
    if let Some(service) = circling(refusal, service) {
        return fill(&w.loop_worked, &[("service", service.name.r#in(stage.lang))]);
    }
    match (after_login(refusal), stage.member(refusal.detail().member.as_ref()), refusal.blame()) {
        (true, Some(member), _) => fill(&w.worked, &[("member", stage.member_name(member))]),
        (_, _, Blame::Member) => w.member_fault.clone(),
        (_, _, Blame::Service) => w.service_fault.clone(),
        (_, _, Blame::Hub) => w.hub_fault.clone(),
        (_, _, Blame::Reader) => String::new(),
    }
}

/// The service that sends its reader in a circle.
fn circling<'s>(refusal: &Refusal, service: Option<&'s Service>) -> Option<&'s Service> {
    service.filter(|_| refusal.code() == code::LOG_LOOP)
}

fn steps(stage: &Stage<'_>, refusal: &Refusal, service: Option<&Service>) -> Vec<String> {
    let w = &stage.words().refused;
    let later = circling(refusal, service)
        .map(|service| fill(&w.loop_later, &[("service", service.name.r#in(stage.lang))]));
    later.into_iter().chain([step(stage, refusal)]).collect()
}

fn step(stage: &Stage<'_>, refusal: &Refusal) -> String {
    let w = &stage.words().refused;
    let member = stage.member(refusal.detail().member.as_ref());
    match refusal.code().info().next {
        NextStep::StartAgain => w.start_again.clone(),
        NextStep::Correct => w.correct.clone(),
        NextStep::AskLibrary => match member {
            Some(member) => fill(&w.ask_library, &[("member", stage.member_name(member))]),
            None => w.ask_any_library.clone(),
        },
        NextStep::AskService => w.ask_service.clone(),
        NextStep::AllowCookies => w.allow_cookies.clone(),
        NextStep::Wait => w.wait.clone(),
        NextStep::ChooseLibrary => w.choose_library.clone(),
        NextStep::AskHub => w.ask_hub.clone(),
    }
}

/// Where the service itself begins a login.
fn again(service: &Service) -> Option<String> {
    if service.id.as_str() == PORTAL {
        return Some(PORTAL_AGAIN.to_owned());
    }
    service.launch_url.as_deref().and_then(web_link)
}

fn back<'r>(
    stage: &Stage<'_>,
    next: &'r Next,
    service: Option<&Service>,
    second: bool,
) -> Option<Back<'r>> {
    let w = &stage.words().refused;
    let (address, fields): (_, &[_]) = match next {
        Next::Redirect(address) => (address, &[]),
        Next::AutoPost { action, fields } => (action, fields),
        Next::Ask(_) | Next::Page(_) | Next::Done(_) => return None,
    };
    Some(Back {
        address: leads_on(address)?,
        fields,
        label: match service {
            Some(service) => fill(&w.back, &[("service", service.name.r#in(stage.lang))]),
            None => w.back_plain.clone(),
        },
        tone: if second { "plain" } else { "" },
    })
}

fn contact(stage: &Stage<'_>, refusal: &Refusal) -> Option<Contact> {
    let w = &stage.words().refused;
    let title = |name: &str| fill(&w.contact, &[("name", name)]);
    if let Some(member) = stage.member(refusal.detail().member.as_ref()) {
        let reach = Reach::of(&member.contact)?;
        return Some(Contact { title: title(stage.member_name(member)), reach });
    }
    // A service has no contact of its own: the centre knows who runs it.
    if !matches!(refusal.code().info().next, NextStep::AskHub | NextStep::AskService) {
        return None;
    }
    let consortium = stage.snapshot.consortium();
    let reach = Reach::of(&consortium.contact)?;
    Some(Contact { title: title(consortium.name.r#in(stage.lang)), reach })
}
