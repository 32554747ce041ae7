//! A corrupted, replayed, swapped or stale value at every step of every flow.
//!
//! A good flow is recorded, request by request. Then each part of each request, and each
//! element, attribute and text of the SAML messages in it, is removed, doubled, emptied, cut,
//! bent by one bit, and swapped with that of another login, of another member's and of an
//! earlier login; each time a fresh browser walks up to that request, sends it so, and goes on
//! as a person and a service would. Where a login comes out, it is the right reader's, and
//! `expected` says why the part did not matter.

mod change;
mod expected;
mod flow;
mod outcome;
mod parts;
mod run;
mod xml;

use flow::FLOWS;
use run::{Corrupted, all_of};

/// As many of each flow as `./test` has time for, drawn alike in every run.
const SAMPLE: usize = 150;

async fn sample(flow: usize) {
    let of = Box::pin(Corrupted::record(FLOWS[flow])).await;
    Box::pin(of.try_some(SAMPLE)).await.assert_safe();
}

#[tokio::test]
async fn a_sample_of_saml_to_oidc_ends_in_no_login_that_is_not_listed() {
    sample(0).await;
}

#[tokio::test]
async fn a_sample_of_saml_to_saml_ends_in_no_login_that_is_not_listed() {
    sample(1).await;
}

#[tokio::test]
async fn a_sample_of_central_to_oidc_ends_in_no_login_that_is_not_listed() {
    sample(2).await;
}

#[tokio::test]
async fn a_sample_of_central_to_saml_ends_in_no_login_that_is_not_listed() {
    sample(3).await;
}

#[test]
#[ignore = "some minutes: ./test long corrupted"]
fn every_corruption_of_every_flow_ends_in_no_login_that_is_not_listed() {
    all_of(&FLOWS);
}
