use super::{Broken, ensure, noon};
use crate::{Shared, Space};

const S: Space = Space::Code;

pub(super) async fn put_peek_take(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let value = [0, 255, 10, 13, 0];
    one.put(S, "binary", &value, noon().plus_s(60), noon()).await?;
    ensure(other.peek(S, "binary", noon()).await?.as_deref() == Some(&value), "peek gives it")?;
    ensure(one.peek(Space::AccessToken, "binary", noon()).await?.is_none(), "spaces are apart")?;
    ensure(other.take(S, "binary", noon()).await?.as_deref() == Some(&value), "take gives it")?;
    ensure(one.take(S, "binary", noon()).await?.is_none(), "once")?;
    ensure(one.peek(S, "binary", noon()).await?.is_none(), "and it is gone")?;
    let large = vec![7; 8192];
    one.put(S, "large", &large, noon().plus_s(60), noon()).await?;
    ensure(one.take(S, "large", noon()).await? == Some(large), "8 kB come back whole")?;
    one.put(S, "empty", &[], noon().plus_s(60), noon()).await?;
    ensure(one.take(S, "empty", noon()).await?.as_deref() == Some(&[]), "nothing is a value")
}

pub(super) async fn ends_by_the_time_passed_in(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let end = noon().plus_s(60);
    one.put(S, "ends", b"v", end, noon()).await?;
    ensure(other.peek(S, "ends", end.plus_s(-1)).await?.is_some(), "there until its end")?;
    ensure(other.peek(S, "ends", end).await?.is_none(), "no peek at its end")?;
    ensure(other.take(S, "ends", end).await?.is_none(), "no take at its end")
}

pub(super) async fn replaced_and_forgotten(one: &Shared, other: &Shared) -> Result<(), Broken> {
    one.put(S, "again", b"old", noon().plus_s(10), noon()).await?;
    other.put(S, "again", b"new", noon().plus_s(60), noon()).await?;
    let held = one.peek(S, "again", noon().plus_s(30)).await?;
    ensure(held.as_deref() == Some(b"new"), "the newer value and end stand")?;
    other.forget(S, "again").await?;
    other.forget(S, "again").await?;
    ensure(one.peek(S, "again", noon()).await?.is_none(), "forgotten")
}

pub(super) async fn one_of_many_takes(one: &Shared, other: &Shared) -> Result<(), Broken> {
    for round in 0..20 {
        let key = format!("race {round}");
        one.put(S, &key, b"grant", noon().plus_s(60), noon()).await?;
        let mut callers = Vec::new();
        for caller in 0..50 {
            let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
            let key = key.clone();
            callers.push(tokio::spawn(async move { store.take(S, &key, noon()).await }));
        }
        let mut takers = 0;
        for caller in callers {
            takers += usize::from(caller.await??.is_some());
        }
        ensure(takers == 1, &format!("one of 50 callers takes, not {takers}"))?;
    }
    Ok(())
}
