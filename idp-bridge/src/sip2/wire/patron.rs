//! The fourteen flags of a patron's standing.

use serde::Deserialize;

/// What a flag says when it is set; their order is that of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flag {
    /// No loans.
    ChargeDenied,
    /// No renewals.
    RenewalDenied,
    /// No recalls.
    RecallDenied,
    /// No holds.
    HoldDenied,
    /// The card was reported lost.
    CardLost,
    /// Too much on loan.
    TooManyCharged,
    /// Too much overdue.
    TooManyOverdue,
    /// Renewed too often.
    TooManyRenewals,
    /// Claimed too often that something was returned.
    TooManyClaims,
    /// Lost too much.
    TooManyLost,
    /// Fines above the limit.
    ExcessiveFines,
    /// Fees above the limit.
    ExcessiveFees,
    /// A recall is overdue.
    RecallOverdue,
    /// Billed for too much.
    TooManyBilled,
}

impl Flag {
    /// All, in the order of the wire.
    pub(crate) const ALL: [Self; 14] = [
        Self::ChargeDenied,
        Self::RenewalDenied,
        Self::RecallDenied,
        Self::HoldDenied,
        Self::CardLost,
        Self::TooManyCharged,
        Self::TooManyOverdue,
        Self::TooManyRenewals,
        Self::TooManyClaims,
        Self::TooManyLost,
        Self::ExcessiveFines,
        Self::ExcessiveFees,
        Self::RecallOverdue,
        Self::TooManyBilled,
    ];

    /// As settings and mappings write it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ChargeDenied => "charge_denied",
            Self::RenewalDenied => "renewal_denied",
            Self::RecallDenied => "recall_denied",
            Self::HoldDenied => "hold_denied",
            Self::CardLost => "card_lost",
            Self::TooManyCharged => "too_many_charged",
            Self::TooManyOverdue => "too_many_overdue",
            Self::TooManyRenewals => "too_many_renewals",
            Self::TooManyClaims => "too_many_claims",
            Self::TooManyLost => "too_many_lost",
            Self::ExcessiveFines => "excessive_fines",
            Self::ExcessiveFees => "excessive_fees",
            Self::RecallOverdue => "recall_overdue",
            Self::TooManyBilled => "too_many_billed",
        }
    }

    /// Those that close nothing where the member's settings say nothing: they speak of
    /// renewals, recalls, holds and claims, not of the person's standing.
    pub(crate) const HARMLESS: [Self; 5] = [
        Self::RenewalDenied,
        Self::RecallDenied,
        Self::HoldDenied,
        Self::TooManyRenewals,
        Self::TooManyClaims,
    ];
}

/// The flags of one patron.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PatronStatus(Vec<Flag>);

impl PatronStatus {
    /// Reads fourteen characters: a blank, N or 0 is fine, Y or 1 is set, anything else is no flag.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut set = Vec::new();
        let mut characters = text.chars();
        for flag in Flag::ALL {
            match characters.next()? {
                'Y' | 'y' | '1' => set.push(flag),
                ' ' | 'N' | 'n' | '0' => {}
                _ => return None,
            }
        }
        characters.next().is_none().then_some(Self(set))
    }

    /// Those that are set.
    pub(crate) fn set(&self) -> &[Flag] {
        &self.0
    }
}
