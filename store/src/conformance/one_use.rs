use super::{Broken, ensure, noon};
use crate::{Shared, Space, Used};

const S: Space = Space::Assertion;

pub(super) async fn first_wins(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let end = noon().plus_s(60);
    ensure(one.put_once(S, "first", end, noon()).await?, "the first put_once is true")?;
    ensure(!one.put_once(S, "first", end, noon()).await?, "the second is false")?;
    ensure(!other.put_once(S, "first", end, noon()).await?, "so it is on another node")?;
    ensure(other.put_once(S, "First", end, noon()).await?, "keys are exact")?;
    let long = "x".repeat(20_000);
    ensure(one.put_once(S, &long, end, noon()).await?, "a long key is a key")?;
    ensure(!one.put_once(S, &long, end, noon()).await?, "a long key is used once")
}

pub(super) async fn ends_by_the_time_passed_in(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let end = noon().plus_s(60);
    let last = model::Timestamp::from_unix_ms(end.unix_ms() - 1);
    one.put_once(S, "ends", end, noon()).await?;
    ensure(!other.put_once(S, "ends", last.plus_s(60), last).await?, "used until its end")?;
    ensure(other.put_once(S, "ends", end.plus_s(60), end).await?, "free at its end")?;
    let later = end.plus_s(30);
    ensure(!one.put_once(S, "ends", later.plus_s(60), later).await?, "used for the new time")?;
    ensure(!one.put_once(S, "stale", noon(), noon()).await?, "a record that is over is refused")
}

pub(super) async fn spaces_are_apart(one: &Shared) -> Result<(), Broken> {
    for space in Space::ALL {
        let first = one.put_once(space, "apart", noon().plus_s(60), noon()).await?;
        ensure(first, "a key of one space is free in another")?;
    }
    Ok(())
}

pub(super) async fn all_or_none(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let end = noon().plus_s(60);
    let value = |key, expires| Used { space: S, key, expires };
    let [a, b, c] = ["all a", "all b", "all c"].map(|key| value(key, end));
    ensure(one.put_all_once(&[a, b], noon()).await?.is_none(), "both are free")?;
    ensure(other.put_all_once(&[c, b], noon()).await? == Some(1), "the second was used")?;
    ensure(other.put_all_once(&[a, c], noon()).await? == Some(0), "the first was used")?;
    ensure(one.put_once(S, "all c", end, noon()).await?, "what was free stayed free")?;
    ensure(!one.put_once(S, "all a", end, noon()).await?, "what was used stays used")?;
    let stale = [value("all d", end), value("all e", noon())];
    ensure(one.put_all_once(&stale, noon()).await? == Some(1), "one that is over is refused")?;
    let twice = [value("all f", end), value("all f", end)];
    ensure(one.put_all_once(&twice, noon()).await? == Some(1), "one value counts once")?;
    ensure(one.put_all_once(&[a, b], end).await? == Some(0), "over already")?;
    let later = [value("all a", end.plus_s(60)), value("all d", end.plus_s(60))];
    ensure(other.put_all_once(&later, end).await?.is_none(), "free after their end")?;
    ensure(one.put_all_once(&[], noon()).await?.is_none(), "nothing to use is no obstacle")
}

pub(super) async fn one_of_many_wins_all(one: &Shared, other: &Shared) -> Result<(), Broken> {
    for round in 0..20 {
        let mut callers = Vec::new();
        for caller in 0..50 {
            let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
            callers.push(tokio::spawn(async move {
                let keys = [format!("left {round}"), format!("right {round}")];
                let mut values =
                    keys.each_ref().map(|key| Used { space: S, key, expires: noon().plus_s(60) });
                if caller % 3 == 0 {
                    values.reverse();
                }
                store.put_all_once(&values, noon()).await
            }));
        }
        let mut winners = 0;
        for caller in callers {
            winners += usize::from(caller.await??.is_none());
        }
        ensure(winners == 1, &format!("one of 50 callers wins both, not {winners}"))?;
    }
    Ok(())
}

pub(super) async fn one_of_many_wins(one: &Shared, other: &Shared) -> Result<(), Broken> {
    for round in 0..20 {
        let mut callers = Vec::new();
        for caller in 0..50 {
            let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
            callers.push(tokio::spawn(async move {
                store.put_once(S, &format!("race {round}"), noon().plus_s(60), noon()).await
            }));
        }
        let mut winners = 0;
        for caller in callers {
            winners += usize::from(caller.await??);
        }
        ensure(winners == 1, &format!("one of 50 callers wins, not {winners}"))?;
    }
    Ok(())
}
