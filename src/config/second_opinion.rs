//! `[second_opinion]`: on where it stands there.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Shorter, and a busy machine refuses readers; longer, and they have gone.
const LIMITS_MS: std::ops::RangeInclusive<u64> = 100..=10_000;

/// Who reads SAML answers a second time.
#[derive(Debug, Clone)]
pub struct SecondOpinion {
    /// The program `readerpass-second-opinion`.
    pub program: PathBuf,
    /// How long an answer waits for it before it is refused.
    pub time_limit: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    program: PathBuf,
    #[serde(default = "default_time_limit_ms")]
    time_limit_ms: u64,
}

const fn default_time_limit_ms() -> u64 {
    2_000
}

impl Raw {
    /// Checked; `is_built_in` where this program can ask it. A build that cannot must not
    /// start and seem to.
    pub(super) fn checked(
        self,
        folder: &Path,
        is_built_in: bool,
    ) -> Result<SecondOpinion, (&'static str, String)> {
        if !is_built_in {
            let why = "this program is built without it — run one that is built with \
                       `--features second-opinion`, or remove the table";
            return Err(("second_opinion", why.to_owned()));
        }
        if !LIMITS_MS.contains(&self.time_limit_ms) {
            let why = format!(
                "{} is outside {} to {} — name another: \"time_limit_ms = 2000\"",
                self.time_limit_ms,
                LIMITS_MS.start(),
                LIMITS_MS.end()
            );
            return Err(("second_opinion.time_limit_ms", why));
        }
        Ok(SecondOpinion {
            program: folder.join(self.program),
            time_limit: Duration::from_millis(self.time_limit_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_built_in: bool) -> Result<SecondOpinion, (&'static str, String)> {
        toml::from_str::<Raw>(text).expect("reads").checked(Path::new("/etc/rp"), is_built_in)
    }

    #[test]
    fn the_program_is_found_from_the_files_folder_and_waited_for_two_seconds() {
        let named = read("program = \"second\"", true).expect("checked");
        assert_eq!(named.program, Path::new("/etc/rp/second"));
        assert_eq!(named.time_limit, Duration::from_secs(2));
    }

    #[test]
    fn a_build_without_it_does_not_seem_to_have_it() {
        let (key, why) = read("program = \"second\"", false).unwrap_err();
        assert!(key == "second_opinion" && why.contains("--features second-opinion"), "{why}");
    }

    #[test]
    fn a_time_limit_that_refuses_everybody_or_nobody_is_none() {
        for limit in [0, 99, 10_001] {
            let text = format!("program = \"x\"\ntime_limit_ms = {limit}");
            assert_eq!(read(&text, true).unwrap_err().0, "second_opinion.time_limit_ms");
        }
    }
}
