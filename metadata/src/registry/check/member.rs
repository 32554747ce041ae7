//! One member.

use super::Judge;
use super::address::link;
use crate::registry::Fault;
use model::{HUB_MEMBER, Member};

const LINKS: [&str; 4] = ["opac", "holdings", "mylibrary", "help"];

pub(super) fn judge(judge: &mut Judge<'_>, member: &Member) {
    if member.id.as_str() == HUB_MEMBER {
        let what = format!("`{HUB_MEMBER}` is the hub's own place");
        judge.fault("id", what, "choose another id");
    }
    judge.text("name", &member.name);
    for (place, alias) in member.aliases.iter().enumerate() {
        let key = format!("aliases[{place}]");
        judge.plain(&key, alias);
        if alias.trim().is_empty() {
            judge.fault(&key, "empty", "take it out");
        }
    }
    for (place, code) in member.codes.iter().enumerate() {
        let is_plain = (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic());
        if !is_plain {
            let what = "not 1 to 64 printable ASCII characters";
            judge.fault(
                &format!("codes[{place}]"),
                what,
                "write the code as the consortium lists it",
            );
        }
    }
    judge.plain("region", &member.region);
    for (place, scope) in member.scopes.iter().enumerate() {
        if !is_domain(scope) {
            let what = format!("`{scope}` is not a domain name");
            judge.fault(
                &format!("scopes[{place}]"),
                what,
                "write it as in nju.edu.cn, without @ or *",
            );
        }
    }
    for (name, address) in &member.links {
        let key = format!("links.{name}");
        if !LINKS.contains(&name.as_str()) {
            judge.fault(&key, "unknown key", format!("known are {}", LINKS.join(", ")));
        } else if let Err((what, remedy)) = link(&address.replace("{isbn}", "isbn")) {
            judge.fault(&key, format!("`{address}`: {what}"), remedy);
        }
    }
    contact(judge, member);
}

fn contact(judge: &mut Judge<'_>, member: &Member) {
    let contact = &member.contact;
    let lines = [("phone", &contact.phone), ("mail", &contact.mail), ("hours", &contact.hours)];
    for (name, text) in lines {
        if let Some(text) = text {
            judge.plain(&format!("contact.{name}"), text);
        }
    }
    if contact
        .mail
        .as_ref()
        .is_some_and(|mail| !mail.contains('@') || mail.contains(char::is_whitespace))
    {
        judge.fault("contact.mail", "not a mail address", "write it as in help@lib.example.edu.cn");
    }
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

/// The fault of something that two files claim.
pub(super) fn claimed_twice(file: &str, key: &str, what: &str, owner: &str) -> Fault {
    Fault::key(file, key, format!("{what} is that of {owner} already"), "keep it in one of the two")
}
