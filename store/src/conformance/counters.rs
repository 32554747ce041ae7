use super::{Broken, ensure, noon};
use crate::Shared;

pub(super) async fn window_is_fixed(one: &Shared, other: &Shared) -> Result<(), Broken> {
    ensure(one.read("guesses", noon()).await? == 0, "nothing was counted")?;
    ensure(one.add("guesses", 900, noon()).await? == 1, "one")?;
    ensure(other.add("guesses", 900, noon().plus_s(899)).await? == 2, "two, on another node")?;
    ensure(one.read("guesses", noon().plus_s(899)).await? == 2, "read does not count")?;
    let end = noon().plus_s(900);
    ensure(one.read("guesses", end).await? == 0, "the window ends, whatever was counted late")?;
    ensure(other.add("guesses", 900, end).await? == 1, "a new window begins at one")?;
    ensure(one.read("guesses", end.plus_s(899)).await? == 1, "and lasts as long")
}

pub(super) async fn names_are_apart_and_cleared(one: &Shared) -> Result<(), Broken> {
    one.add("a", 60, noon()).await?;
    ensure(one.add("b", 60, noon()).await? == 1, "names are apart")?;
    one.clear("a").await?;
    one.clear("a").await?;
    ensure(one.read("a", noon()).await? == 0, "cleared")?;
    ensure(one.read("b", noon()).await? == 1, "the other stands")
}

pub(super) async fn none_is_lost(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let mut callers = Vec::new();
    for caller in 0..50 {
        let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
        callers.push(tokio::spawn(async move { store.add("race", 60, noon()).await }));
    }
    let mut counts = Vec::new();
    for caller in callers {
        counts.push(caller.await??);
    }
    counts.sort_unstable();
    ensure(counts.iter().copied().eq(1..=50), "50 callers see 1 to 50, each once")
}
