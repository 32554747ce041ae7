use super::{Broken, ensure, noon};
use crate::{SessionRecord, SessionService, Shared, Upstream};
use model::{
    Class, ConnectorId, Evidence, LocalKey, LoginCode, MemberId, Membership, Profile, Reader,
    ReaderId, ServiceId, Sid, Standing, Timestamp,
};
use std::collections::BTreeSet;

const IDLE_S: u32 = 3600;

pub(super) async fn kept_whole(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let session = session("whole", "reader-whole", &["name", "index"])?;
    one.create(&session).await?;
    let found = other.find(&session.sid, noon()).await?;
    ensure(found.as_ref() == Some(&session), "a session comes back as it was")?;
    ensure(other.find(&Sid::parse("another")?, noon()).await?.is_none(), "an absent one is none")
}

pub(super) async fn end_by_age_and_idleness(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let mut aged = session("aged", "reader-aged", &[])?;
    aged.expires = noon().plus_s(100);
    one.create(&aged).await?;
    ensure(other.find(&aged.sid, noon().plus_s(99)).await?.is_some(), "it runs until its end")?;
    ensure(other.find(&aged.sid, noon().plus_s(100)).await?.is_none(), "and not longer")?;
    let idle = session("idle", "reader-idle", &[])?;
    one.create(&idle).await?;
    let last = i64::from(IDLE_S);
    ensure(other.find(&idle.sid, noon().plus_s(last - 1)).await?.is_some(), "not idle yet")?;
    ensure(other.find(&idle.sid, noon().plus_s(last)).await?.is_none(), "idle for too long")
}

pub(super) async fn touch_lengthens_and_never_revives(
    one: &Shared,
    other: &Shared,
) -> Result<(), Broken> {
    let session = session("touched", "reader-touched", &[])?;
    one.create(&session).await?;
    let seen = |found: Option<SessionRecord>| found.map(|session| session.last_seen);
    for store in [one, other] {
        store.touch(&session.sid, noon().plus_s(59)).await?;
    }
    let held = seen(other.find(&session.sid, noon().plus_s(59)).await?);
    ensure(held == Some(noon()), "not written within a minute")?;
    let late = noon().plus_s(i64::from(IDLE_S) - 1);
    one.touch(&session.sid, late).await?;
    let held = seen(other.find(&session.sid, late).await?);
    ensure(held == Some(late), "written after a minute")?;
    one.touch(&session.sid, noon().plus_s(100)).await?;
    let held = seen(one.find(&session.sid, late).await?);
    ensure(held == Some(late), "the last use never goes back")?;
    let over = late.plus_s(i64::from(IDLE_S));
    other.touch(&session.sid, over).await?;
    ensure(one.find(&session.sid, over).await?.is_none(), "a session that is over stays so")?;
    one.touch(&Sid::parse("never-was")?, noon()).await?;
    ensure(one.find(&Sid::parse("never-was")?, noon()).await?.is_none(), "touch makes nothing")
}

pub(super) async fn services_are_kept_and_replaced(
    one: &Shared,
    other: &Shared,
) -> Result<(), Broken> {
    let session = session("served", "reader-served", &[])?;
    one.create(&session).await?;
    ensure(one.services(&session.sid).await?.is_empty(), "no service yet")?;
    let old = service("opac", "saml", "old")?;
    let (new, ill) = (service("opac", "saml", "new")?, service("ill", "oidc", "")?);
    let also = service("opac", "oidc", "also")?;
    for note in [&old, &ill, &new, &also] {
        other.add_service(&session.sid, note).await?;
    }
    let held = one.services(&session.sid).await?;
    ensure(held == [ill, also, new], "by id; one note a service and protocol, the newest")?;
    let gone = Sid::parse("gone")?;
    one.add_service(&gone, &old).await?;
    ensure(one.services(&gone).await?.is_empty(), "nothing is kept for a session that is not")
}

pub(super) async fn an_answer_is_noted_whole(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let session = session("answered", "reader-answered", &[])?;
    one.create(&session).await?;
    let entered = service("ill", "oidc", "detail")?;
    let code = LoginCode::parse("2222-2222")?;
    let trace = super::trace::trace(code)?;
    one.note_answer(&session.sid, &entered, &trace).await?;
    ensure(other.services(&session.sid).await? == [entered.clone()], "the service")?;
    ensure(other.find_trace(code).await?.as_ref() == Some(&trace), "and the trace")?;
    other.end(&session.sid).await?;
    other.note_answer(&session.sid, &entered, &trace).await?;
    ensure(one.services(&session.sid).await?.is_empty(), "nothing for a session that is over")
}

pub(super) async fn end_tells_all_once(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let session = session("ended", "reader-ended", &["ended-index"])?;
    one.create(&session).await?;
    let note = service("ill", "oidc", "detail")?;
    one.add_service(&session.sid, &note).await?;
    let Some(ended) = other.end(&session.sid).await? else {
        return ensure(false, "end tells what it ended");
    };
    ensure(ended.record == session, "the session")?;
    ensure(ended.services == [note.clone()], "and its services")?;
    ensure(one.end(&session.sid).await?.is_none(), "once")?;
    ensure(one.find(&session.sid, noon()).await?.is_none(), "it is gone")?;
    ensure(one.services(&session.sid).await?.is_empty(), "with its services")?;
    ensure(one.by_index("ended-index", noon()).await?.is_empty(), "and its indexes")?;
    one.add_service(&session.sid, &note).await?;
    one.touch(&session.sid, noon().plus_s(600)).await?;
    ensure(one.find(&session.sid, noon()).await?.is_none(), "nothing brings it back")?;
    ensure(one.services(&session.sid).await?.is_empty(), "nor a service of it")
}

pub(super) async fn one_of_many_ends(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let session = session("raced", "reader-raced", &[])?;
    one.create(&session).await?;
    let mut callers = Vec::new();
    for caller in 0..50 {
        let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
        let sid = session.sid.clone();
        callers.push(tokio::spawn(async move { store.end(&sid).await }));
    }
    let mut winners = 0;
    for caller in callers {
        winners += usize::from(caller.await??.is_some());
    }
    ensure(winners == 1, &format!("one of 50 callers ends it, not {winners}"))
}

pub(super) async fn found_by_index(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let first = session("found-1", "reader-found", &["shared-index", "own-index"])?;
    let second = session("found-2", "reader-found", &["shared-index", "shared-index"])?;
    one.create(&first).await?;
    other.create(&second).await?;
    let mut found = one.by_index("shared-index", noon()).await?;
    found.sort();
    ensure(found == [first.sid.clone(), second.sid.clone()], "both, each once")?;
    ensure(other.by_index("own-index", noon()).await? == [first.sid.clone()], "the one")?;
    ensure(other.by_index("no-index", noon()).await?.is_empty(), "none")?;
    let idle = noon().plus_s(i64::from(IDLE_S));
    ensure(one.by_index("shared-index", idle).await?.is_empty(), "not those that are over")?;
    one.end(&first.sid).await?;
    let found = other.by_index("shared-index", noon()).await?;
    ensure(found == [second.sid.clone()], "not those that were ended")
}

pub(super) async fn end_of_reader_spares_others(
    one: &Shared,
    other: &Shared,
) -> Result<(), Broken> {
    let mine =
        [session("mine-1", "reader-mine", &["mine"])?, session("mine-2", "reader-mine", &[])?];
    let theirs = session("theirs", "reader-theirs", &["mine"])?;
    for session in mine.iter().chain([&theirs]) {
        one.create(session).await?;
    }
    for session in &mine {
        one.add_service(&session.sid, &service("ill", "oidc", "")?).await?;
    }
    let reader = ReaderId::parse("reader-mine")?;
    ensure(other.end_of_reader(&reader).await? == 2, "both are ended")?;
    ensure(one.end_of_reader(&reader).await? == 0, "once")?;
    for session in &mine {
        ensure(one.find(&session.sid, noon()).await?.is_none(), "gone")?;
        ensure(one.services(&session.sid).await?.is_empty(), "with its services")?;
    }
    ensure(one.by_index("mine", noon()).await? == [theirs.sid.clone()], "and its indexes")?;
    ensure(one.find(&theirs.sid, noon()).await?.is_some(), "another reader's stays")
}

pub(crate) fn session(sid: &str, reader: &str, indexes: &[&str]) -> Result<SessionRecord, Broken> {
    let key = LocalKey::new("key").ok_or_else(|| Broken("a key".to_owned()))?;
    let membership = Membership {
        member: MemberId::parse("nju")?,
        connector: ConnectorId::parse("campus")?,
        key,
        class: Class::parse("A")?,
        category: Some("graduate".to_owned()),
        affiliation: BTreeSet::from(["student@nju.edu.cn".to_owned()]),
        standing: Standing::Good,
        valid_until: Some(noon().plus_s(86_400)),
        evidence: Evidence::Asserted,
    };
    Ok(SessionRecord {
        sid: Sid::parse(sid)?,
        code: LoginCode::parse("2222-2222")?,
        auth_time: noon(),
        opened: noon(),
        last_seen: noon(),
        expires: noon().plus_s(8 * 3600),
        idle_s: IDLE_S,
        shared_computer: true,
        acr: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned(),
        authorities: vec!["https://idp.nju.test".to_owned()],
        reader: Reader {
            id: ReaderId::parse(reader)?,
            profile: Profile { name: Some("读者甲".to_owned()), ..Profile::default() },
            memberships: vec![membership.clone()],
        },
        membership,
        upstream: Some(Upstream {
            connector: ConnectorId::parse("campus")?,
            name_id: Some("name".to_owned()),
            session_index: None,
        }),
        indexes: indexes.iter().map(|index| (*index).to_owned()).collect(),
        pending: false,
        proof: "a proof".to_owned(),
    })
}

fn service(id: &str, protocol: &str, detail: &str) -> Result<SessionService, Broken> {
    Ok(SessionService {
        service: ServiceId::parse(id)?,
        protocol: protocol.to_owned(),
        at: Timestamp::from_unix_ms(noon().unix_ms() + 7),
        detail: detail.to_owned(),
    })
}
