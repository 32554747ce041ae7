use super::{Broken, ensure, noon};
use crate::{AccountRow, Durable, Role};
use model::{Class, MemberId, Profile, ReaderId, Standing};

pub(super) async fn kept_whole(one: &Durable, other: &Durable) -> Result<(), Broken> {
    let full = account("whole", Some("nju"), "甲")?;
    let operator = AccountRow {
        role: Some(Role::Operator),
        password: None,
        class: None,
        valid_until: None,
        ..account("operator", None, "甲")?
    };
    for row in [&full, &operator] {
        ensure(one.create_account(row).await?, "a new account is kept")?;
        let found = other.find_account_by_id(&row.id).await?;
        ensure(found.as_ref() == Some(row), "found by id as it was")?;
        let found = other.find_account(row.member.as_ref(), &row.login_key).await?;
        ensure(found.as_ref() == Some(row), "found by login in its own member")?;
    }
    let nowhere = one.find_account(Some(&MemberId::parse("pku")?), "甲").await?;
    ensure(nowhere.is_none(), "not in another member")
}

pub(super) async fn login_is_unique_in_its_member(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    ensure(one.create_account(&account("u1", Some("pku"), "same")?).await?, "the first")?;
    ensure(!other.create_account(&account("u2", Some("pku"), "same")?).await?, "login taken")?;
    ensure(!other.create_account(&account("u1", Some("pku"), "else")?).await?, "id taken")?;
    ensure(other.create_account(&account("u3", Some("thu"), "same")?).await?, "elsewhere free")?;
    ensure(one.create_account(&account("u4", None, "same")?).await?, "free without a member")?;
    ensure(!one.create_account(&account("u5", None, "same")?).await?, "and taken there too")
}

pub(super) async fn password_is_compared_and_set(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let row = AccountRow { password: None, ..account("pass", Some("nju"), "pass")? };
    one.create_account(&row).await?;
    let held = async |promise: &str, hash: &str, must_change| {
        let held = other.find_account_by_id(&row.id).await?;
        let holds = held
            .is_some_and(|h| h.password.as_deref() == Some(hash) && h.must_change == must_change);
        ensure(holds, promise)
    };
    ensure(!one.set_password(&row.id, Some("x"), "a", true, noon()).await?, "none stands yet")?;
    ensure(one.set_password(&row.id, None, "a", true, noon()).await?, "set")?;
    held("the new hash stands", "a", true).await?;
    ensure(!one.set_password(&row.id, Some("x"), "b", false, noon()).await?, "not what stands")?;
    held("the hash stays", "a", true).await?;
    ensure(one.set_password(&row.id, Some("a"), "b", false, noon()).await?, "what stands")?;
    held("the newest hash stands", "b", false).await?;
    let nobody = ReaderId::parse("nobody")?;
    ensure(!one.set_password(&nobody, None, "x", false, noon()).await?, "no such account")?;
    ensure(!one.set_account_standing(&nobody, Standing::Good).await?, "no such account")?;
    ensure(one.set_account_standing(&row.id, Standing::Blocked).await?, "standing is set")?;
    let standing = other.find_account_by_id(&row.id).await?.map(|held| held.standing);
    ensure(standing == Some(Standing::Blocked), "and stands")
}

pub(super) async fn listed_in_pages(one: &Durable) -> Result<(), Broken> {
    for number in 0..5 {
        let id = format!("page-{number}");
        one.create_account(&account(&id, Some("fudan"), &id)?).await?;
    }
    let member = MemberId::parse("fudan")?;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = one.list_accounts(Some(&member), after.as_ref(), 2).await?;
        ensure(page.len() <= 2, "a page is no longer than asked")?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page.into_iter().map(|row| row.id.as_str().to_owned()));
    }
    let expected: Vec<String> = (0..5).map(|number| format!("page-{number}")).collect();
    ensure(seen == expected, "all of the member, once, in order")?;
    let none = one.list_accounts(None, None, 100).await?;
    ensure(none.iter().all(|row| row.member.is_none()) && !none.is_empty(), "those without")
}

pub(super) async fn suspended_and_lifted(one: &Durable, other: &Durable) -> Result<(), Broken> {
    let (reader, bystander) = (ReaderId::parse("cut-off")?, ReaderId::parse("bystander")?);
    one.suspend_reader(&reader, noon()).await?;
    one.suspend_reader(&reader, noon().plus_s(1)).await?;
    ensure(other.is_suspended(&reader).await?, "cut off on every node")?;
    ensure(!other.is_suspended(&bystander).await?, "nobody else is")?;
    other.lift_suspension(&reader).await?;
    ensure(!one.is_suspended(&reader).await?, "let in again")
}

fn account(id: &str, member: Option<&str>, login: &str) -> Result<AccountRow, Broken> {
    Ok(AccountRow {
        id: ReaderId::parse(id)?,
        member: member.map(MemberId::parse).transpose()?,
        login: login.to_owned(),
        login_key: login.to_owned(),
        password: Some("$argon2id$".to_owned()),
        must_change: true,
        role: None,
        profile: Profile { name: Some("读者甲".to_owned()), ..Profile::default() },
        class: Some(Class::parse("B")?),
        category: Some("社会读者".to_owned()),
        standing: Standing::Pending,
        valid_until: Some(noon()),
        affiliation: vec!["member".to_owned()],
        created: noon(),
    })
}
