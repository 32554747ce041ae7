use super::*;
use crate::outside::{moment_now, system_entropy};
use metadata::MasterKey;
use std::fs;

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("readerpass-backup-{}", system_entropy().short_token());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn key(&self, name: &str) -> MasterKey {
        MasterKey::load_or_create(&self.at(name), &system_entropy()).expect("a key")
    }

    /// A backup of `content`.
    fn backup(&self, content: &[u8]) -> Vec<u8> {
        fs::write(self.at("snapshot"), content).expect("a file");
        let draft = Draft::beside(&self.at("backup"), &system_entropy());
        let mut file = draft.create().expect("a draft");
        let of = (&mut file, draft.path());
        write(&self.at("snapshot"), of, "https://hub.test", &self.key("key"), &moment_now())
            .expect("writes");
        fs::read(draft.path()).expect("a backup")
    }

    /// What comes of a file of these octets.
    fn restored(&self, octets: &[u8]) -> Result<Vec<u8>, BackupError> {
        fs::write(self.at("given"), octets).expect("a file");
        let opened = Opened::open(&self.at("given"))?;
        opened.sealed_by(&self.key("key"))?;
        let draft = Draft::beside(&self.at("x"), &system_entropy());
        let mut file = draft.create()?;
        opened.unpack((&mut file, draft.path()))?;
        Ok(fs::read(draft.path()).expect("a file"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_written_is_read_back() {
    let scratch = Scratch::new();
    for content in [vec![], b"a".to_vec(), vec![7; 200_000]] {
        let backup = scratch.backup(&content);
        assert_eq!(scratch.restored(&backup).expect("restores"), content);
    }
}

#[test]
fn no_octet_may_change_be_missing_or_be_added() {
    let scratch = Scratch::new();
    let whole = scratch.backup(b"the durable store");
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert!(scratch.restored(&changed).is_err(), "octet {place} was changed");
        assert!(scratch.restored(&whole[..place]).is_err(), "cut at {place}");
    }
    assert!(scratch.restored(&[&whole[..], b"\n"].concat()).is_err(), "one octet more");
}

/// Who has no key yet is told of damage, and which.
#[test]
fn damage_is_told_as_what_it_is() {
    let scratch = Scratch::new();
    let whole = scratch.backup(b"the durable store");
    let text = String::from_utf8_lossy(&whole).replace("hub.test", "hub.tesd");
    fs::write(scratch.at("head"), text).expect("a file");
    let head = Opened::open(&scratch.at("head")).err().expect("refused").to_string();
    assert!(head.contains("its head does not fit its hash"), "{head}");
    let mut changed = whole.clone();
    *changed.last_mut().expect("content") ^= 1;
    for (octets, what) in [
        (&whole[..whole.len() - 1], "holds less than the 17 octets"),
        (&[&whole[..], b"!"].concat(), "holds more than the 17 octets"),
        (&changed, "its content does not fit its hash"),
    ] {
        let said = scratch.restored(octets).unwrap_err().to_string();
        assert!(said.contains(what), "{said}");
    }
}

/// Whoever can write to the place of the backups can compute hashes, but has no key.
#[test]
fn a_backup_with_good_hashes_and_no_seal_of_ours_is_refused() {
    let scratch = Scratch::new();
    let (ours, theirs) = (Scratch::new(), scratch.backup(b"theirs"));
    fs::copy(scratch.at("key"), ours.at("other")).expect("a key");
    let stranger = ours.restored(&theirs);
    assert!(matches!(stranger, Err(BackupError::WrongKey(_))), "{stranger:?}");

    // A seal of ours, of another backup, under a head that fits the content.
    let whole = ours.backup(b"ours");
    let lines = |octets: &[u8]| {
        let text = String::from_utf8(octets.to_vec()).expect("text");
        text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>()
    };
    let (good, bad) = (lines(&whole), lines(&theirs));
    let seal = good[2].split_once(' ').expect("a seal").1;
    let hash = bad[2].split_once(' ').expect("a hash").0;
    let forged = format!("{}{}{hash} {seal}{}", bad[0], bad[1], bad[3]);
    let refused = ours.restored(forged.as_bytes());
    assert!(matches!(refused, Err(BackupError::Forged(_))), "{refused:?}");
}

#[test]
fn other_files_and_later_forms_are_named() {
    let scratch = Scratch::new();
    let head = b"SQLite format 3\0".to_vec();
    for octets in [vec![], head, vec![b'\n'; 20_000], vec![b'x'; 20_000]] {
        assert!(matches!(scratch.restored(&octets), Err(BackupError::Foreign(_))));
    }
    let later = scratch.restored(b"readerpass backup 2\n{}\n");
    assert!(matches!(later, Err(BackupError::Newer(_, form)) if form == "2"));
}

#[test]
fn a_file_is_placed_whole_for_its_owner_and_over_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let target = scratch.at("target");
    for is_first in [true, false] {
        let draft = Draft::beside(&target, &system_entropy());
        draft.create().expect("a draft");
        let placed = place(&draft, &target);
        assert_eq!(placed.is_ok(), is_first, "{placed:?}");
        assert!(has_room(&target).is_err());
    }
    let mode = fs::metadata(&target).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(&scratch.0).expect("a folder").count(), 1, "a draft stays");
}
