//! The command line of the bench.

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) json: bool,
    /// A budget that is not kept is a failure.
    pub(crate) enforce: bool,
    /// Chooses what is generated.
    pub(crate) seed: u64,
    /// Instead of figures: so many seconds of load.
    pub(crate) soak: Option<u64>,
    /// Figures whose names hold one of them; all where there are none.
    pub(crate) words: Vec<String>,
}

impl Options {
    /// Everything after the program's name.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { seed: 1, ..Self::default() };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--enforce" if cfg!(debug_assertions) && !cfg!(test) => {
                    return Err("a debug build keeps no budget; use `cargo run --release`".into());
                }
                "--enforce" => options.enforce = true,
                "--seed" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    options.seed = number.ok_or("`--seed` needs a number")?;
                }
                "--soak" => {
                    let seconds = arguments.next().and_then(|seconds| seconds.parse().ok());
                    let seconds = seconds.filter(|seconds| (10..=86_400).contains(seconds));
                    let fault = "`--soak` needs seconds, from 10 to 86400";
                    options.soak = Some(seconds.ok_or(fault)?);
                }
                option if option.starts_with('-') => {
                    return Err(format!(
                        "`{option}` is no option; use: bench [--json] [--enforce] [--seed N] [--soak SECONDS | WORD…]"
                    ));
                }
                _ => options.words.push(argument),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_and_words_in_any_order() {
        let words = vec!["start".to_owned(), "login".to_owned()];
        let all = Options { json: true, enforce: true, seed: 42, soak: None, words };
        assert_eq!(parse("start --json --seed 42 login --enforce"), Ok(all));
        assert_eq!(parse("--soak 1800").map(|options| options.soak), Ok(Some(1800)));
        assert_eq!(parse("").map(|options| (options.seed, options.words)), Ok((1, Vec::new())));
    }

    #[test]
    fn anything_else_is_wrong_use() {
        for line in
            ["--fast", "-h", "--seed", "--seed x", "--seed -1", "--seed=3", "--soak", "--soak 1"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
