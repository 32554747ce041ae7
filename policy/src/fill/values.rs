//! The values of one reader, for one service.

use super::{Accounted, Decision, account};
use crate::reasons::{Ours, value};
use crate::verdict::Weighed;
use model::{EntitlementId, Member, Membership, Reader, Service, Value, ValueName};
use std::collections::BTreeMap;

/// The reader as the service may see them: in one membership.
pub(super) struct Subject<'a> {
    pub(super) weighed: &'a Weighed,
    pub(super) reader: &'a Reader,
    pub(super) membership: &'a Membership,
    pub(super) member: &'a Member,
}

impl Subject<'_> {
    /// What `release` lists, where there is such a value; and an account of each.
    pub(super) fn values(
        &self,
        service: &Service,
        entitlements: &[EntitlementId],
    ) -> (BTreeMap<ValueName, Value>, Vec<Accounted>) {
        let mut values = BTreeMap::new();
        let mut accounted = Vec::with_capacity(service.release.len() + service.entitlements.len());
        for name in &service.release {
            let value = self.value(*name, entitlements);
            let (decision, why) = self.judge(*name, value.is_some());
            values.extend(value.map(|value| (*name, value)));
            accounted.push(account(name.as_str(), decision, &[why.reason()]));
        }
        // A service that knows rights has asked to be told them by naming them; they
        // are accounted for one by one.
        if !entitlements.is_empty() {
            values.insert(ValueName::Entitlements, list(entitlements));
        }
        (values, accounted)
    }

    fn judge(&self, name: ValueName, is_there: bool) -> (Decision, &'static Ours) {
        match name {
            _ if is_there => (Decision::Given, &value::GIVEN),
            ValueName::Affiliation if !self.membership.affiliation.is_empty() => {
                (Decision::Withheld, &value::FOREIGN_SCOPE)
            }
            ValueName::Entitlements => (Decision::Absent, &value::NO_RIGHTS),
            _ => (Decision::Absent, &value::UNKNOWN),
        }
    }

    fn value(&self, name: ValueName, entitlements: &[EntitlementId]) -> Option<Value> {
        let profile = &self.reader.profile;
        match name {
            ValueName::Name => text(profile.name.as_deref()),
            ValueName::Mail => text(profile.mail.as_deref()),
            ValueName::Phone => text(profile.phone.as_deref()),
            ValueName::Department => text(profile.department.as_deref()),
            ValueName::CardNumber => text(profile.card_number.as_deref()),
            ValueName::Member => text(Some(self.member.id.as_str())),
            ValueName::Class => text(Some(self.membership.class.as_str())),
            ValueName::Category => text(self.membership.category.as_deref()),
            // As it is now, not as it was when the reader logged in.
            ValueName::Standing => text(Some(self.weighed.standing.as_str())),
            ValueName::ValidUntil => self.membership.valid_until.map(|t| Value::Text(t.rfc3339())),
            ValueName::Affiliation => self.affiliation(),
            ValueName::Links => {
                let links = &self.member.links;
                (!links.is_empty()).then(|| Value::Map(links.clone()))
            }
            ValueName::Entitlements => (!entitlements.is_empty()).then(|| list(entitlements)),
        }
    }

    /// Looked at again here, though `admit` did: the registry may have taken a scope
    /// from the member since (rule 5).
    fn affiliation(&self) -> Option<Value> {
        let own: Vec<String> = self
            .membership
            .affiliation
            .iter()
            .filter(|a| a.rsplit_once('@').is_some_and(|(_, scope)| self.member.owns_scope(scope)))
            .cloned()
            .collect();
        (!own.is_empty()).then_some(Value::List(own))
    }
}

fn text(value: Option<&str>) -> Option<Value> {
    value.filter(|v| !v.trim().is_empty()).map(|v| Value::Text(v.to_owned()))
}

fn list(entitlements: &[EntitlementId]) -> Value {
    Value::List(entitlements.iter().map(ToString::to_string).collect())
}
