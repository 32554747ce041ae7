//! What a server says.

use super::checksum::trailer;
use super::fields::Fields;
use super::{Charset, Checksum, PatronStatus, WireFault};

/// The messages that a server sends to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageId {
    /// 24, answers 23.
    PatronStatus,
    /// 36, answers 35.
    EndSession,
    /// 64, answers 63.
    PatronInformation,
    /// 94, answers 93.
    Login,
    /// 96: send your last message again.
    Resend,
    /// 98, answers 99; some servers send it unasked.
    AcsStatus,
}

impl MessageId {
    const ALL: [Self; 6] = [
        Self::PatronStatus,
        Self::EndSession,
        Self::PatronInformation,
        Self::Login,
        Self::Resend,
        Self::AcsStatus,
    ];

    pub(crate) const fn digits(self) -> &'static str {
        match self {
            Self::PatronStatus => "24",
            Self::EndSession => "36",
            Self::PatronInformation => "64",
            Self::Login => "94",
            Self::Resend => "96",
            Self::AcsStatus => "98",
        }
    }

    /// Characters of the part of fixed length, after the two digits.
    const fn fixed(self) -> usize {
        match self {
            Self::PatronStatus => 14 + 3 + 18,
            Self::EndSession => 1 + 18,
            Self::PatronInformation => 14 + 3 + 18 + 6 * 4,
            Self::Login => 1,
            Self::Resend => 0,
            Self::AcsStatus => 6 + 3 + 3 + 18 + 4,
        }
    }
}

/// One message of a server, summed and split.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Which.
    pub(crate) id: MessageId,
    /// The digit after `AY`.
    pub(crate) sequence: Option<u8>,
    /// The part of fixed length.
    fixed: String,
    /// The others.
    pub(crate) fields: Fields,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("id", &self.id)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// Reads a frame; a checksum that is there must fit.
    pub(crate) fn read(frame: &[u8], charset: Charset, mode: Checksum) -> Result<Self, WireFault> {
        let trailer = trailer(frame);
        if !trailer.fits(mode, frame, charset) {
            return Err(WireFault::Checksum);
        }
        let text = charset.decode(frame.get(..trailer.body).unwrap_or_default());
        let (digits, rest) = text.split_at_checked(2).ok_or(WireFault::UnknownMessage)?;
        let id = MessageId::ALL.into_iter().find(|id| id.digits() == digits);
        let id = id.ok_or(WireFault::UnknownMessage)?;
        let broken = || WireFault::FixedPart(id.digits());
        let (fixed, variable) = rest.split_at_checked(id.fixed()).ok_or_else(broken)?;
        if !fixed.is_ascii() {
            return Err(broken());
        }
        let fields = Fields::read(variable).ok_or_else(broken)?;
        Ok(Self { id, sequence: trailer.sequence, fixed: fixed.to_owned(), fields })
    }

    /// 94: whether the terminal may go on. Anything but `1` is no.
    pub(crate) fn is_terminal_let_in(&self) -> bool {
        self.id == MessageId::Login && self.fixed == "1"
    }

    /// 98: whether the system is on line; `None` for another message.
    pub(crate) fn is_online(&self) -> Option<bool> {
        (self.id == MessageId::AcsStatus).then(|| self.fixed.starts_with(['Y', 'y', '1']))
    }

    /// 98: whether patron information is supported, where it says so (the eighth flag of BX).
    pub(crate) fn knows_patron_information(&self) -> Option<bool> {
        let flags = self.fields.all("BX").next()?;
        flags.chars().nth(7).map(|flag| flag == 'Y')
    }

    /// 24 and 64: the flags of the patron.
    pub(crate) fn patron_status(&self) -> Result<PatronStatus, WireFault> {
        let is_patron = matches!(self.id, MessageId::PatronStatus | MessageId::PatronInformation);
        let flags = self.fixed.get(..14).filter(|_| is_patron).and_then(PatronStatus::read);
        flags.ok_or(WireFault::FixedPart(self.id.digits()))
    }
}
