use super::{Broken, ensure};
use crate::Durable;

pub(super) async fn the_first_stands_until_it_is_replaced(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let (first, second) = ("https://a.test", "https://b.test");
    ensure(one.keep_origin(first).await? == first, "the first is kept")?;
    ensure(other.keep_origin(second).await? == first, "another does not take its place")?;
    other.replace_origin(second).await?;
    ensure(one.keep_origin(first).await? == second, "unless it is put there")
}
