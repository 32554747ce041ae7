//! Reads one `*.cedar` file into rules.

use crate::cedar_shape;
use crate::rule::{MAX_AGE_S, Rule, id_fault};
use crate::source::{PolicyFault, line_of};
use crate::vocabulary::{Vocabulary, kind};
use cedar_policy as cedar;
use miette::Diagnostic;
use model::Text;

const ID: &str = "id";
const REASON_ZH: &str = "reason_zh";
const REASON_EN: &str = "reason_en";
const MAX_AGE: &str = "max_age_s";
const ANNOTATIONS: [&str; 4] = [ID, REASON_ZH, REASON_EN, MAX_AGE];

/// The rules of one file, in its order; what is wrong goes to `faults`.
pub(crate) fn read(
    file: &str,
    text: &str,
    words: &Vocabulary,
    faults: &mut Vec<PolicyFault>,
) -> Vec<Rule> {
    let found = faults.len();
    cedar_shape::check(file, text, faults);
    if faults.len() > found {
        return Vec::new();
    }
    let set: cedar::PolicySet = match text.parse() {
        Ok(set) => set,
        Err(errors) => {
            faults.extend(syntax_faults(file, text, &errors));
            return Vec::new();
        }
    };
    if set.num_of_templates() > 0 {
        faults.push(PolicyFault::whole(
            file,
            "templates (?principal, ?resource) are not supported",
            "write the policy out with the service or right that it is for",
        ));
    }
    let mut policies: Vec<&cedar::Policy> = set.policies().collect();
    // Cedar numbers them policy0, policy1, … in the order of the file.
    policies.sort_by_key(|p| {
        let id: &str = p.id().as_ref();
        (id.len(), id.to_owned())
    });
    let mut rules = Vec::with_capacity(policies.len());
    for (index, policy) in policies.into_iter().enumerate() {
        let found = faults.len();
        let rule = Reading { file, index, policy }.rule(faults);
        check_words(&rule, words, faults);
        if faults.len() == found {
            rules.push(rule);
        }
    }
    rules
}

/// One policy of a file.
struct Reading<'a> {
    file: &'a str,
    index: usize,
    policy: &'a cedar::Policy,
}

impl Reading<'_> {
    fn rule(&self, faults: &mut Vec<PolicyFault>) -> Rule {
        for (name, _) in self.policy.annotations() {
            if !ANNOTATIONS.contains(&name) {
                let remedy = format!("known: @{}", ANNOTATIONS.join(", @"));
                faults.push(self.fault(format!("`@{name}` is no annotation"), remedy));
            }
        }
        let id = self.text(ID, "give the policy a name of its own", faults);
        if !id.is_empty()
            && let Some(remedy) = id_fault(&id)
        {
            faults.push(self.fault("the value of @id is no id", remedy));
        }
        let zh = self.text(REASON_ZH, "say in Chinese why, and the next step", faults);
        let en = self.text(REASON_EN, "say in English why, and the next step", faults);
        Rule {
            file: self.file.to_owned(),
            key: self.key(),
            reason: Text::new(zh, en),
            max_age_s: self.max_age_s(faults),
            policies: vec![self.policy.new_id(cedar::PolicyId::new(&id))],
            id,
        }
    }

    fn text(&self, name: &str, remedy: &str, faults: &mut Vec<PolicyFault>) -> String {
        let text = self.policy.annotation(name).unwrap_or_default().trim();
        if text.is_empty() {
            faults.push(self.fault(format!("`@{name}(\"…\")` is missing"), remedy));
        }
        text.to_owned()
    }

    fn max_age_s(&self, faults: &mut Vec<PolicyFault>) -> Option<u32> {
        let text = self.policy.annotation(MAX_AGE)?;
        if self.policy.effect() != cedar::Effect::Permit || !self.is_for_enter_only() {
            faults.push(self.fault(
                "`@max_age_s` stands on another policy than a permit to enter",
                "put it on `permit (principal, action == Action::\"enter\", …)`",
            ));
            return None;
        }
        let age = text.parse().ok().filter(|age| MAX_AGE_S.contains(age));
        if age.is_none() {
            let remedy = format!("write seconds from {} to {}", MAX_AGE_S.start(), MAX_AGE_S.end());
            faults.push(self.fault("the value of @max_age_s is out of bounds", remedy));
        }
        age
    }

    fn is_for_enter_only(&self) -> bool {
        let is_enter = |uid: &cedar::EntityUid| uid.id().unescaped() == "enter";
        match self.policy.action_constraint() {
            cedar::ActionConstraint::Any => false,
            cedar::ActionConstraint::Eq(uid) => is_enter(&uid),
            cedar::ActionConstraint::In(uids) => uids.iter().all(is_enter),
        }
    }

    fn key(&self) -> String {
        match self.policy.annotation(ID).map(str::trim) {
            Some(id) if !id.is_empty() => format!("@id(\"{id}\")"),
            _ => format!("policy {}", self.index + 1),
        }
    }

    fn fault(&self, what: impl Into<String>, remedy: impl Into<String>) -> PolicyFault {
        PolicyFault::new(self.file, self.key(), what, remedy)
    }
}

fn check_words(rule: &Rule, words: &Vocabulary, faults: &mut Vec<PolicyFault>) {
    for uid in rule.policies.iter().flat_map(cedar::Policy::entity_literals) {
        let name = uid.type_name().basename();
        if name == kind::ACTION {
            continue;
        }
        if let Err(unknown) = words.check(name, uid.id().unescaped()) {
            faults.push(rule.fault(unknown.what, unknown.remedy));
        }
    }
}

fn syntax_faults(file: &str, text: &str, errors: &cedar::ParseErrors) -> Vec<PolicyFault> {
    errors
        .iter()
        .map(|error| PolicyFault {
            file: file.to_owned(),
            key: offset(error).map(|at| line_of(text, at)),
            what: error.to_string(),
            remedy: remedy(error, "correct the Cedar text there"),
        })
        .collect()
}

/// Where in the text an error of Cedar lies.
pub(crate) fn offset(error: &dyn Diagnostic) -> Option<usize> {
    error.labels()?.next().map(|label| label.offset())
}

/// Cedar's own advice, where it has any.
pub(crate) fn remedy(error: &dyn Diagnostic, otherwise: &str) -> String {
    error.help().map_or_else(|| otherwise.to_owned(), |help| format!("{otherwise}; {help}"))
}
