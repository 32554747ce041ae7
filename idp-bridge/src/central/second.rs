//! The second factor of those who work here: asked for, or set up at the first login.
//!
//! ```text
//! PasswordChecked ─┬─ Code (a passkey, a code, a recovery code) ─┬─▶ claimed
//!                  │                                             └─▶ Enrol, if wished ─▶ claimed
//!                  └─ Enrol ─▶ Kept (recovery codes, shown once) ─▶ claimed
//! ```

use super::form::{Typed, code_form, enrol_form, recovery_form};
use super::{CentralConnector, State, begun, can_correct, facts, unreadable};
use crate::claimed::{Claimed, Proof};
use crate::{Ask, At, Finished};
use accounts::{
    Enrolled, PasswordChecked, PressedPasskey, SecondFactorChecked, SecondStep, TypedCode,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Code, Next, Refusal};

/// The name in app and authenticator where the consortium has none.
const UNNAMED: &str = "Readerpass";

impl CentralConnector {
    /// After the password: what this account is asked for.
    pub(super) async fn second_step(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        proof: &PasswordChecked,
    ) -> Result<Finished, Refusal> {
        let step = self.accounts.second_step(proof, at.moment).await;
        match step.map_err(|refusal| refusal.at_member(&at.member.id))? {
            SecondStep::Asked(state) => self.ask_factor(at, ask, encode(&state), None).await,
            SecondStep::Enrolling(state) => self.ask_enrol(at, ask, encode(&state), None).await,
        }
    }

    /// What was typed or pressed after that.
    pub(super) async fn second(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
        state: State,
    ) -> Result<Finished, Refusal> {
        let outcome = match state {
            State::Code { pending } => self.prove(at, ask, typed, pending).await,
            State::Enrol { pending } if typed.skips => self.go_on(at, &decode(&pending)?).await,
            State::Enrol { pending } => self.set_up(at, ask, typed, pending).await,
            State::Kept { pending } => self.go_on(at, &decode(&pending)?).await,
            State::Password | State::Change { .. } => Err(unreadable()),
        };
        outcome.map_err(|refusal| refusal.at_member(&at.member.id))
    }

    async fn prove(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
        pending: String,
    ) -> Result<Finished, Refusal> {
        let state = decode(&pending)?;
        let proof = if typed.passkey.is_empty() {
            self.accounts.check_code(&state, &code(at, typed), at.moment).await
        } else {
            self.accounts.check_passkey(&state, &pressed(at, typed), at.moment).await
        };
        match proof {
            Ok(proof) if typed.adds => match self.accounts.further(&proof, at.moment).await? {
                Some(state) => self.ask_enrol(at, ask, encode(&state), None).await,
                None => claimed(proof, at),
            },
            Ok(proof) => claimed(proof, at),
            Err(refusal) if can_correct(refusal.code()) => {
                self.ask_factor(at, ask, pending, Some(refusal.code())).await
            }
            Err(refusal) => Err(refusal),
        }
    }

    async fn set_up(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
        pending: String,
    ) -> Result<Finished, Refusal> {
        let state = decode(&pending)?;
        let enrolled = if typed.passkey.is_empty() {
            self.accounts.enrol(&state, &code(at, typed), at.moment).await
        } else {
            self.accounts.enrol_passkey(&state, &pressed(at, typed), at.moment).await
        };
        match enrolled {
            Ok(enrolled) if enrolled.recovery.is_empty() => self.go_on(at, &enrolled.state).await,
            Ok(enrolled) => show_recovery(at, ask, &enrolled),
            Err(refusal) if can_correct(refusal.code()) => {
                self.ask_enrol(at, ask, pending, Some(refusal.code())).await
            }
            Err(refusal) => Err(refusal),
        }
    }

    async fn go_on(&self, at: &At<'_>, state: &[u8]) -> Result<Finished, Refusal> {
        claimed(self.accounts.kept(state, at.moment).await?, at)
    }

    async fn ask_factor(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        pending: String,
        problem: Option<Code>,
    ) -> Result<Finished, Refusal> {
        let asked = self.accounts.asked(&decode(&pending)?, at.moment.now).await?;
        let form = code_form(at, ask, &asked, problem);
        begun(Next::Ask(form), &State::Code { pending }).map(Finished::Again)
    }

    async fn ask_enrol(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        pending: String,
        problem: Option<Code>,
    ) -> Result<Finished, Refusal> {
        let name = at.snapshot.consortium().name.r#in(ask.lang);
        let issuer = if name.trim().is_empty() { UNNAMED } else { name };
        let shown = self.accounts.enrolment(&decode(&pending)?, issuer, at.moment.now).await?;
        let form = enrol_form(at, ask, &shown, problem);
        begun(Next::Ask(form), &State::Enrol { pending }).map(Finished::Again)
    }
}

fn code<'t>(at: &At<'_>, typed: &Typed<'t>) -> TypedCode<'t> {
    TypedCode { code: typed.otp, client: at.client, login: at.code }
}

fn pressed<'t>(at: &At<'_>, typed: &Typed<'t>) -> PressedPasskey<'t> {
    let (answer, name) = (typed.passkey, typed.passkey_name);
    PressedPasskey { answer, name, client: at.client, login: at.code }
}

fn show_recovery(at: &At<'_>, ask: &Ask<'_>, enrolled: &Enrolled) -> Result<Finished, Refusal> {
    let form = recovery_form(at, ask, enrolled.recovery.iter().map(|code| code.as_str()));
    let state = State::Kept { pending: encode(&enrolled.state) };
    begun(Next::Ask(form), &state).map(Finished::Again)
}

fn claimed(proof: SecondFactorChecked, at: &At<'_>) -> Result<Finished, Refusal> {
    let facts = facts(proof.account(), at)?;
    Ok(Finished::Claimed(Box::new(Claimed::new(Proof::SecondFactor(proof), at, facts))))
}

fn encode(state: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(state)
}

fn decode(pending: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(pending).map_err(|_| unreadable())
}
