use super::{Broken, ensure, noon};
use crate::{Actor, AuditEntry, Durable};
use model::{LoginCode, MemberId, ReaderId, ServiceId};
use std::collections::BTreeMap;

pub(super) async fn chains_of_two_writers_are_whole(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    ensure(one.verify_audit().await?.entries == 0, "a new log is empty")?;
    ensure(one.verify_audit().await?.newest.is_none(), "and has no head")?;
    one.write_heads(noon()).await?;
    let mut callers = Vec::new();
    for caller in 0..40 {
        let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
        let entry = entry("reader-a")?;
        callers
            .push(tokio::spawn(async move { store.append_audit(&entry, noon(), [3; 16]).await }));
    }
    for caller in callers {
        caller.await??;
    }
    for store in [one, other] {
        store.write_heads(noon()).await?;
        store.append_audit(&entry("reader-b")?, noon().plus_s(1), [4; 16]).await?;
    }
    other.write_heads(noon().plus_s(60)).await?;
    let report = one.verify_audit().await?;
    ensure(report.broken.is_empty(), &format!("the log is whole: {:?}", report.broken))?;
    ensure(report.entries == 42 && report.writers == 2, "every entry, in two chains")?;
    let Some(newest) = report.newest else { return ensure(false, "the newest head is told") };
    ensure(other.find_audit_head(newest.n).await? == Some(newest.clone()), "it is found again")?;
    ensure(one.find_audit_head(newest.n + 1).await?.is_none(), "none comes after it")
}

pub(super) async fn erasure_breaks_nothing(one: &Durable) -> Result<(), Broken> {
    let actor = Actor::Reader(ReaderId::parse("reader-b")?);
    ensure(one.erase_personal(&actor).await? == 2, "the two entries of this reader")?;
    ensure(one.erase_personal(&actor).await? == 0, "once")?;
    let report = one.verify_audit().await?;
    ensure(report.broken.is_empty(), &format!("the chains stay whole: {:?}", report.broken))
}

fn entry(reader: &str) -> Result<AuditEntry, Broken> {
    Ok(AuditEntry {
        actor: Actor::Reader(ReaderId::parse(reader)?),
        act: "login.admitted".to_owned(),
        member: Some(MemberId::parse("nju")?),
        service: Some(ServiceId::parse("ill")?),
        code: Some(LoginCode::parse("2222-2222")?),
        outcome: None,
        personal: BTreeMap::from([
            ("login".to_owned(), "读者甲".to_owned()),
            ("address".to_owned(), "192.0.2.1".to_owned()),
        ]),
    })
}
