use super::{Broken, ensure, noon};
use crate::{Durable, SecondFactorRow};
use model::ReaderId;

pub(super) async fn enrolled_once_and_forgotten(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let account = ReaderId::parse("factor")?;
    let row = |sealed: &[u8]| SecondFactorRow {
        account: account.clone(),
        sealed: sealed.to_vec(),
        recovery: vec![7; 64],
        enrolled: noon(),
    };
    ensure(one.find_second_factor(&account).await?.is_none(), "none at first")?;
    ensure(one.enrol_second_factor(&row(b"first")).await?, "enrolled")?;
    ensure(!other.enrol_second_factor(&row(b"second")).await?, "the first stands")?;
    ensure(other.find_second_factor(&account).await? == Some(row(b"first")), "whole")?;
    ensure(other.forget_second_factor(&account).await?, "forgotten")?;
    ensure(!one.forget_second_factor(&account).await?, "once")?;
    ensure(one.enrol_second_factor(&row(b"second")).await?, "and enrolled anew")
}

pub(super) async fn a_recovery_code_is_used_by_one(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let account = ReaderId::parse("recovering")?;
    let row = SecondFactorRow {
        account: account.clone(),
        sealed: b"sealed".to_vec(),
        recovery: vec![1, 2],
        enrolled: noon(),
    };
    one.enrol_second_factor(&row).await?;
    ensure(one.set_recovery(&account, &[1, 2], &[2]).await?, "the first uses it")?;
    ensure(!other.set_recovery(&account, &[1, 2], &[1]).await?, "the second does not")?;
    let left = other.find_second_factor(&account).await?.map(|row| row.recovery);
    ensure(left.as_deref() == Some(&[2]), "and what is left stands")?;
    ensure(!one.set_recovery(&ReaderId::parse("nobody")?, &[], &[]).await?, "no factor")
}
