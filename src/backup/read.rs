//! Reading a backup: nothing of it is believed before its hash fits.

use super::{BackupError, FORM, LINE, MARK, Manifest, PURPOSE, file_fault, hex};
use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metadata::MasterKey;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A backup whose head is whole.
pub(crate) struct Opened {
    path: PathBuf,
    manifest: Manifest,
    hash: Vec<u8>,
    seal: Vec<u8>,
    rest: BufReader<File>,
}

impl Opened {
    /// Reads the head.
    ///
    /// # Errors
    /// [`BackupError`] says what the file is instead.
    pub(crate) fn open(path: &Path) -> Result<Self, BackupError> {
        let damaged = |what: &str| BackupError::Damaged(path.to_owned(), what.to_owned());
        let file = File::open(path).map_err(file_fault(path))?;
        let mut rest = BufReader::new(file);
        let first = line(&mut rest, path)?;
        let form = first
            .strip_prefix(MARK.as_bytes())
            .and_then(|form| std::str::from_utf8(form.trim_ascii_end()).ok())
            .ok_or_else(|| BackupError::Foreign(path.to_owned()))?;
        if form != FORM {
            return Err(BackupError::Newer(path.to_owned(), form.escape_debug().to_string()));
        }
        let second = line(&mut rest, path)?;
        let third = line(&mut rest, path)?;
        let hash = digest(&SHA256, &[first.as_slice(), &second].concat()).as_ref().to_vec();
        let seal = std::str::from_utf8(&third)
            .ok()
            .and_then(|text| text.strip_suffix('\n')?.split_once(' '))
            .filter(|(said, _)| *said == hex(&hash))
            .and_then(|(_, seal)| URL_SAFE_NO_PAD.decode(seal).ok())
            .ok_or_else(|| damaged("its head does not fit its hash"))?;
        let manifest = serde_json::from_slice(&second)
            .map_err(|_| damaged("its second line cannot be read"))?;
        Ok(Self { path: path.to_owned(), manifest, hash, seal, rest })
    }

    /// What it is of.
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the holder of this master key wrote it: what is sealed in it opens then, too.
    ///
    /// # Errors
    /// [`BackupError::WrongKey`] and [`BackupError::Forged`].
    pub(crate) fn sealed_by(&self, master: &MasterKey) -> Result<(), BackupError> {
        let said = master
            .open(PURPOSE, &self.seal)
            .map_err(|_| BackupError::WrongKey(self.path.clone()))?;
        // Not a secret: whoever reads the file can compute it.
        if said.as_slice() == self.hash {
            Ok(())
        } else {
            Err(BackupError::Forged(self.path.clone()))
        }
    }

    /// Writes the database; on the disk when this returns.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] where it is shorter, longer or another than the head says.
    pub(crate) fn unpack(mut self, (file, path): (&mut File, &Path)) -> Result<(), BackupError> {
        let mut context = Context::new(&SHA256);
        let mut buffer = vec![0; 65_536];
        let mut bytes = 0;
        // One octet more than there should be tells of all that follow.
        let mut rest = self.rest.by_ref().take(self.manifest.bytes.saturating_add(1));
        loop {
            let read = rest.read(&mut buffer).map_err(file_fault(&self.path))?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
            context.update(part);
            bytes += part.len() as u64;
            file.write_all(part).map_err(file_fault(path))?;
        }
        let damaged = |what: String| BackupError::Damaged(self.path.clone(), what);
        if bytes != self.manifest.bytes {
            let than = if bytes < self.manifest.bytes { "less" } else { "more" };
            return Err(damaged(format!(
                "holds {than} than the {} octets it says",
                self.manifest.bytes
            )));
        }
        if hex(context.finish().as_ref()) != self.manifest.sha256 {
            return Err(damaged("its content does not fit its hash".to_owned()));
        }
        file.sync_all().map_err(file_fault(path))
    }
}

/// A line with its end, of bounded length.
fn line(file: &mut BufReader<File>, path: &Path) -> Result<Vec<u8>, BackupError> {
    let mut line = Vec::new();
    file.by_ref().take(LINE).read_until(b'\n', &mut line).map_err(file_fault(path))?;
    Ok(line)
}
