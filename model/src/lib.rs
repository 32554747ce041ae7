//! The words of readerpass as plain types, without I/O.
//!
//! Every room speaks in these types. A change here rebuilds everything, so
//! the crate is kept small: a type lives here only when two rooms that may
//! not see each other both need it.

mod codes;
mod http;
mod ids;
mod login_code;
mod mapping;
mod member;
mod names;
mod network;
mod next;
mod params;
mod reader;
mod refusal;
mod request;
mod service;
mod time;
mod trace;

pub use codes::{ALL_CODES, Blame, Code, CodeInfo, Meaning, NextStep, code};
pub use http::{Answer, Cookie, Inbound, Method, SameSite};
pub use ids::{
    Class, ConnectorId, EntitlementId, Handle, IdFault, MemberId, ReaderId, ServiceId, Sid,
};
pub use login_code::LoginCode;
pub use mapping::{AttributeMap, OneOrMany, Rule, Source, Sources};
pub use member::{
    ConnectorEntry, Contact, HUB_MEMBER, Member, MemberStatus, MetadataRef, STAFF_CONNECTOR,
};
pub use names::{AttributeName, LangTag, Text, Value, ValueName};
pub use network::Network;
pub use next::{
    ConfirmKind, Field, FieldKind, FieldLabel, Form, FormKind, LogoutLine, LogoutState, Next,
    PageModel,
};
pub use params::{ParamFault, Params, encode_component};
pub use reader::{Evidence, LocalKey, Membership, Profile, Reader, Standing};
pub use refusal::{Detail, Refusal};
pub use request::{LoginRequest, Prompt, ReplyTo};
pub use service::{
    CasClient, EntitlementDef, ForwardAuthSite, IdpChoice, OidcClient, SamlSp, Service,
    ServiceStatus, SignatureHash, TokenAuth,
};
pub use time::{Clock, Entropy, Moment, Random, Timestamp};
pub use trace::{Step, StepKind, TraceRecord};
