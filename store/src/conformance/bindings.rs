use super::{Broken, ensure, noon};
use crate::{BindingRow, Durable};
use model::ReaderId;

fn row(generation: u32, bound: &[u8], refused: Option<&[u8]>) -> BindingRow {
    BindingRow { generation, bound: bound.to_vec(), refused: refused.map(<[u8]>::to_vec) }
}

pub(super) async fn the_first_stands_until_it_is_moved(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let key = ReaderId::parse("bound")?;
    ensure(one.find_binding(&key).await?.is_none(), "none at first")?;
    ensure(one.bind(&key, b"a", noon()).await? == row(0, b"a", None), "bound")?;
    ensure(other.bind(&key, b"b", noon()).await? == row(0, b"a", None), "the first stands")?;
    ensure(other.find_binding(&key).await? == Some(row(0, b"a", None)), "and is found")?;
    ensure(one.move_binding(&key, b"a", b"c", noon()).await?, "moved")?;
    ensure(!other.move_binding(&key, b"a", b"d", noon()).await?, "once")?;
    ensure(other.find_binding(&key).await? == Some(row(0, b"c", None)), "to what was said")
}

pub(super) async fn who_was_refused_is_settled_once(
    one: &Durable,
    other: &Durable,
) -> Result<(), Broken> {
    let key = ReaderId::parse("refused")?;
    one.note_refused(&key, b"x").await?;
    ensure(one.find_binding(&key).await?.is_none(), "nothing to refuse by")?;
    one.bind(&key, b"a", noon()).await?;
    ensure(!one.settle_binding(&key, b"b", true, noon()).await?, "nobody was refused")?;
    one.note_refused(&key, b"b").await?;
    other.note_refused(&key, b"c").await?;
    ensure(!one.settle_binding(&key, b"b", true, noon()).await?, "another was since")?;
    ensure(one.settle_binding(&key, b"c", true, noon()).await?, "settled")?;
    ensure(!other.settle_binding(&key, b"c", true, noon()).await?, "once")?;
    ensure(other.find_binding(&key).await? == Some(row(1, b"c", None)), "as the next person")?;
    other.note_refused(&key, b"d").await?;
    ensure(other.settle_binding(&key, b"d", false, noon()).await?, "or as the same")?;
    ensure(one.find_binding(&key).await? == Some(row(1, b"d", None)), "of one generation")
}
