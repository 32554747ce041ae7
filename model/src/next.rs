//! What happens next: the plain data between the path of a login and the pages.

use crate::{Answer, Code, ConnectorId, Handle, MemberId, ServiceId};
use std::fmt;

/// The next step of the browser, without HTML.
#[derive(Debug, Clone)]
pub enum Next {
    /// Go to this address.
    Redirect(String),
    /// Post these fields there, by script or by the button.
    AutoPost {
        /// Where to.
        action: String,
        /// Hidden fields in order.
        fields: Vec<(String, String)>,
    },
    /// Ask the reader for a secret or a choice.
    Ask(Form),
    /// Show a page.
    Page(PageModel),
    /// A finished answer, passed on untouched.
    Done(Answer),
}

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// Login name and password.
    SignIn,
    /// An issued password is changed before the login goes on.
    ChangePassword,
    /// The code of the second factor.
    SecondFactor,
    /// A second factor is set up: what an app needs, and the first code that it makes.
    EnrolFactor,
    /// A further factor is added, by who has just shown one.
    AddFactor,
    /// Recovery codes, shown once, to be kept.
    KeepRecovery,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Plain text.
    Text,
    /// A secret; never sent back in a page.
    Password,
    /// Nothing to fill in: the page shows the value, and the post does not carry it.
    Shown,
    /// A script of the page fills it in from the value; the post carries what it made.
    Made,
    /// A box to tick, or a button to press instead of the other.
    Choice,
}

/// What a field is called on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldLabel {
    /// Login name, card or student number.
    LoginName,
    /// Password.
    Password,
    /// The password to come.
    NewPassword,
    /// The password to come, again.
    RepeatPassword,
    /// The six digits of an app, or a recovery code.
    OneTimeCode,
    /// The secret of a second factor, base32.
    FactorSecret,
    /// The same as an `otpauth` address, for a picture to scan.
    FactorLink,
    /// A recovery code is typed: there is no app.
    RecoveryTyped,
    /// One recovery code.
    RecoveryCode,
    /// What a browser needs to have a passkey sign (WebAuthn, `get`), as JSON.
    PasskeyGet,
    /// What a browser needs to make a passkey (WebAuthn, `create`), as JSON.
    PasskeyCreate,
    /// What a new passkey is to be called.
    PasskeyName,
    /// Whether a further factor is set up afterwards.
    AddFactor,
    /// Go on without a further factor.
    SkipFactor,
}

/// One field of a form. Debug shows no value: what is shown once may be a secret.
#[derive(Clone)]
pub struct Field {
    /// Name on the wire, e.g. `username`.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What it is called.
    pub label: FieldLabel,
    /// HTML autocomplete token.
    pub autocomplete: &'static str,
    /// What stands in it; always empty for a secret that is typed.
    pub value: String,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A form that one of our own pages shows, posted to our own address.
#[derive(Debug, Clone)]
pub struct Form {
    /// What for.
    pub kind: FormKind,
    /// Path it is posted to, e.g. `/login`.
    pub action: &'static str,
    /// Hidden fields in order; `login` adds the handle.
    pub hidden: Vec<(String, String)>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// The library that asks.
    pub member: Option<MemberId>,
    /// The service it leads to.
    pub service: Option<ServiceId>,
    /// What was wrong with the last attempt.
    pub problem: Option<Code>,
}

/// What a press of a button would confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmKind {
    /// A start from outside wants to replace another person's running session (rule 5).
    ReplaceSession,
    /// A login that started from outside goes on to a service.
    ContinueToService,
    /// A library named a reader, and nothing tells whether it is the one at this browser.
    IsItYou,
    /// The reader asked to log out.
    SignOut,
}

/// How the logout of one service went (rule 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutState {
    /// Ended.
    Ended,
    /// Cannot be told: the reader closes it there.
    CannotBeTold,
}

/// One line of the logout report.
#[derive(Debug, Clone)]
pub struct LogoutLine {
    /// The service.
    pub service: ServiceId,
    /// How it went.
    pub state: LogoutState,
}

/// Pages of the rooms below `web`; `web` adds its own.
#[derive(Debug, Clone)]
pub enum PageModel {
    /// Which library?
    Discovery {
        /// The login in flight.
        handle: Handle,
        /// Where it leads.
        service: ServiceId,
        /// Libraries this browser used, newest first.
        recent: Vec<MemberId>,
    },
    /// By which of the library's ways to log in?
    Ways {
        /// The login in flight.
        handle: Handle,
        /// Where it leads.
        service: ServiceId,
        /// The library.
        member: MemberId,
        /// Its connectors that have a name, in its own order.
        ways: Vec<ConnectorId>,
    },
    /// Press to go on. Posts `hidden` to `action`.
    Confirm {
        /// What is confirmed.
        kind: ConfirmKind,
        /// Path the button posts to.
        action: &'static str,
        /// Hidden fields.
        hidden: Vec<(String, String)>,
        /// The library it concerns.
        member: Option<MemberId>,
        /// The service it leads to.
        service: Option<ServiceId>,
        /// The reader it is about, as the library calls them.
        reader: Option<String>,
    },
    /// Logged out, service by service.
    SignedOut {
        /// What became of each service.
        lines: Vec<LogoutLine>,
        /// The library whose own session may still run.
        member: Option<MemberId>,
        /// Where to go from here, proved.
        back: Option<String>,
    },
}
