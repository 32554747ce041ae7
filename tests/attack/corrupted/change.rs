//! What is done to one part of a request.

use super::parts::{Part, encoded, message, pairs, pairs_mut, place_of};
use super::xml::nodes;
use crate::harness::outgoing::Outgoing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Removed,
    Emptied,
    Doubled,
    /// Comes twice, the second time as in another login.
    Beside,
    Cut,
    Bent,
    /// As in another reader's login at the same member, not sent yet.
    OtherLogin,
    /// As in a login at another member, not sent yet.
    OtherMember,
    /// As in an earlier login of the same reader, which has ended.
    Earlier,
    /// The whole request, sent twice.
    Twice,
    /// The whole request, eleven minutes later.
    Late,
    /// The whole request, cookies and all, as in an earlier login of the same reader.
    Replayed,
}

impl Kind {
    pub const OF_REQUESTS: [Self; 3] = [Self::Twice, Self::Late, Self::Replayed];
    pub const OF_PARTS: [Self; 9] = [
        Self::Removed,
        Self::Emptied,
        Self::Doubled,
        Self::Beside,
        Self::Cut,
        Self::Bent,
        Self::OtherLogin,
        Self::OtherMember,
        Self::Earlier,
    ];

    /// Whether it takes something from another login.
    pub fn borrows(self) -> bool {
        matches!(
            self,
            Self::Beside | Self::OtherLogin | Self::OtherMember | Self::Earlier | Self::Replayed
        )
    }

    /// The values that stand in the place of one.
    fn values(self, value: &str, other: Option<&str>) -> Option<Vec<String>> {
        let (own, other) = (value.to_owned(), other.map(str::to_owned));
        Some(match self {
            Self::Removed => Vec::new(),
            Self::Emptied => vec![String::new()],
            Self::Doubled => vec![own.clone(), own],
            Self::Beside => vec![own, other?],
            Self::Cut => vec![value.chars().take(value.chars().count() / 2).collect()],
            Self::Bent => vec![bent(value)],
            Self::OtherLogin | Self::OtherMember | Self::Earlier => vec![other?],
            Self::Twice | Self::Late | Self::Replayed => return None,
        })
    }
}

/// One bit of the character in the middle.
fn bent(value: &str) -> String {
    let middle = value.chars().count() / 2;
    let flip = |c: char| u8::try_from(c).map_or('x', |byte| char::from(byte ^ 1));
    value.chars().enumerate().map(|(n, c)| if n == middle { flip(c) } else { c }).collect()
}

/// Changes a part of `request`, with what `other` has in its place; `false` where that
/// changes nothing.
pub fn apply(kind: Kind, part: &Part, request: &mut Outgoing, other: Option<&Outgoing>) -> bool {
    let before = request.clone();
    let done = match part {
        Part::Pair(place, name) => {
            let theirs = other.map(|other| pairs(other, *place));
            let theirs = theirs.and_then(|t| Some(t[place_of(t, name)?].1.as_str()));
            let Some(at) = place_of(pairs(request, *place), name) else { return false };
            let (own, value) = pairs(request, *place)[at].clone();
            kind.values(&value, theirs).map(|values| {
                let named = values.into_iter().map(|value| (own.clone(), value));
                drop(pairs_mut(request, *place).splice(at..=at, named));
            })
        }
        Part::All(place) => {
            let own = pairs(request, *place).clone();
            let theirs = other.map(|other| pairs(other, *place).clone());
            let all = match kind {
                Kind::Removed => Some(Vec::new()),
                Kind::Doubled => Some([own.clone(), own].concat()),
                Kind::Beside => theirs.map(|theirs| [own, theirs].concat()),
                Kind::OtherLogin | Kind::OtherMember | Kind::Earlier => theirs,
                _ => None,
            };
            all.map(|all| *pairs_mut(request, *place) = all)
        }
        Part::Xml(place, field, path) => {
            let Some(xml) = message(request, *place, field) else { return false };
            let theirs = other.and_then(|other| message(other, *place, field));
            changed(kind, &xml, theirs.as_deref(), path).map(|xml| {
                let pairs = pairs_mut(request, *place);
                for (_, value) in pairs.iter_mut().filter(|(name, _)| name == field) {
                    *value = encoded(*place, &xml);
                }
            })
        }
    };
    done.is_some() && *request != before
}

fn changed(kind: Kind, xml: &str, other: Option<&str>, path: &str) -> Option<String> {
    let node = nodes(xml).into_iter().find(|node| node.path == path)?;
    let theirs = other.and_then(|other| {
        let theirs = nodes(other).into_iter().find(|node| node.path == path)?;
        Some((other[theirs.whole].to_owned(), other[theirs.value].to_owned()))
    });
    let whole = &xml[node.whole.clone()];
    // An element or attribute comes, goes and is swapped as a whole; its value is bent.
    let (range, with) = match kind {
        Kind::Removed | Kind::Doubled | Kind::Beside => {
            let values = kind.values(whole, theirs.as_ref().map(|(whole, _)| whole.as_str()))?;
            (node.whole, values.concat())
        }
        _ => {
            let value = &xml[node.value.clone()];
            let values = kind.values(value, theirs.as_ref().map(|(_, value)| value.as_str()))?;
            (node.value, values.concat())
        }
    };
    let changed = format!("{}{with}{}", &xml[..range.start], &xml[range.end..]);
    (changed != xml).then_some(changed)
}
