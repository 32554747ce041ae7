//! A Chinese text, prepared character by character.

use super::readings;
use pinyin::ToPinyin as _;

/// The usual end of a library's name, which a reader rarely types.
const LIBRARY: &str = "图书馆";

const ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// One character that can be matched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// The character, folded.
    pub(super) character: char,
    /// Its reading here, `v` for ü; empty where it has none.
    pub(super) reading: &'static str,
    /// A second reading that people type, or empty.
    pub(super) other: &'static str,
    /// Which character of the shown text it is.
    pub(super) at: u16,
}

/// A prepared text.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) units: Box<[Unit]>,
    /// How many units stand before the final 图书馆.
    pub(super) core: usize,
    /// Latin letters that occur in readings or characters: a query with another letter cannot match.
    letters: u32,
}

impl Unit {
    /// Whether a query that begins with `first` can begin here.
    pub(super) fn may_begin(&self, first: char) -> bool {
        self.character == first || self.reading.starts_with(first) || self.other.starts_with(first)
    }
}

impl Line {
    /// Prepares `text`; a place name is read as the place (重庆 chongqing).
    pub(super) fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let mut units: Vec<Unit> = Vec::with_capacity(characters.len());
        let mut place = 0;
        while let Some(rest) = characters.get(place..).filter(|r| !r.is_empty()) {
            let word = readings::of_word(rest);
            let length = word.map_or(1, <[&str]>::len);
            for (offset, raw) in rest.iter().take(length).enumerate() {
                let set = word.and_then(|w| w.get(offset)).copied();
                let at = u16::try_from(place + offset).unwrap_or(u16::MAX);
                units.extend(fold(*raw).map(|character| unit(character, set, at)));
            }
            place += length;
        }
        let letters = units
            .iter()
            .fold(0, |mask, u| mask | letters_of(u.reading.chars()) | letters_of(u.other.chars()));
        let tail = LIBRARY.chars().count();
        let core = units.len().saturating_sub(if text.ends_with(LIBRARY) { tail } else { 0 });
        Self { core: if core == 0 { units.len() } else { core }, units: units.into(), letters }
    }

    /// Whether a query of these letters may match.
    pub(super) fn may_match(&self, letters: u32) -> bool {
        letters & !self.letters == 0
    }
}

fn unit(character: char, set: Option<&'static str>, at: u16) -> Unit {
    let usual = usual_reading(character);
    let reading = set.unwrap_or(usual);
    let other = match reading {
        "lv" => "lu",
        "nv" => "nu",
        "lve" => "lue",
        "nve" => "nue",
        _ if reading != usual => usual,
        _ => "",
    };
    Unit { character, reading, other, at }
}

fn usual_reading(character: char) -> &'static str {
    if let Some(place) = ALPHANUMERIC.find(character) {
        return ALPHANUMERIC.get(place..=place).unwrap_or_default();
    }
    match character.to_pinyin().map(pinyin::Pinyin::plain).unwrap_or_default() {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        plain => plain,
    }
}

/// The letters of a text as a set of 26 bits; all else is left out.
pub(super) fn letters_of(characters: impl Iterator<Item = char>) -> u32 {
    characters
        .filter_map(|c| u32::from(c).checked_sub(u32::from('a')).filter(|n| *n < 26))
        .fold(0, |mask, n| mask | 1 << n)
}

/// One form for what people type in many: half width, lower case, `v` for ü;
/// `None` for what does not count (spaces, dots, dashes, brackets).
pub(super) fn fold(character: char) -> Option<char> {
    let half = match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        _ => character,
    };
    match half {
        'ü' | 'Ü' => Some('v'),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        c if c.is_ascii() || !c.is_alphanumeric() => None,
        c => Some(c.to_lowercase().next().unwrap_or(c)),
    }
}
