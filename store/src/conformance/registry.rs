use super::{Broken, ensure, noon};
use crate::{Durable, KeyRow, StoreError};

pub(super) async fn versions_count_up(one: &Durable, other: &Durable) -> Result<(), Broken> {
    ensure(one.registry_version().await? == 0, "0 where none was applied")?;
    ensure(one.load_registry().await?.is_none(), "and nothing to load")?;
    ensure(one.swap_registry(0, b"first", noon()).await? == 1, "the first is 1")?;
    let early = one.swap_registry(0, b"lost", noon()).await;
    ensure(matches!(early, Err(StoreError::Conflict)), "an outdated change conflicts")?;
    let ahead = one.swap_registry(2, b"lost", noon()).await;
    ensure(matches!(ahead, Err(StoreError::Conflict)), "so does one ahead of time")?;
    for version in 1..20 {
        let content = format!("content {version}");
        let next = other.swap_registry(version, content.as_bytes(), noon()).await?;
        ensure(next == version + 1, "up by one")?;
        ensure(one.registry_version().await? == next, "seen by the other node")?;
        let held = one.load_registry().await?;
        let holds = held.is_some_and(|h| h.version == next && h.content == content.as_bytes());
        ensure(holds, "the newest is loaded whole")?;
    }
    Ok(())
}

pub(super) async fn one_of_many_swaps(one: &Durable, other: &Durable) -> Result<(), Broken> {
    let version = one.registry_version().await?;
    let mut callers = Vec::new();
    for caller in 0..20 {
        let store = if caller % 2 == 0 { one.clone() } else { other.clone() };
        callers.push(tokio::spawn(async move {
            store.swap_registry(version, format!("{caller}").as_bytes(), noon()).await
        }));
    }
    let mut winners = 0;
    for caller in callers {
        match caller.await? {
            Ok(_) => winners += 1,
            Err(StoreError::Conflict) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    ensure(winners == 1, &format!("one of 20 callers swaps, not {winners}"))?;
    ensure(one.registry_version().await? == version + 1, "up by one")
}

pub(super) async fn keys_of_a_generation_are_made_once(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    ensure(one.insert_key(&key("a", "saml", 1)).await?, "a new key is kept")?;
    ensure(!other.insert_key(&key("b", "saml", 1)).await?, "another process was first")?;
    ensure(!other.insert_key(&key("a", "oidc", 1)).await?, "an id is given once")?;
    ensure(other.insert_key(&key("c", "saml", 2)).await?, "the next generation")?;
    ensure(other.insert_key(&key("d", "oidc", 1)).await?, "another purpose")?;
    let expected = [key("d", "oidc", 1), key("a", "saml", 1), key("c", "saml", 2)];
    ensure(one.keys().await? == expected, "all, in order")
}

pub(super) async fn keys_come_into_use_and_are_given_up(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let later = noon().plus_s(60);
    let next = KeyRow { use_from: later, ..key("life-2", "life", 2) };
    one.insert_key(&key("life-1", "life", 1)).await?;
    one.insert_key(&key("elsewhere", "life of another", 1)).await?;
    ensure(!one.withdraw_key("life-1", noon()).await?, "the only one is not given up")?;
    one.insert_key(&next).await?;
    ensure(!other.withdraw_key("life-1", noon()).await?, "nor while the next is not in use")?;
    ensure(!other.use_key_from("life-2", later).await?, "no earlier than said")?;
    ensure(!other.use_key_from("unknown", noon()).await?, "an unknown key")?;
    ensure(other.use_key_from("life-2", noon()).await?, "earlier than said")?;
    ensure(one.withdraw_key("life-1", later).await?, "the one before is given up")?;
    ensure(!other.withdraw_key("life-1", later).await?, "once")?;
    ensure(!other.withdraw_key("life-2", later).await?, "and the one that is left never")?;
    ensure(!other.use_key_from("life-1", noon().plus_s(-1)).await?, "what was given up stays so")?;
    let gone = KeyRow { withdrawn: Some(later), sealed: Vec::new(), ..key("life-1", "life", 1) };
    let held = KeyRow { use_from: noon(), ..next };
    let rows: Vec<KeyRow> =
        one.keys().await?.into_iter().filter(|row| row.purpose == "life").collect();
    ensure(rows == [gone, held], "the private part is gone, the name stays")
}

pub(super) async fn one_of_two_that_give_each_other_up_is_left(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    one.insert_key(&key("both-1", "both", 1)).await?;
    one.insert_key(&key("both-2", "both", 2)).await?;
    let (store, beside) = (one.clone(), other.clone());
    let first = tokio::spawn(async move { store.withdraw_key("both-1", noon()).await });
    let second = tokio::spawn(async move { beside.withdraw_key("both-2", noon()).await });
    let (first, second) = (first.await??, second.await??);
    ensure(first != second, "one of them")
}

fn key(id: &str, purpose: &str, generation: u32) -> KeyRow {
    KeyRow {
        id: id.to_owned(),
        purpose: purpose.to_owned(),
        generation,
        created: noon(),
        use_from: noon(),
        withdrawn: None,
        sealed: vec![0, 1, 2],
        public: Vec::new(),
    }
}
