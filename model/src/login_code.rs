//! The code that every login carries and a reader can say over the phone.

use crate::{Entropy, IdFault};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 31 characters, a prime: no 0/O, no 1/I/L.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const CHARACTERS: usize = 8;

/// A login code: 7 random characters and a check character, shown `K7F2-9QXD`.
///
/// The check (weighted sum modulo 31) finds every single wrong character and
/// every swap of two neighbours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginCode([u8; CHARACTERS]);

impl LoginCode {
    /// Draws a new code: 31^7 possibilities, about 35 bits.
    pub fn draw(entropy: &Entropy) -> Self {
        let mut code = [0; CHARACTERS];
        let mut filled = 0;
        while filled < CHARACTERS - 1 {
            // 248 = 8 × 31: rejecting the rest keeps every character equally likely.
            for byte in entropy.bytes::<16>() {
                let symbol = ALPHABET.get(usize::from(byte % 31)).copied();
                if filled < CHARACTERS - 1
                    && let (true, Some(slot), Some(symbol)) =
                        (byte < 248, code.get_mut(filled), symbol)
                {
                    *slot = symbol;
                    filled += 1;
                }
            }
        }
        if let Some(last) = code.last_mut() {
            *last = b'2';
        }
        let check = check_character(code);
        if let Some(last) = code.last_mut() {
            *last = check;
        }
        Self(code)
    }

    /// Parses a code as a person types it: any case, with or without the dash.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let fault =
            |rule| IdFault { text: text.chars().take(20).collect(), kind: "login code", rule };
        let plain: Vec<u8> = text
            .bytes()
            .filter(|b| !matches!(b, b'-' | b' '))
            .map(|b| b.to_ascii_uppercase())
            .collect();
        let code: [u8; CHARACTERS] =
            plain.try_into().map_err(|_| fault("8 characters, as in K7F2-9QXD"))?;
        if !code.iter().all(|b| ALPHABET.contains(b)) {
            return Err(fault("letters and digits without 0, O, 1, I and L"));
        }
        if code.last().copied() != Some(check_character(code)) {
            return Err(fault("its last character does not fit the others: one is mistyped"));
        }
        Ok(Self(code))
    }
}

/// The check character over the first seven.
fn check_character(code: [u8; CHARACTERS]) -> u8 {
    let sum: usize = code
        .iter()
        .take(CHARACTERS - 1)
        .enumerate()
        .map(|(place, symbol)| {
            let value = ALPHABET.iter().position(|a| a == symbol).unwrap_or(0);
            (place + 1) * value
        })
        .sum();
    ALPHABET.get(sum % ALPHABET.len()).copied().unwrap_or(b'2')
}

impl fmt::Display for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, symbol) in self.0.iter().enumerate() {
            if place == CHARACTERS / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*symbol))?;
        }
        Ok(())
    }
}

impl fmt::Debug for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginCode({self})")
    }
}

impl TryFrom<String> for LoginCode {
    type Error = IdFault;
    fn try_from(text: String) -> Result<Self, IdFault> {
        Self::parse(&text)
    }
}

impl From<LoginCode> for String {
    fn from(code: LoginCode) -> String {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::counting_entropy;

    #[test]
    fn a_drawn_code_parses_and_every_single_slip_is_found() {
        let code = LoginCode::draw(&counting_entropy());
        let text = code.to_string();
        assert_eq!(LoginCode::parse(&text.to_lowercase()), Ok(code));
        for place in 0..CHARACTERS {
            for symbol in ALPHABET {
                let mut other = code.0;
                if other[place] == *symbol {
                    continue;
                }
                other[place] = *symbol;
                let typed = String::from_utf8(other.to_vec()).expect("ASCII");
                assert!(LoginCode::parse(&typed).is_err(), "{typed} for {text}");
            }
        }
    }

    #[test]
    fn neighbours_swapped_are_found() {
        let code = LoginCode::draw(&counting_entropy());
        for place in 0..CHARACTERS - 2 {
            let mut other = code.0;
            other.swap(place, place + 1);
            if other != code.0 {
                let typed = String::from_utf8(other.to_vec()).expect("ASCII");
                assert!(LoginCode::parse(&typed).is_err(), "{typed}");
            }
        }
    }
}
