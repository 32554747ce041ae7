//! How a login went: refused with all that rule 7 asks for, traced for the librarian,
//! audited where somebody had proved who they are.

use crate::flight::push_step;
use crate::turn::{Passage, Turn};
use crate::{Login, Onward, Refused, Reply};
use model::{
    Code, LoginCode, Moment, Network, Refusal, Step, StepKind, Timestamp, TraceRecord, code,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use store::{Actor, AuditEntry};

/// Traces of anonymous failures that one address may write in ten minutes: more would
/// push the traces of real logins out of the ring. A campus may share one address.
const MOST_ANONYMOUS: u64 = 60;
const ANONYMOUS_WINDOW_S: u32 = 600;
/// Refusals of requests that became no login, logged in one minute.
const MOST_LOGGED: u32 = 600;

impl Login {
    /// The steps of a recent login, redacted. Whoever shows them checks first that the
    /// person may see those of that member.
    pub async fn find_trace(&self, code: LoginCode) -> Result<Option<TraceRecord>, Refusal> {
        Ok(self.0.shared.find_trace(code).await?)
    }

    /// How often each refusal was given to somebody unknown since this process started
    /// (rule 11: anonymous failures are counted, not chained).
    pub fn anonymous_refusals(&self) -> BTreeMap<&'static str, u64> {
        self.0.anonymous.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends a login with a refusal. The reader sees our page first, with a button back
    /// that carries the protocol's error; where the reader was not to be asked, the error
    /// goes back at once (rule 7).
    pub(crate) async fn refuse(
        &self,
        turn: &Turn<'_>,
        mut passage: Passage,
        refusal: Refusal,
    ) -> Result<Reply, Refused> {
        let mut refusal = refusal.at_service(&passage.flight.request.service);
        if let Some(member) = &passage.member {
            refusal = refusal.at_member(member);
        }
        passage.flight.step(StepKind::Refused, why(&refusal), turn.now());
        let may_ask = passage.flight.may_ask();
        if let Err(unwritten) = self.note_refusal(turn, &passage, &refusal, may_ask).await {
            refusal = unwritten;
        }
        let request = &passage.flight.request;
        let back = self
            .protocol(&request.protocol)
            .ok()
            .and_then(|protocol| protocol.refuse(&refusal, &request.reply, turn.moment()));
        let stopped = passage.handle.as_ref().filter(|_| refusal.code() == code::LOG_LOOP);
        let onward = stopped.map(|handle| Box::new(Onward::of(handle)));
        match back {
            Some(next) if !may_ask => Ok(passage.reply(next)),
            back => Err(Refused {
                lang: request.lang,
                back: back.map(Box::new),
                onward,
                cookies: passage.cookies,
                is_noted: true,
                ..Refused::from((refusal, passage.flight.code))
            }),
        }
    }

    /// Refuses a request that belongs to no login, or to none that can be found (P15, P19).
    pub(crate) async fn refuse_stray(&self, turn: &Turn<'_>, refusal: Refusal) -> Refused {
        self.note_stray(turn, turn.edge.code, &refusal, Vec::new()).await;
        Refused { is_noted: true, ..Refused::from((refusal, turn.edge.code)) }
    }

    /// Logs and counts a refusal of a request that became no login, where nobody did so
    /// before: the page shows a code, and under that code the reason stands in the log. It is
    /// counted always, and logged so often a minute: whoever sends rubbish fills no disk.
    pub fn note_unnoted(&self, refused: &Refused, now: Option<Timestamp>) {
        let code = refused.refusal.code();
        // A page that is not there shows no code to quote.
        if refused.is_noted || [code::WEB_NOT_FOUND, code::WEB_METHOD].contains(&code) {
            return;
        }
        self.count_end(None, Some(code));
        self.count(code);
        let mut logged = self.0.logged.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a time it belongs to the minute that runs.
        let minute = now.map_or(logged.0, |now| now.unix_s().div_euclid(60));
        if logged.0 != minute {
            *logged = (minute, 0);
        }
        logged.1 += 1;
        match logged.1 {
            ..=MOST_LOGGED => log(refused.login_code, &refused.refusal),
            n if n == MOST_LOGGED + 1 => {
                tracing::warn!("further refusals of this minute are counted and not logged");
            }
            _ => {}
        }
    }

    /// Writes what must be written of a refusal; fails where the audit log does.
    async fn note_refusal(
        &self,
        turn: &Turn<'_>,
        passage: &Passage,
        refusal: &Refusal,
        is_worth_a_trace: bool,
    ) -> Result<(), Refusal> {
        log(passage.flight.code, refusal);
        self.count_end(Some(passage), Some(refusal.code()));
        if passage.actor.is_some() {
            self.write_trace(turn, passage, Some(refusal.code())).await;
            self.note_trouble(turn, passage, refusal).await;
            return self.audit_login(turn, passage, "login.refused", Some(refusal.code())).await;
        }
        self.count(refusal.code());
        self.audit_dispute(turn, passage.flight.code, refusal).await?;
        if is_worth_a_trace && self.may_trace(turn).await {
            self.write_trace(turn, passage, Some(refusal.code())).await;
            self.note_trouble(turn, passage, refusal).await;
        }
        Ok(())
    }

    /// An answer whose signature verified and that two verifiers read differently is an alarm
    /// (DESIGN.md section 8): audited although nobody is known, as few of them may come as
    /// members can sign.
    async fn audit_dispute(
        &self,
        turn: &Turn<'_>,
        login: LoginCode,
        refusal: &Refusal,
    ) -> Result<(), Refusal> {
        if refusal.code() != code::SAML_SECOND_OPINION {
            return Ok(());
        }
        let entry = AuditEntry {
            actor: Actor::System,
            act: "login.disputed".to_owned(),
            member: refusal.detail().member.clone(),
            service: refusal.detail().service.clone(),
            code: Some(login),
            outcome: Some(refusal.code().as_str().to_owned()),
            personal: BTreeMap::from([("address".to_owned(), turn.inbound().client.to_string())]),
        };
        self.audit(turn.moment(), &entry).await
    }

    /// Counts a refusal of somebody unknown outside any login, and traces it.
    pub(crate) async fn note_stray(
        &self,
        turn: &Turn<'_>,
        code: LoginCode,
        refusal: &Refusal,
        mut steps: Vec<Step>,
    ) {
        log(code, refusal);
        self.count_end(None, Some(refusal.code()));
        self.count(refusal.code());
        if let Err(fault) = self.audit_dispute(turn, code, refusal).await {
            tracing::error!(login = %code, %fault, "a disputed answer could not be audited");
        }
        if !self.may_trace(turn).await {
            return;
        }
        push_step(&mut steps, StepKind::Refused, why(refusal), turn.now());
        let mut record = TraceRecord {
            code,
            service: refusal.detail().service.clone(),
            member: refusal.detail().member.clone(),
            refused: None,
            steps,
        };
        record.refuse(refusal.code());
        self.keep(turn, &record).await;
    }

    /// Writes the steps of a login, which ends here. A ring that fails loses a trace,
    /// never a login.
    pub(crate) async fn write_trace(
        &self,
        turn: &Turn<'_>,
        passage: &Passage,
        refused: Option<Code>,
    ) {
        self.keep(turn, &trace_of(passage, refused)).await;
    }

    pub(crate) async fn keep(&self, turn: &Turn<'_>, record: &TraceRecord) {
        if let Err(fault) = self.0.shared.write_trace(record, turn.now()).await {
            tracing::warn!(login = %record.code, %fault, "a trace was not written");
        }
    }

    async fn may_trace(&self, turn: &Turn<'_>) -> bool {
        let counter = format!("trace/{}", Network::of_subscriber(turn.inbound().client));
        // Beyond its share an address costs a reading and no writing.
        let before = self.0.shared.read(&counter, turn.now()).await;
        if !matches!(before, Ok(count) if count < MOST_ANONYMOUS) {
            return false;
        }
        let count = self.0.shared.add(&counter, ANONYMOUS_WINDOW_S, turn.now()).await;
        matches!(count, Ok(count) if count <= MOST_ANONYMOUS)
    }

    pub(crate) fn count(&self, code: Code) {
        let mut counts = self.0.anonymous.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(code.as_str()).or_default() += 1;
    }

    /// Audits an act of a login whose claim was verified (rule 11).
    pub(crate) async fn audit_login(
        &self,
        turn: &Turn<'_>,
        passage: &Passage,
        act: &str,
        outcome: Option<Code>,
    ) -> Result<(), Refusal> {
        let entry = AuditEntry {
            actor: passage.actor.clone().unwrap_or(Actor::System),
            act: act.to_owned(),
            member: passage.member.clone(),
            service: Some(passage.flight.request.service.clone()),
            code: Some(passage.flight.code),
            outcome: outcome.map(|code| code.as_str().to_owned()),
            personal: BTreeMap::from([("address".to_owned(), turn.inbound().client.to_string())]),
        };
        self.audit(turn.moment(), &entry).await
    }

    pub(crate) async fn audit(&self, moment: &Moment, entry: &AuditEntry) -> Result<(), Refusal> {
        let salt = moment.entropy.bytes();
        Ok(self.0.durable.append_audit(entry, moment.now, salt).await?)
    }
}

/// The steps of a login, which ends here.
pub(crate) fn trace_of(passage: &Passage, refused: Option<Code>) -> TraceRecord {
    let flight = &passage.flight;
    let mut record = TraceRecord {
        code: flight.code,
        service: Some(flight.request.service.clone()),
        member: passage.member.clone(),
        refused: None,
        steps: flight.steps.clone(),
    };
    if let Some(code) = refused {
        record.refuse(code);
    }
    record
}

/// Counts of refusals by code: bounded by the list of codes.
pub(crate) type Tally = Mutex<BTreeMap<&'static str, u64>>;

/// A minute, and how many refusals were logged in it.
pub(crate) type Logged = Mutex<(i64, u32)>;

pub(crate) fn log(code: LoginCode, refusal: &Refusal) {
    let detail = refusal.detail();
    tracing::info!(
        login = %code,
        code = refusal.code().as_str(),
        member = detail.member.as_ref().map(model::MemberId::as_str),
        service = detail.service.as_ref().map(model::ServiceId::as_str),
        detail = %detail.log,
        "refused"
    );
}

/// The code, and what policy says to it: rules, class and standing, no value of a reader.
/// The detail of other rooms stays in the log.
fn why(refusal: &Refusal) -> String {
    let code = refusal.code().as_str();
    if code.starts_with("POL-") {
        format!("{code}: {}", refusal.detail().log)
    } else {
        code.to_owned()
    }
}

#[cfg(test)]
mod tests;
