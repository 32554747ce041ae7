//! The connector `central`: the hub's own account store; and `staff`, the same for those
//! who work here: accounts with a role, a second factor after the password.

mod form;
mod second;

pub(crate) use form::{Typed, bad_form, sign_in_form};

use crate::claimed::{Claimed, Facts, Proof};
use crate::password_form::{self, can_correct};
use crate::{Ask, At, Begun, Clue, Connector, Entry, Finished, Probe};
use accounts::{Accounts, Attempt, CheckedOr, PasswordChecked, PendingChange};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form::change_form;
use model::{Code, HUB_MEMBER, Inbound, LocalKey, Next, Refusal, STAFF_CONNECTOR, code};
use serde::{Deserialize, Serialize};
use store::AccountRow;

/// Asks for login name and password on the hub's own page.
#[derive(Debug, Clone)]
pub struct CentralConnector {
    accounts: Accounts,
    whom: Whom,
}

/// Whose sign-in it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    Readers,
    Staff,
}

/// What the next post belongs to.
#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
enum State {
    Password,
    Change { login: String, pending: String },
    Code { pending: String },
    Enrol { pending: String },
    Kept { pending: String },
}

impl CentralConnector {
    /// Over these accounts.
    pub fn new(accounts: Accounts) -> Self {
        Self { accounts, whom: Whom::Readers }
    }

    /// The sign-in of librarians and operators: of any member and of the hub itself, for
    /// accounts with a role, and never without a second factor (rule 14).
    pub fn staff(accounts: Accounts) -> Self {
        Self { accounts, whom: Whom::Staff }
    }

    /// What a right password leads to.
    async fn accepted(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        proof: PasswordChecked,
    ) -> Result<Finished, Refusal> {
        match self.whom {
            Whom::Readers => {
                let facts = facts(proof.account(), at)?;
                let claim = Claimed::new(Proof::Password(proof), at, facts);
                Ok(Finished::Claimed(Box::new(claim)))
            }
            Whom::Staff => self.second_step(at, ask, &proof).await,
        }
    }

    async fn password(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
    ) -> Result<Finished, Refusal> {
        let attempt = Attempt {
            member: Some(&at.member.id).filter(|id| id.as_str() != HUB_MEMBER),
            login: typed.username,
            password: typed.password,
            client: at.client,
            code: at.code,
        };
        match self.accounts.check_password(&attempt, at.moment).await {
            Ok(CheckedOr::Checked(proof)) => self.accepted(at, ask, proof).await,
            Ok(CheckedOr::MustChange(pending)) => {
                let PendingChange { login, state } = pending;
                let pending = URL_SAFE_NO_PAD.encode(state);
                change_again(at, ask, State::Change { login, pending }, None)
            }
            Err(refusal) if can_correct(refusal.code()) => {
                let form = sign_in_form(at, ask, typed.username, Some(refusal.code()));
                begun(Next::Ask(form), &State::Password).map(Finished::Again)
            }
            Err(refusal) => Err(refusal.at_member(&at.member.id)),
        }
    }

    async fn change(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
        state: State,
    ) -> Result<Finished, Refusal> {
        let State::Change { pending, .. } = &state else { return Err(unreadable()) };
        let pending = URL_SAFE_NO_PAD.decode(pending).map_err(|_| unreadable())?;
        let (new, repeat) = (typed.new_password, typed.repeat_password);
        let changed = self.accounts.change_password(&pending, new, repeat, at.client, at.moment);
        match changed.await {
            Ok(proof) => self.accepted(at, ask, proof).await,
            Err(refusal) if can_correct(refusal.code()) => {
                change_again(at, ask, state, Some(refusal.code()))
            }
            Err(refusal) => Err(refusal.at_member(&at.member.id)),
        }
    }
}

#[async_trait]
impl Connector for CentralConnector {
    fn kind(&self) -> &'static str {
        match self.whom {
            Whom::Readers => "central",
            Whom::Staff => STAFF_CONNECTOR,
        }
    }

    fn entries(&self) -> Vec<Entry> {
        password_form::entries()
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        password_form::identify(inbound)
    }

    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        if ask.passive {
            return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "a password cannot be had unasked")
                .at_member(&at.member.id));
        }
        let form = sign_in_form(at, ask, ask.login_hint.unwrap_or_default(), None);
        begun(Next::Ask(form), &State::Password)
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        let (Some(state), Some(ask)) = (state, ask) else {
            return Err(Refusal::new(
                code::LOG_STATE_MISSING,
                "a password without a login in flight",
            ));
        };
        let params = inbound.form_params().map_err(bad_form)?;
        let typed = Typed::read(&params)?;
        match serde_json::from_slice(state).map_err(|_| unreadable())? {
            State::Password => self.password(at, ask, &typed).await,
            change @ State::Change { .. } => self.change(at, ask, &typed, change).await,
            second => self.second(at, ask, &typed, second).await,
        }
    }

    async fn probe(&self, _at: &At<'_>) -> Probe {
        Probe { is_ready: true, findings: Vec::new() }
    }
}

fn begun(next: Next, state: &State) -> Result<Begun, Refusal> {
    let state = serde_json::to_vec(state)
        .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("central state: {e}")))?;
    Ok(Begun { next, state })
}

fn change_again(
    at: &At<'_>,
    ask: &Ask<'_>,
    state: State,
    problem: Option<Code>,
) -> Result<Finished, Refusal> {
    let State::Change { login, .. } = &state else { return Err(unreadable()) };
    let form = change_form(at, ask, login, problem);
    begun(Next::Ask(form), &state).map(Finished::Again)
}

fn unreadable() -> Refusal {
    Refusal::new(code::LOG_STATE_FORGED, "central state cannot be read")
}

fn facts(account: &AccountRow, at: &At<'_>) -> Result<Facts, Refusal> {
    let key = LocalKey::new(account.id.as_str())
        .ok_or_else(|| Refusal::new(code::HUB_INTERNAL, "an account without id"))?;
    let scope = at.member.scopes.first();
    let affiliation = account
        .affiliation
        .iter()
        .filter_map(|value| scope.map(|scope| format!("{value}@{scope}").to_lowercase()))
        .collect();
    let notes = match scope {
        None if !account.affiliation.is_empty() => {
            vec!["affiliation: dropped, the member has no scope".to_owned()]
        }
        _ => Vec::new(),
    };
    Ok(Facts {
        key,
        profile: account.profile.clone(),
        class: account.class.clone().unwrap_or_else(|| at.member.class.clone()),
        category: account.category.clone(),
        affiliation,
        standing: account.standing,
        valid_until: account.valid_until,
        notes,
        target: None,
    })
}

#[cfg(test)]
mod staff_tests;
#[cfg(test)]
mod tests;
