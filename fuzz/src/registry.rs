//! The files of a registry folder, through the same door as `check` and `apply`.
//!
//! An input is one text: `=== members/nju.toml` begins a file. Names are those of the list,
//! so that nothing is written beside the folder.

use crate::fixtures::NOW;
use metadata::{Bundle, PublicUrl, Snapshot};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

const FILES: &[&str] = &[
    "consortium.toml",
    "attributes.toml",
    "roles.toml",
    "members/nju.toml",
    "members/union.toml",
    "members/nju-idp.xml",
    "services/ill.toml",
    "services/ill.jwks.json",
    "services/ill.secret",
    "services/journals.toml",
    "services/journals-sp.xml",
    "policy/matrix.toml",
    "policy/rules.cedar",
];

/// The folder with what lies in it, written again only where it changed.
struct Lying {
    folder: PathBuf,
    files: BTreeMap<&'static str, Vec<u8>>,
}

static LYING: LazyLock<Mutex<Lying>> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("readerpass-fuzz-{}", std::process::id()));
    for part in ["members", "services", "policy"] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    Mutex::new(Lying { folder, files: BTreeMap::new() })
});

/// One input.
pub fn run(data: &[u8]) {
    let mut lying = LYING.lock().expect("one thread");
    lying.lay(&files(data));
    let bundle = match Bundle::read(&lying.folder, NOW) {
        Ok(bundle) => bundle,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a word");
            for fault in &faults {
                assert!(!fault.what.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
            }
            return;
        }
    };
    let hub = PublicUrl::parse("https://hub.test").expect("an origin");
    let served = Snapshot::from_bundle(&bundle, 1, &hub);
    assert!(served.is_ok(), "`check` took what cannot be served: {served:?}");
}

fn files(data: &[u8]) -> BTreeMap<&'static str, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open: Option<&'static str> = None;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"=== ") {
            let name = name.trim_ascii();
            open = FILES.iter().copied().find(|known| known.as_bytes() == name);
        } else if let Some(name) = open {
            files.entry(name).or_insert_with(Vec::new).extend_from_slice(line);
        }
    }
    files
}

impl Lying {
    fn lay(&mut self, wanted: &BTreeMap<&'static str, Vec<u8>>) {
        for name in FILES {
            let path = self.folder.join(name);
            match (wanted.get(name), self.files.get(name)) {
                (Some(new), old) if old != Some(new) => {
                    fs::write(path, new).expect("a file");
                    self.files.insert(name, new.clone());
                }
                (None, Some(_)) => {
                    fs::remove_file(path).expect("a file");
                    self.files.remove(name);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_good_folder() {
        for (name, seed) in crate::seeds("registry") {
            run(&seed);
            let read = Bundle::read(&LYING.lock().expect("one thread").folder, NOW);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
}
