//! Which new passwords are too easy to guess.
//!
//! A password is cut into the fewest pieces that a guesser tries whole: common
//! words and passwords, runs of the alphabet or the keyboard, repetitions,
//! years. Every other character is a piece of its own. Few pieces are weak,
//! however many characters they have.

use crate::password::{MOST_BYTES, Password};
use model::{Code, code};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Fewest characters of a new password.
const FEWEST_CHARACTERS: usize = 10;
/// Fewest pieces of a new password.
const FEWEST_PIECES: usize = 6;
/// Digits alone up to this length are a telephone, card or identity number.
const NUMBER: usize = 20;
/// What is known of the person counts from this length.
const TELLING: usize = 4;
/// Shortest run that a guesser tries whole.
const RUN: usize = 3;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_words.txt").split_whitespace().collect());
static LONGEST_COMMON: LazyLock<usize> =
    LazyLock::new(|| COMMON.iter().map(|w| w.len()).max().unwrap_or(0));

/// Lines along which fingers run; each is tried in both directions.
const LINES: [&str; 17] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiop",
    "azertyuiop",
    "!@#$%^&*()_+",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
];

/// Accepts a new password, or says why not; `personal` is what anyone may know of the person.
pub(crate) fn check_new(password: &Password, personal: &[&str]) -> Result<(), Code> {
    let text = password.as_str();
    if text.len() > MOST_BYTES {
        return Err(code::ACC_PASSWORD_LONG);
    }
    if text.chars().count() < FEWEST_CHARACTERS {
        return Err(code::ACC_PASSWORD_SHORT);
    }
    let plain = plain(text);
    let is_number = plain.len() <= NUMBER && plain.iter().all(char::is_ascii_digit);
    if is_number || names_the_person(&plain, personal) || pieces(&plain) < FEWEST_PIECES {
        return Err(code::ACC_PASSWORD_WEAK);
    }
    Ok(())
}

/// Without regard to case and width. Room is made first: growth would leave copies behind.
fn plain(text: &str) -> Zeroizing<Vec<char>> {
    let folded = || text.nfkc().flat_map(char::to_lowercase);
    let mut plain = Zeroizing::new(Vec::with_capacity(folded().count()));
    plain.extend(folded());
    plain
}

fn names_the_person(password: &[char], personal: &[&str]) -> bool {
    personal.iter().map(|known| plain(known)).filter(|known| known.len() >= TELLING).any(|known| {
        let backwards: Vec<char> = known.iter().rev().copied().collect();
        password.windows(known.len()).any(|part| part == known.as_slice() || part == backwards)
    })
}

/// The fewest pieces that make up the text.
fn pieces(plain: &[char]) -> usize {
    let period = period(plain);
    let once = plain.get(..period).unwrap_or(plain);
    let repeats = usize::from(period < plain.len());
    let unmasked: Zeroizing<Vec<char>> = Zeroizing::new(once.iter().copied().map(unmask).collect());
    fewest(once, &unmasked) + repeats
}

/// Length of the shortest prefix whose repetition is the whole.
fn period(plain: &[char]) -> usize {
    (1..plain.len())
        .find(|p| plain.iter().skip(*p).zip(plain).all(|(later, first)| later == first))
        .unwrap_or(plain.len())
}

fn fewest(once: &[char], unmasked: &[char]) -> usize {
    let longest = (*LONGEST_COMMON).max(16);
    let mut best = vec![0_usize];
    for end in 1..=once.len() {
        let mut least = best.last().copied().unwrap_or(0) + 1;
        for start in end.saturating_sub(longest)..end.saturating_sub(RUN - 1) {
            let before = best.get(start).copied().unwrap_or(0);
            let (Some(piece), Some(bare)) = (once.get(start..end), unmasked.get(start..end)) else {
                continue;
            };
            if before + 1 < least && is_one_guess(piece, bare) {
                least = before + 1;
            }
        }
        best.push(least);
    }
    best.last().copied().unwrap_or(0)
}

fn is_one_guess(piece: &[char], unmasked: &[char]) -> bool {
    let text = joined(piece.iter());
    let bare = joined(unmasked.iter());
    let is_common = COMMON.contains(text.as_str()) || COMMON.contains(bare.as_str());
    is_common || is_run(piece, &text) || is_date(piece)
}

fn is_run(piece: &[char], text: &str) -> bool {
    let is_same = piece.windows(2).all(|pair| pair.first() == pair.last());
    let backwards = joined(piece.iter().rev());
    is_same || LINES.iter().any(|line| line.contains(text) || line.contains(backwards.as_str()))
}

fn joined<'a>(piece: impl ExactSizeIterator<Item = &'a char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(piece.len() * 4));
    text.extend(piece);
    text
}

/// A year, or a day as eight digits: 1987, 19870604.
fn is_date(piece: &[char]) -> bool {
    let digits: Option<Vec<u32>> = piece.iter().map(|c| c.to_digit(10)).collect();
    match digits.as_deref() {
        Some([1, 9, ..] | [2, 0, ..]) => matches!(piece.len(), 4 | 6 | 8),
        _ => false,
    }
}

/// The letter behind a customary mask: `p@ssw0rd` is `password`.
fn unmask(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), Code> {
        check_new(&Password::typed(text).expect("in bounds"), &["reader-7", "甲"])
    }

    #[test]
    fn what_a_guesser_tries_first_is_weak() {
        for weak in [
            "password123!",
            "P@ssw0rd2024",
            "aaaaaaaaaaaa",
            "1234567890",
            "0987654321abc",
            "qwertyuiop",
            "1qaz2wsx3edc",
            "!QAZ2wsx#edc",
            "abcabcabcabc",
            "13912345678",
            "110101199003077578",
            "woaini1314520",
            "iloveyou5201314",
            "zxcvbnm,./",
            "qwer1234asdf",
            "abababababab",
            "19870604abcd",
            "letmeinletmein",
            "ｐａｓｓｗｏｒｄ１２３",
            "nanjinglibrary",
            "a1b2c3d4e5",
            "Passw0rd!Passw0rd!",
            "          ",
            "readerpass2026",
        ] {
            assert_eq!(check(weak), Err(code::ACC_PASSWORD_WEAK), "{weak}");
        }
    }

    #[test]
    fn what_is_known_of_the_person_is_weak() {
        for weak in ["my Reader-7 pass phrase", "xk7-redaer-q9vw2", "ＲＥＡＤＥＲ－７xq9vw2"]
        {
            assert_eq!(check(weak), Err(code::ACC_PASSWORD_WEAK), "{weak}");
        }
    }

    #[test]
    fn short_is_told_apart_from_weak() {
        assert_eq!(check("x7#Qm2!vK"), Err(code::ACC_PASSWORD_SHORT));
        assert_eq!(check("春眠不觉晓处处闻啼"), Err(code::ACC_PASSWORD_SHORT));
    }

    #[test]
    fn good_ones_pass_in_any_script() {
        for good in [
            "x7#Qm2!vKp",
            "tall green window",
            "春眠不觉晓处处闻啼鸟",
            "correct horse battery",
            "hk3v-qz9p-x2mw-t7cr-nb4d",
            "library door 31 rain",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_it_is_compared_in_and_without_doubles() {
        let words: Vec<_> = include_str!("common_words.txt").split_whitespace().collect();
        assert_eq!(words.len(), COMMON.len());
        assert!(words.iter().all(|w| w.len() >= RUN && *w == w.to_lowercase() && w.is_ascii()));
    }

    #[test]
    fn the_longest_password_is_weighed_quickly() {
        let long: String = (0..MOST_BYTES)
            .map(|i| char::from(b'a' + u8::try_from(i * 7 % 26).expect("small")))
            .collect();
        assert_eq!(check(&long), Ok(()));
    }
}
