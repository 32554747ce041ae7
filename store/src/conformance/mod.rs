//! What every backend must do, as one suite.
//!
//! Each function takes the same store opened twice, as two processes or two
//! machines would, and uses both. The store must be fresh. All times are made up.

mod accounts;
mod audit;
mod bindings;
mod counters;
mod factors;
mod one_use;
mod origin;
mod parked;
mod passkeys;
mod registry;
mod sessions;
mod trace;
mod troubles;

#[cfg(test)]
pub(crate) use sessions::session;

use crate::{Durable, Shared, StoreError};
use model::Timestamp;
use std::fmt;

/// A promise that a backend does not keep.
#[derive(Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl From<StoreError> for Broken {
    fn from(fault: StoreError) -> Self {
        Self(format!("the store failed: {fault}"))
    }
}

impl From<tokio::task::JoinError> for Broken {
    fn from(fault: tokio::task::JoinError) -> Self {
        Self(format!("a caller ended early: {fault}"))
    }
}

impl From<model::IdFault> for Broken {
    fn from(fault: model::IdFault) -> Self {
        Self(format!("the suite names something badly: {fault}"))
    }
}

/// The contract of the shared store.
pub async fn shared(one: &Shared, other: &Shared) -> Result<(), Broken> {
    one_use::first_wins(one, other).await?;
    one_use::ends_by_the_time_passed_in(one, other).await?;
    one_use::spaces_are_apart(one).await?;
    one_use::one_of_many_wins(one, other).await?;
    one_use::all_or_none(one, other).await?;
    one_use::one_of_many_wins_all(one, other).await?;
    parked::put_peek_take(one, other).await?;
    parked::ends_by_the_time_passed_in(one, other).await?;
    parked::replaced_and_forgotten(one, other).await?;
    parked::one_of_many_takes(one, other).await?;
    counters::window_is_fixed(one, other).await?;
    counters::names_are_apart_and_cleared(one).await?;
    counters::none_is_lost(one, other).await?;
    sessions::kept_whole(one, other).await?;
    sessions::end_by_age_and_idleness(one, other).await?;
    sessions::touch_lengthens_and_never_revives(one, other).await?;
    sessions::services_are_kept_and_replaced(one, other).await?;
    sessions::an_answer_is_noted_whole(one, other).await?;
    sessions::end_tells_all_once(one, other).await?;
    sessions::one_of_many_ends(one, other).await?;
    sessions::found_by_index(one, other).await?;
    sessions::end_of_reader_spares_others(one, other).await?;
    trace::kept_and_replaced(one, other).await?;
    trace::ring_is_bounded(one).await?;
    troubles::told_by_three_networks(one, other).await?;
    troubles::forgotten_by_the_time_passed_in(one, other).await?;
    troubles::no_network_is_lost(one, other).await
}

/// The contract of the durable store.
pub async fn durable(one: &Durable, other: &Durable) -> Result<(), Broken> {
    origin::the_first_stands_until_it_is_replaced(one, other).await?;
    registry::versions_count_up(one, other).await?;
    registry::one_of_many_swaps(one, other).await?;
    registry::keys_of_a_generation_are_made_once(one, other).await?;
    registry::keys_come_into_use_and_are_given_up(one, other).await?;
    registry::one_of_two_that_give_each_other_up_is_left(one, other).await?;
    accounts::kept_whole(one, other).await?;
    accounts::login_is_unique_in_its_member(one, other).await?;
    accounts::password_is_compared_and_set(one, other).await?;
    accounts::listed_in_pages(one).await?;
    accounts::suspended_and_lifted(one, other).await?;
    factors::enrolled_once_and_forgotten(one, other).await?;
    factors::a_recovery_code_is_used_by_one(one, other).await?;
    bindings::the_first_stands_until_it_is_moved(one, other).await?;
    bindings::who_was_refused_is_settled_once(one, other).await?;
    passkeys::a_credential_belongs_to_one_account(one, other).await?;
    passkeys::a_counter_grows_and_is_used_by_one(one, other).await?;
    passkeys::the_last_one_takes_its_recovery_codes_along(one, other).await?;
    audit::chains_of_two_writers_are_whole(one, other).await?;
    audit::erasure_breaks_nothing(one).await
}

fn ensure(holds: bool, promise: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken(promise.to_owned())) }
}

/// Noon of the suite; no test looks at a real clock.
fn noon() -> Timestamp {
    Timestamp::from_unix_s(1_900_000_000)
}
