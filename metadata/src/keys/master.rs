//! The one key that lies outside the store.

use super::KeyError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use model::Entropy;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
/// First byte of everything sealed: AES-256-GCM, a random nonce before the text.
const FORMAT: u8 = 1;
/// Begins the file, so that no other secret is taken for it.
const MARK: &str = "readerpass-master-key-1:";
/// With padding or without: tools differ.
const EITHER: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER);

/// Seals what the store keeps secret, so that a copy of the store alone opens nothing.
///
/// AES-256-GCM; the purpose is authenticated with the text, so nothing sealed
/// for one purpose opens for another. Cheap to clone.
#[derive(Clone)]
pub struct MasterKey {
    key: Arc<LessSafeKey>,
    /// Where it came from, as an operator names it.
    source: Arc<str>,
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

impl MasterKey {
    /// Reads the key file, or makes it with mode 0600 where there is none.
    ///
    /// Of several processes that start at once, all end with the same key. A
    /// file that others may read is refused.
    pub fn load_or_create(path: &Path, entropy: &Entropy) -> Result<Self, KeyError> {
        match File::open(path) {
            Ok(file) => return Self::read(file, path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(unusable(path, &e)),
        }
        create(path, entropy).map_err(|e| unusable(path, &e))?;
        Self::read(File::open(path).map_err(|e| unusable(path, &e))?, path)
    }

    /// Reads a key that does not lie in a file of ours: 32 bytes in base64, or the content of such
    /// a file. `source` names it in errors; the text itself is never shown.
    pub fn parse(text: &str, source: &str) -> Result<Self, KeyError> {
        Self::of_text(text, source).ok_or_else(|| {
            KeyError::master(
                format!("{source} holds no master key"),
                "give it 32 random bytes in base64, as `openssl rand -base64 32` prints them, or the content of the master key file",
            )
        })
    }

    /// Seals `plain` for `purpose`.
    pub fn seal(
        &self,
        purpose: &str,
        plain: &[u8],
        entropy: &Entropy,
    ) -> Result<Vec<u8>, KeyError> {
        let nonce = entropy.bytes::<NONCE_BYTES>();
        let mut text = Zeroizing::new(plain.to_vec());
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut text,
            )
            .map_err(|e| KeyError::broken("sealing failed", e))?;
        Ok([&[FORMAT][..], &nonce, &text, tag.as_ref()].concat())
    }

    /// Opens what was sealed for `purpose` under this key; anything else is an error.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let misfit = || {
            KeyError::master(
                format!("the master key of {} does not open `{purpose}` in the store", self.source),
                "use the master key that belongs to this data, e.g. from its backup; `readerpass keys list` tells what it opens",
            )
        };
        let (nonce, text) = sealed
            .strip_prefix(&[FORMAT])
            .and_then(|rest| rest.split_at_checked(NONCE_BYTES))
            .ok_or_else(misfit)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| misfit())?;
        let mut text = Zeroizing::new(text.to_vec());
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut text)
            .map_err(|_| misfit())?;
        Ok(Zeroizing::new(plain.to_vec()))
    }

    fn of(bytes: &[u8], source: &str) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).ok()?;
        Some(Self { key: Arc::new(LessSafeKey::new(key)), source: source.into() })
    }

    fn read(file: File, path: &Path) -> Result<Self, KeyError> {
        private(&file, path)?;
        let mut text = Zeroizing::new(String::new());
        file.take(1024).read_to_string(&mut text).map_err(|e| unusable(path, &e))?;
        Self::of_text(&text, &path.display().to_string()).ok_or_else(|| {
            KeyError::master(
                format!("{} is not a master key file", path.display()),
                "bring it back from its copy: it holds 32 bytes in base64, with or without `readerpass-master-key-1:` before them; without the right one nothing that is sealed opens",
            )
        })
    }

    /// Every form that a key is kept in: as we write it, and as the Debian package does.
    fn of_text(text: &str, source: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(MARK).unwrap_or(text);
        let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map(Zeroizing::new);
        Self::of(&decoded.ok()?, source)
    }
}

fn unusable(path: &Path, cause: &io::Error) -> KeyError {
    KeyError::master(
        format!("the master key file {} cannot be used: {cause}", path.display()),
        "give this program its folder, or name another file by master_key_file",
    )
}

#[cfg(unix)]
fn private(file: &File, path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|e| unusable(path, &e))?.permissions().mode();
    let for_others = mode & 0o077;
    if for_others == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(KeyError::master(
        format!("others may read the master key file {shown} (mode {:04o})", mode & 0o7777),
        format!("chmod 600 {shown}"),
    ))
}

#[cfg(not(unix))]
fn private(_file: &File, _path: &Path) -> Result<(), KeyError> {
    Ok(())
}

/// Writes a whole key beside the path and links it there, which fails where
/// another process was first: nobody ever reads half a key.
fn create(path: &Path, entropy: &Entropy) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)?;
    let bytes = Zeroizing::new(entropy.bytes::<KEY_BYTES>());
    let text = Zeroizing::new(format!("{MARK}{}\n", URL_SAFE_NO_PAD.encode(bytes.as_slice())));
    let draft = folder.join(format!(".master-{}.tmp", entropy.short_token()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&draft);
    linked?;
    removed?;
    File::open(&folder)?.sync_all()
}
