//! The second factor of those who work here: asked for, or set up at the first login.
//!
//! ```text
//! PasswordChecked ─┬─ Code ─▶ claimed
//!                  └─ Enrol ─▶ Kept (recovery codes, shown once) ─▶ claimed
//! ```

use super::form::{Typed, code_form, enrol_form, recovery_form};
use super::{CentralConnector, State, begun, can_correct, facts, unreadable};
use crate::claimed::{Claimed, Proof};
use crate::{Ask, At, Finished};
use accounts::{Enrolled, PasswordChecked, SecondFactorChecked, SecondStep, TypedCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Code, Next, Refusal};

/// The name in the app where the consortium has none.
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
            SecondStep::Asked(state) => ask_code(at, ask, encode(&state), None),
            SecondStep::Enrolling(state) => self.ask_enrol(at, ask, encode(&state), None),
        }
    }

    /// What was typed after that.
    pub(super) async fn second(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        typed: &Typed<'_>,
        state: State,
    ) -> Result<Finished, Refusal> {
        let code = TypedCode { code: typed.otp, client: at.client, login: at.code };
        let outcome = match state {
            State::Code { pending } => {
                match self.accounts.check_code(&decode(&pending)?, &code, at.moment).await {
                    Ok(proof) => claimed(proof, at),
                    Err(refusal) if can_correct(refusal.code()) => {
                        ask_code(at, ask, pending, Some(refusal.code()))
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            State::Enrol { pending } => {
                match self.accounts.enrol(&decode(&pending)?, &code, at.moment).await {
                    Ok(enrolled) => show_recovery(at, ask, &enrolled),
                    Err(refusal) if can_correct(refusal.code()) => {
                        self.ask_enrol(at, ask, pending, Some(refusal.code()))
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            State::Kept { pending } => {
                let proof = self.accounts.kept_codes(&decode(&pending)?, at.moment).await;
                proof.and_then(|proof| claimed(proof, at))
            }
            State::Password | State::Change { .. } => Err(unreadable()),
        };
        outcome.map_err(|refusal| refusal.at_member(&at.member.id))
    }

    fn ask_enrol(
        &self,
        at: &At<'_>,
        ask: &Ask<'_>,
        pending: String,
        problem: Option<Code>,
    ) -> Result<Finished, Refusal> {
        let name = at.snapshot.consortium().name.r#in(ask.lang);
        let issuer = if name.trim().is_empty() { UNNAMED } else { name };
        let shown = self.accounts.enrolment(&decode(&pending)?, issuer, at.moment.now)?;
        let form = enrol_form(at, ask, &shown, problem);
        begun(Next::Ask(form), &State::Enrol { pending }).map(Finished::Again)
    }
}

fn ask_code(
    at: &At<'_>,
    ask: &Ask<'_>,
    pending: String,
    problem: Option<Code>,
) -> Result<Finished, Refusal> {
    let form = code_form(at, ask, problem);
    begun(Next::Ask(form), &State::Code { pending }).map(Finished::Again)
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
