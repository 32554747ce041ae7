use super::{Broken, ensure, noon};
use crate::{Durable, PasskeyRow, SecondFactorRow};
use model::ReaderId;

fn row(account: &ReaderId, credential: &[u8], name: &str) -> PasskeyRow {
    PasskeyRow {
        credential: credential.to_vec(),
        account: account.clone(),
        name: name.to_owned(),
        sealed: b"sealed".to_vec(),
        counter: 0,
        added: noon(),
        used: None,
    }
}

fn factor(account: &ReaderId, sealed: &[u8]) -> SecondFactorRow {
    SecondFactorRow {
        account: account.clone(),
        sealed: sealed.to_vec(),
        recovery: vec![7; 64],
        enrolled: noon(),
    }
}

pub(super) async fn a_credential_belongs_to_one_account(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let (owner, thief) = (ReaderId::parse("pk-owner")?, ReaderId::parse("pk-thief")?);
    let first = row(&owner, b"credential-1", "phone");
    ensure(!one.add_passkey(&first).await?, "none is added where no factor stands")?;
    ensure(one.enrol_first_passkey(&first, &factor(&owner, b"")).await?, "enrolled")?;
    ensure(other.find_second_factor(&owner).await? == Some(factor(&owner, b"")), "with codes")?;
    ensure(other.passkeys(&owner).await? == [first], "whole")?;
    let again = row(&owner, b"credential-2", "key");
    ensure(
        !other.enrol_first_passkey(&again, &factor(&owner, b"")).await?,
        "first where one stands",
    )?;
    ensure(one.passkeys(&owner).await?.len() == 1, "and nothing is kept of it")?;
    let stolen = row(&thief, b"credential-1", "phone");
    ensure(!other.enrol_first_passkey(&stolen, &factor(&thief, b"")).await?, "another's")?;
    ensure(one.find_second_factor(&thief).await?.is_none(), "no codes without a passkey")?;
    ensure(one.enrol_second_factor(&factor(&thief, b"app")).await?, "an app")?;
    ensure(!one.add_passkey(&stolen).await?, "nor as a further one")?;
    ensure(!one.add_passkey(&row(&owner, b"credential-3", "phone")).await?, "a name taken")?;
    ensure(one.add_passkey(&again).await?, "a further one")?;
    let names: Vec<_> = one.passkeys(&owner).await?.into_iter().map(|p| p.name).collect();
    ensure(names == ["key", "phone"], "each once")
}

pub(super) async fn a_counter_grows_and_is_used_by_one(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let (owner, nobody) = (ReaderId::parse("pk-counter")?, ReaderId::parse("pk-nobody")?);
    let first = row(&owner, b"counted", "key");
    one.enrol_first_passkey(&first, &factor(&owner, b"")).await?;
    let later = noon().plus_s(9);
    for _ in 0..2 {
        ensure(one.use_passkey(&owner, b"counted", 0, later).await?, "it keeps no counter")?;
    }
    ensure(one.use_passkey(&owner, b"counted", 5, later).await?, "grown")?;
    for stale in [0, 4, 5] {
        ensure(!other.use_passkey(&owner, b"counted", stale, later).await?, "not grown")?;
    }
    ensure(!other.use_passkey(&nobody, b"counted", 9, later).await?, "another's")?;
    let kept = other.passkeys(&owner).await?;
    let seen: Vec<_> = kept.iter().map(|p| (p.counter, p.used)).collect();
    ensure(seen == [(5, Some(later))], "noted")
}

pub(super) async fn the_last_one_takes_its_recovery_codes_along(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let owner = ReaderId::parse("pk-forgets")?;
    one.enrol_first_passkey(&row(&owner, b"f-1", "a"), &factor(&owner, b"")).await?;
    one.add_passkey(&row(&owner, b"f-2", "b")).await?;
    ensure(!one.forget_passkey(&owner, "c").await?, "no such name")?;
    ensure(one.forget_passkey(&owner, "a").await?, "one of two")?;
    ensure(other.find_second_factor(&owner).await?.is_some(), "a factor still stands")?;
    ensure(one.set_app(&owner, b"app", noon()).await?, "an app beside it")?;
    ensure(!other.set_app(&owner, b"other", noon()).await?, "one app")?;
    ensure(one.forget_passkey(&owner, "b").await?, "the last passkey")?;
    let left = other.find_second_factor(&owner).await?.map(|factor| factor.sealed);
    ensure(left.as_deref() == Some(b"app"), "the app stands")?;
    one.add_passkey(&row(&owner, b"f-3", "d")).await?;
    ensure(one.forget_second_factor(&owner).await?, "all of them")?;
    ensure(other.passkeys(&owner).await?.is_empty(), "passkeys too")?;
    ensure(!one.set_app(&owner, b"app", noon()).await?, "no app where no factor stands")?;
    one.enrol_first_passkey(&row(&owner, b"f-4", "e"), &factor(&owner, b"")).await?;
    ensure(one.forget_passkey(&owner, "e").await?, "the only one")?;
    ensure(other.find_second_factor(&owner).await?.is_none(), "codes alone are no factor")
}
