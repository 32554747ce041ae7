use super::{Broken, ensure, noon};
use crate::{Shared, TROUBLE_S, Trouble};
use model::{MemberId, Timestamp};

fn library(id: &str) -> Result<MemberId, Broken> {
    Ok(MemberId::parse(id)?)
}

/// The run of `aa`, as `(since, networks)`.
async fn run(store: &Shared, now: Timestamp) -> Result<Option<(Timestamp, u32)>, Broken> {
    let aa = library("aa")?;
    let all = store.troubles(now).await?;
    Ok(all.into_iter().find(|t| t.member == aa).map(|t| (t.since, t.networks)))
}

pub(super) async fn told_by_three_networks(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let (aa, bb) = (library("aa")?, library("bb")?);
    ensure(one.troubles(noon()).await?.is_empty(), "nothing was noted")?;
    for _ in 0..100 {
        one.note_trouble(&aa, "one", noon()).await?;
    }
    ensure(run(other, noon()).await? == Some((noon(), 1)), "a flood is one network")?;
    other.note_trouble(&aa, "two", noon().plus_s(1)).await?;
    one.note_trouble(&bb, "two", noon().plus_s(1)).await?;
    one.note_trouble(&aa, "three", noon().plus_s(2)).await?;
    one.note_trouble(&aa, "four", noon().plus_s(3)).await?;
    let expected = [
        Trouble { member: aa.clone(), since: noon(), networks: 3 },
        Trouble { member: bb.clone(), since: noon().plus_s(1), networks: 1 },
    ];
    let all = other.troubles(noon().plus_s(3)).await?;
    ensure(all == expected, "since the first, three networks at most, each library apart")?;
    ensure(all.iter().map(Trouble::is_told).eq([true, false]), "three networks are told")?;
    other.end_trouble(&aa).await?;
    other.end_trouble(&aa).await?;
    ensure(one.troubles(noon().plus_s(3)).await? == expected[1..], "over, on all nodes")?;
    one.end_trouble(&bb).await.map_err(Broken::from)
}

pub(super) async fn forgotten_by_the_time_passed_in(
    one: &Shared,
    other: &Shared,
) -> Result<(), Broken> {
    let aa = library("aa")?;
    let life = i64::from(TROUBLE_S);
    one.note_trouble(&aa, "one", noon()).await?;
    one.note_trouble(&aa, "one", noon().plus_s(life - 1)).await?;
    ensure(run(other, noon().plus_s(life - 1)).await?.is_some(), "there until its end")?;
    let end = noon().plus_s(life);
    ensure(run(other, end).await?.is_none(), "one network alone does not lengthen it")?;
    other.note_trouble(&aa, "two", end).await?;
    ensure(run(one, end).await? == Some((end, 1)), "what comes later is a run of its own")?;
    one.note_trouble(&aa, "three", end.plus_s(life - 1)).await?;
    let late = end.plus_s(2 * life - 2);
    ensure(run(one, late).await? == Some((end, 2)), "a further network lengthens it")?;
    one.note_trouble(&aa, "four", late).await?;
    one.note_trouble(&aa, "four", late.plus_s(life - 1)).await?;
    let latest = late.plus_s(2 * life - 2);
    ensure(run(one, latest).await? == Some((end, 3)), "what is told lasts as long as faults come")?;
    ensure(run(one, latest.plus_s(1)).await?.is_none(), "and no longer than that")?;
    one.end_trouble(&aa).await.map_err(Broken::from)
}

pub(super) async fn no_network_is_lost(one: &Shared, other: &Shared) -> Result<(), Broken> {
    for round in 0..20 {
        let member = library(&format!("race-{round}"))?;
        let mut callers = Vec::new();
        for network in ["one", "two", "three"] {
            for store in [one.clone(), other.clone()] {
                let member = member.clone();
                callers.push(tokio::spawn(async move {
                    store.note_trouble(&member, network, noon()).await
                }));
            }
        }
        for caller in callers {
            caller.await??;
        }
        let all = one.troubles(noon()).await?;
        let networks = all.iter().find(|t| t.member == member).map(|t| t.networks);
        ensure(networks == Some(3), &format!("three networks at once, not {networks:?}"))?;
        one.end_trouble(&member).await?;
    }
    Ok(())
}
