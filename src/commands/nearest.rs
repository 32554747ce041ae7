//! What was probably meant by a word that is not known.

/// Words offered at most.
const OFFERED: usize = 5;

/// A remedy: the known words nearest to `word`, else the first of them.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    let word = word.to_lowercase();
    let mut all: Vec<(usize, &str)> =
        known.map(|known| (distance(&word, &known.to_lowercase()), known)).collect();
    if all.is_empty() {
        return "there is none".to_owned();
    }
    all.sort_unstable();
    all.dedup();
    let near = |(steps, known): &&(usize, &str)| {
        *steps <= 2.max(word.chars().count() / 3) || known.to_lowercase().contains(&word)
    };
    let mut offered: Vec<&str> = all.iter().filter(near).map(|(_, known)| *known).collect();
    let asks = if offered.is_empty() {
        offered = all.iter().map(|(_, known)| *known).collect();
        offered.sort_unstable();
        "known are"
    } else {
        "did you mean"
    };
    let more = if offered.len() > OFFERED { ", …" } else { "" };
    offered.truncate(OFFERED);
    let mark = if asks == "known are" { "" } else { "?" };
    format!("{asks} {}{more}{mark}", offered.join(", "))
}

/// Letters to add, take out or change (Levenshtein); words of over 64 letters are far.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len() > 64 || other.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (placed, a) in one.iter().enumerate() {
        let mut diagonal = placed;
        let mut left = placed + 1;
        for (b, above) in other.iter().zip(row.iter_mut().skip(1)) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *above;
            left = changed.min(*above + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = placed + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted() {
        for (one, other, steps) in [
            ("ill", "ill", 0),
            ("lli", "ill", 2),
            ("opc", "opac", 1),
            ("", "ill", 3),
            ("ab", "", 2),
        ] {
            assert_eq!(distance(one, other), steps, "{one} {other}");
        }
    }

    #[test]
    fn the_nearest_are_offered_and_else_what_there_is() {
        let known = || ["journals", "ill", "opac", "card", "cvrs"].into_iter();
        assert_eq!(nearest("jurnals", known()), "did you mean journals?");
        assert_eq!(nearest("OPAC", known()), "did you mean opac?");
        assert_eq!(
            nearest("interlibrary-loan", known()),
            "known are card, cvrs, ill, journals, opac"
        );
        assert_eq!(nearest("x", std::iter::empty()), "there is none");
    }
}
