//! What a registry must fulfil beyond its form.

mod across;
mod address;
mod connector;
mod mapping;
mod member;
mod oidc;
mod renames;
mod service;

pub(super) use across::{across, entity_ids};
pub(crate) use address::web_address;
pub use mapping::mapping_faults;

use super::Fault;
use super::read::Reading;
use model::{Member, Service, Text};
use policy::PolicySet;

/// Everything that can be judged from one file, the ids of the others and the policies.
pub(super) fn all(reading: &mut Reading) {
    let mut faults = Vec::new();
    if let Some(consortium) = &reading.content.consortium {
        let mut judge = Judge::new("consortium.toml", &mut faults);
        judge.text("name", &consortium.name);
        if let Some(logo) = &consortium.logo {
            judge.address("logo", logo);
        }
    }
    for member in &reading.content.members {
        let file = format!("members/{}.toml", member.id);
        let mut judge = Judge::new(&file, &mut faults);
        member::judge(&mut judge, member);
        connector::judge(&mut judge, member, &reading.service_files);
    }
    for service in &reading.content.services {
        let file = format!("services/{}.toml", service.id);
        service::judge(&mut Judge::new(&file, &mut faults), service);
    }
    renames::judge(&reading.content.renames, &reading.service_files, &mut faults);
    let mut warnings = policies(reading, &mut faults);
    warnings.extend(reading.content.members.iter().filter_map(connector::none_yet));
    reading.warnings.extend(warnings);
    reading.faults.extend(faults);
}

/// Judges the policy folder; what it gives back are warnings.
fn policies(reading: &Reading, faults: &mut Vec<Fault>) -> Vec<Fault> {
    let unread = reading.unread();
    let mut warnings = Vec::new();
    if reading.content.policy.is_empty() {
        return warnings;
    }
    let file = |name: &str| format!("policy/{name}");
    match PolicySet::judge(&reading.content.policy_source(), &reading.content.services, &unread) {
        Ok(set) => {
            if !unread.matrix {
                undeclared(&set, &reading.content.members, faults);
                warnings.extend(never_open(&set, &reading.content.services));
            }
            for (name, key, member) in set.named_members() {
                if !reading.member_files.contains(member.as_str()) {
                    let what = format!("there is no member `{member}`");
                    faults.push(Fault::key(
                        &file(name),
                        key,
                        what,
                        "name a member of this registry",
                    ));
                }
            }
        }
        Err(found) => faults.extend(found.into_iter().map(|f| Fault {
            file: file(&f.file),
            key: f.key,
            what: f.what,
            remedy: f.remedy,
        })),
    }
    warnings
}

/// Services that no rule opens: each reader would be refused there.
fn never_open(set: &PolicySet, services: &[Service]) -> impl Iterator<Item = Fault> {
    let shut = services.iter().filter(|service| !set.may_open(&service.id));
    shut.map(|service| {
        let remedy = format!("permit it in a file of policy/, as in permit (principal, action, resource in Service::\"{}\")", service.id);
        Fault::file(
            &format!("services/{}.toml", service.id),
            "no rule of the policy lets anybody in: every reader is refused (POL-001)",
            remedy,
        )
    })
}

/// Members of a class that the policy does not declare: no rule would ever hold for them.
fn undeclared(set: &PolicySet, members: &[Member], faults: &mut Vec<Fault>) {
    let known: Vec<_> = set.classes().map(|(class, _)| class.as_str()).collect();
    if known.is_empty() {
        return;
    }
    for member in members.iter().filter(|m| !known.contains(&m.class.as_str())) {
        let what = format!("class `{}` stands in no [classes] of policy/matrix.toml", member.class);
        let remedy = format!("declare it there, or use one of {}", known.join(", "));
        faults.push(Fault::key(&format!("members/{}.toml", member.id), "class", what, remedy));
    }
}

/// Collects the faults of one file.
pub(super) struct Judge<'a> {
    file: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Judge<'a> {
    fn new(file: &'a str, faults: &'a mut Vec<Fault>) -> Self {
        Self { file, faults }
    }

    fn fault(&mut self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::key(self.file, key, what, remedy));
    }

    /// A name for people: there, and without characters that could disguise it.
    fn text(&mut self, key: &str, text: &Text) {
        if text.zh.trim().is_empty() {
            self.fault(&format!("{key}.zh"), "empty", "write the Chinese name");
        }
        self.plain(&format!("{key}.zh"), &text.zh);
        self.plain(&format!("{key}.en"), &text.en);
    }

    /// A text of one line that reads as it is written.
    fn plain(&mut self, key: &str, text: &str) {
        let disguises = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        if text.chars().any(disguises) {
            self.fault(key, "a control character, or one that cannot be seen", "take it out");
        }
        if text.chars().count() > 200 {
            self.fault(key, "longer than 200 characters", "shorten it");
        }
    }

    /// An address that must be https, but for loopback names.
    fn address(&mut self, key: &str, address: &str) {
        if let Err((what, remedy)) = web_address(address) {
            self.fault(key, format!("`{address}`: {what}"), remedy);
        }
    }
}
