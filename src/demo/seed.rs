//! The committed sample registry, carried in the program.

macro_rules! sample {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/demo/registry/", $path)))),+]
    };
}

/// Relative path and content of every file of `demo/registry`.
pub(super) const FILES: &[(&str, &str)] = &sample![
    "consortium.toml",
    "members/jinling-idp.xml",
    "members/jinling.toml",
    "members/njau-idp.xml",
    "members/njau.toml",
    "members/nju-idp.xml",
    "members/nju.toml",
    "members/union.toml",
    "policy/matrix.toml",
    "policy/open-to-all.cedar",
    "policy/standing.cedar",
    "services/card.jwks.json",
    "services/card.toml",
    "services/cvrs.jwks.json",
    "services/cvrs.toml",
    "services/ill.jwks.json",
    "services/ill.toml",
    "services/journals-sp.xml",
    "services/journals.toml",
    "services/opac-sp.xml",
    "services/opac.toml",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn list(folder: &Path, base: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                list(&path, base, found);
            } else {
                let relative = path.strip_prefix(base).expect("below");
                found.push(relative.to_str().expect("UTF-8").to_owned());
            }
        }
    }

    #[test]
    fn the_program_carries_every_file_of_the_sample() {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/registry");
        let mut found = Vec::new();
        list(&base, &base, &mut found);
        found.sort();
        let carried: Vec<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(carried, found);
    }
}
