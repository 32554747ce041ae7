//! How a member's server stands, and what its settings should be.

use super::link::{Link, LinkFault};
use super::settings::Settings;
use super::wire::{Checksum, Reply, WireFault};
use crate::Probe;
use metadata::{TcpDialer, TcpError};
use model::Timestamp;
use std::time::Duration;
use tokio::time::timeout;

/// One attempt: connection, login, status.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Logs the terminal in and asks for the status, under other sums too where its own does not fit.
pub(super) async fn probe(settings: &Settings, dialer: TcpDialer, now: Timestamp) -> Probe {
    match attempt(settings, dialer, now).await {
        Ok(link) => Probe { is_ready: true, findings: findings(settings, &link) },
        Err(LinkFault::Wire(WireFault::Checksum)) => {
            Probe { is_ready: false, findings: vec![sums(settings, dialer, now).await] }
        }
        Err(fault) => Probe { is_ready: false, findings: vec![remedy(&fault)] },
    }
}

async fn attempt(
    settings: &Settings,
    dialer: TcpDialer,
    now: Timestamp,
) -> Result<Link, LinkFault> {
    let opened = timeout(ATTEMPT, Link::open(dialer, settings, now)).await;
    opened.unwrap_or_else(|_| Err(LinkFault::Broken("no answer in time".to_owned())))
}

/// Which sum the server uses, by trying the others.
async fn sums(settings: &Settings, dialer: TcpDialer, now: Timestamp) -> String {
    for (mode, name) in [(Checksum::Spec, "spec"), (Checksum::Dp2, "dp2")] {
        let other = Settings { checksum: mode, ..settings.clone() };
        if mode != settings.checksum && attempt(&other, dialer, now).await.is_ok() {
            return format!(
                "the server sums its messages in another way: write checksum = \"{name}\""
            );
        }
    }
    "the server's checksums fit no known way: ask its maker, or write checksum = \"ignore\""
        .to_owned()
}

fn findings(settings: &Settings, link: &Link) -> Vec<String> {
    let mut findings = Vec::new();
    let status = link.status();
    match status.and_then(Reply::knows_patron_information) {
        Some(false) => findings.push(
            "the server says that it knows no patron information (63): patrons are asked for by 23, \
             which holds no expiry and no class"
                .to_owned(),
        ),
        None if status.is_some() => findings.push(
            "the server does not say what it supports (BX): patrons are asked for by 63; where it \
             refuses that, write ask = \"status\""
                .to_owned(),
        ),
        _ => {}
    }
    let is_garbled = |(_, value): (&str, &str)| value.contains(char::REPLACEMENT_CHARACTER);
    if status.is_some_and(|status| status.fields.iter().any(is_garbled)) {
        findings.push(format!(
            "the status holds characters that are not {:?}: try charset = \"gbk\", or ask its maker",
            settings.charset
        ));
    }
    if settings.trust.is_none() && settings.network.is_none() {
        findings.push(
            "the connection is not encrypted: put TLS before the server (stunnel)".to_owned(),
        );
    }
    findings
}

fn remedy(fault: &LinkFault) -> String {
    let remedy = match fault {
        LinkFault::Dial(TcpError::Refused { .. }) => {
            "name the private network that the machine lies in, as in network = \"10.1.0.0/16\""
        }
        LinkFault::Dial(TcpError::Tls(_)) => {
            "check that the server speaks TLS, its certificate, and the authority in `ca`"
        }
        LinkFault::Dial(_) => {
            "check host and port, and that the library's firewall lets the hub in"
        }
        LinkFault::NotLetIn => "ask the library for the terminal's user and password",
        LinkFault::Broken(_) => {
            "where the server wants the terminal's login first, add user and password_file; where it \
             dislikes the status, write status = \"never\""
        }
        LinkFault::Sequence => "remove sequence = \"strict\"",
        LinkFault::Wire(WireFault::UnknownMessage) => {
            "check the port: what answers there is no SIP2 server"
        }
        _ => "ask the maker of the library's system",
    };
    format!("{fault}: {remedy}")
}
