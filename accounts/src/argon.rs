//! argon2id in memory that is kept: what one hash costs, and how two are compared.

use crate::password::Password;
use argon2::password_hash::{Output, ParamsString, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Memory of one hash in KiB: 19 MiB.
///
/// With two passes and one lane one of the equally strong settings of the OWASP
/// password storage sheet: the 64 MiB of RFC 9106 section 4 would let a few
/// logins at once fill a small hub. Whoever steals the table pays two passes
/// over 19 MiB for each guess, and needs the pepper besides. Changing a number
/// here renews every hash at its reader's next login.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Stored parameters above this are damage, not cost: they would stop the hub.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
/// Stored passes above this likewise.
const MOST_PASSES: u32 = 16;
/// Blocks that are kept: those of a hash of today's cost.
const KEPT_BLOCKS: usize = MEMORY_KIB as usize;
/// Blocks of a lane that argon2 makes of the password directly.
const SEED_BLOCKS: usize = 2;

/// A stored hash or a parameter that cannot be worked with.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(String);

/// What a comparison found.
pub(crate) enum Compared {
    /// It is the password; `stale` where the stored cost is no longer ours.
    Equal { stale: bool },
    /// It is not, or there is none to compare with.
    Wrong,
}

/// The working memory of one hash at a time, kept for the next.
///
/// Given back and taken anew each time, 19 MiB a hash stay with the allocator in
/// as many arenas as threads ever hashed. Empty until it is first used.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl Memory {
    /// Runs argon2 over the kept blocks. A stored hash that once cost more than
    /// ours takes the difference for this one time.
    fn run(
        &mut self,
        argon: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), Unusable> {
        let needed = argon.params().block_count();
        if self.0.len() < needed.max(KEPT_BLOCKS) {
            self.0.resize(needed.max(KEPT_BLOCKS), Block::new());
        }
        let hashed = argon.hash_password_into_with_memory(password, salt, out, &mut self.0);
        // The second pass overwrites every block with what costs a whole hash to
        // guess at. After a single pass, which an old hash may have, these two
        // would still be a fast hash of the password.
        self.0.iter_mut().take(SEED_BLOCKS).for_each(|block| *block = Block::new());
        if needed > KEPT_BLOCKS {
            self.0.truncate(KEPT_BLOCKS);
            self.0.shrink_to_fit();
        }
        hashed.map_err(unusable)
    }

    /// Where it lies and how many blocks it has.
    #[cfg(test)]
    pub(crate) fn extent(&self) -> (usize, usize) {
        (self.0.as_ptr().addr(), self.0.capacity())
    }
}

/// The PHC string of a new password under today's cost.
pub(crate) fn hash(
    pepper: &[u8],
    password: &Password,
    salt: &[u8],
    memory: &mut Memory,
) -> Result<String, Unusable> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(unusable)?;
    let written = ParamsString::try_from(&params).map_err(unusable)?;
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let argon = Argon2::new_with_secret(pepper, algorithm, version, params).map_err(unusable)?;
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    memory.run(&argon, password.as_bytes(), salt, &mut out)?;
    let salt = SaltString::encode_b64(salt).map_err(unusable)?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: written,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(&out).map_err(unusable)?),
    };
    Ok(hash.to_string())
}

/// Compares in constant time; without a stored hash it takes as long and says `Wrong`.
///
/// Algorithm, version and cost are those of the stored hash, so that a reader with
/// an old one still logs in.
pub(crate) fn compare(
    pepper: &[u8],
    password: &Password,
    stored: Option<&str>,
    memory: &mut Memory,
) -> Result<Compared, Unusable> {
    let nobody = nobody();
    let hash = PasswordHash::new(stored.unwrap_or(&nobody)).map_err(unusable)?;
    let params = Params::try_from(&hash).map_err(unusable)?;
    if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES || params.p_cost() > LANES
    {
        return Err(unusable("stored cost beyond reason"));
    }
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(unusable("stored hash without salt or value"));
    };
    let stale = hash.algorithm != Algorithm::Argon2id.ident()
        || (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES);
    let algorithm = Algorithm::try_from(hash.algorithm).map_err(unusable)?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
    let version = version.map_err(unusable)?;
    let argon = Argon2::new_with_secret(pepper, algorithm, version, params).map_err(unusable)?;
    let mut salt_buffer = [0; argon2::password_hash::Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut salt_buffer).map_err(unusable)?;
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..expected.len()).ok_or_else(|| unusable("stored hash too long"))?;
    memory.run(&argon, password.as_bytes(), salt, out)?;
    // `Output` compares in constant time.
    let is_equal = Output::new(out).map_err(unusable)? == expected;
    Ok(if is_equal && stored.is_some() { Compared::Equal { stale } } else { Compared::Wrong })
}

/// What a login that does not exist is compared with: costs the same, matches never.
fn nobody() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

fn unusable(fault: impl std::fmt::Display) -> Unusable {
    Unusable(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher as _;

    const PEPPER: [u8; 32] = [7; 32];

    fn password(text: &str) -> Password {
        Password::typed(text).expect("a password")
    }

    /// What the library itself writes, in memory of its own.
    fn by_library(algorithm: Algorithm, version: Version, cost: (u32, u32)) -> String {
        let params = Params::new(cost.0, cost.1, 1, None).expect("params");
        let salt = SaltString::encode_b64(&[9; 16]).expect("salt");
        let argon = Argon2::new_with_secret(&PEPPER, algorithm, version, params).expect("argon");
        argon.hash_password("tall green window".as_bytes(), &salt).expect("hashes").to_string()
    }

    fn is_equal(text: &str, stored: &str, memory: &mut Memory) -> bool {
        let compared = compare(&PEPPER, &password(text), Some(stored), memory).expect("compares");
        matches!(compared, Compared::Equal { .. })
    }

    #[test]
    fn what_an_earlier_hash_left_in_the_memory_changes_nothing() {
        let mut memory = Memory::default();
        hash(&PEPPER, &password("something else"), &[1; 16], &mut memory).expect("hashes");
        let ours = hash(&PEPPER, &password("tall green window"), &[9; 16], &mut memory);
        let theirs = by_library(Algorithm::Argon2id, Version::V0x13, (MEMORY_KIB, PASSES));
        assert_eq!(ours.expect("hashes"), theirs);
        assert!(is_equal("tall green window", &theirs, &mut memory));
        assert!(!is_equal("tall green windoW", &theirs, &mut memory));
    }

    #[test]
    fn a_hash_of_another_kind_version_and_cost_is_compared_as_it_was_made() {
        let mut memory = Memory::default();
        for (algorithm, version, cost) in [
            (Algorithm::Argon2id, Version::V0x13, (8 * 1024, 1)),
            (Algorithm::Argon2id, Version::V0x10, (8 * 1024, 3)),
            (Algorithm::Argon2i, Version::V0x13, (8 * 1024, 2)),
            (Algorithm::Argon2d, Version::V0x13, (64 * 1024, 1)),
        ] {
            let stored = by_library(algorithm, version, cost);
            assert!(is_equal("tall green window", &stored, &mut memory), "{stored}");
            assert!(!is_equal("tall green door", &stored, &mut memory), "{stored}");
        }
    }

    #[test]
    fn the_memory_keeps_todays_size_whatever_a_stored_hash_costs() {
        let mut memory = Memory::default();
        assert_eq!(memory.extent().1, 0, "nothing before the first hash");
        for cost in [8 * 1024, 64 * 1024, MEMORY_KIB] {
            let stored = by_library(Algorithm::Argon2id, Version::V0x13, (cost, 1));
            assert!(is_equal("tall green window", &stored, &mut memory));
            assert_eq!(memory.extent().1, KEPT_BLOCKS, "after {cost} KiB");
        }
    }

    #[test]
    fn the_first_blocks_of_a_single_pass_do_not_stay() {
        let mut memory = Memory::default();
        let stored = by_library(Algorithm::Argon2id, Version::V0x13, (8 * 1024, 1));
        assert!(is_equal("tall green window", &stored, &mut memory));
        let first = memory.0.iter().take(SEED_BLOCKS).flat_map(AsRef::as_ref);
        assert!(first.into_iter().all(|word| *word == 0));
        let last = memory.0.iter().take(8 * 1024).next_back().expect("a block");
        assert!(last.as_ref().iter().any(|word| *word != 0), "it was hashed in this memory");
    }

    #[test]
    fn a_login_without_password_matches_nothing_and_costs_as_much() {
        let hash = nobody();
        let params = Params::try_from(&PasswordHash::new(&hash).expect("parses")).expect("params");
        let cost = (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(cost, (MEMORY_KIB, PASSES, LANES));
        let mut memory = Memory::default();
        let compared = compare(&PEPPER, &password("anything at all"), None, &mut memory);
        assert!(matches!(compared, Ok(Compared::Wrong)));
        assert_eq!(memory.extent().1, KEPT_BLOCKS, "it was hashed");
    }

    #[test]
    fn damage_is_told_from_a_wrong_password_and_cannot_eat_the_memory() {
        let huge = nobody().replace("m=19456", "m=4000000");
        let (bare, _) =
            nobody().rsplit_once('$').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("$");
        for bad in ["", "plain text", huge.as_str(), bare.as_str()] {
            let mut memory = Memory::default();
            let compared = compare(&PEPPER, &password("tall green window"), Some(bad), &mut memory);
            assert!(compared.is_err(), "{bad}");
            assert_eq!(memory.extent().1, 0, "{bad}");
        }
    }
}
