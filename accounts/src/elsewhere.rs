//! Guesses at a secret that a library's own system checks.

use crate::guesses::{Guess, Guesses};
use crate::login_key::LoginKey;
use crate::password::Password;
use crate::{Accounts, Attempt};
use model::{ConnectorId, Moment, Refusal, code};
use std::fmt;

/// A guess that was counted and may be put to the library's system, once.
///
/// It stays counted unless [`CountedGuess::hit`] says that it was right.
pub struct CountedGuess {
    guess: Guess,
    guesses: Guesses,
}

impl Accounts {
    /// Counts a guess before anything leaves for the library's system (rule 2), by login name,
    /// by login in flight and by address: the same counters and limits as for the hub's own
    /// accounts, so that the hub is no way round the library's limit, nor a way to lock its
    /// readers out.
    ///
    /// Refuses as [`Accounts::check_password`] does: `ACC-003` empty, `ACC-001` what can be no
    /// login name or password (that is no guess), `ACC-002` too many.
    pub async fn count_elsewhere(
        &self,
        attempt: &Attempt<'_>,
        connector: &ConnectorId,
        moment: &Moment,
    ) -> Result<CountedGuess, Refusal> {
        if attempt.login.trim().is_empty() || attempt.password.is_empty() {
            return Err(Refusal::new(code::ACC_PASSWORD_EMPTY, "empty login name or password"));
        }
        let (Ok(login), Ok(_)) = (LoginKey::read(attempt.login), Password::typed(attempt.password))
        else {
            return Err(wrong_elsewhere());
        };
        // No login name of the hub's own store has a space.
        let name = format!("{connector} {}", login.as_str());
        let guess = self.guesses.of(attempt.member, &name, attempt.code, attempt.client);
        self.guesses.count(&guess, moment.now).await?;
        Ok(CountedGuess { guess, guesses: self.guesses.clone() })
    }
}

impl CountedGuess {
    /// It was right: the count of that login name begins anew.
    pub async fn hit(self) -> Result<(), Refusal> {
        self.guesses.hit(&self.guess).await
    }

    /// It was wrong: the address pays too. Gives the refusal, the same for an unknown name
    /// and a wrong password.
    pub async fn missed(self, moment: &Moment) -> Refusal {
        match self.guesses.missed(&self.guess, moment.now).await {
            Ok(()) => wrong_elsewhere(),
            Err(refusal) => refusal,
        }
    }
}

impl fmt::Debug for CountedGuess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CountedGuess")
    }
}

fn wrong_elsewhere() -> Refusal {
    Refusal::new(code::ACC_WRONG_PASSWORD, "unknown login name or wrong password, says the library")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOON, Place, member, place};
    use model::{Code, LoginCode, MemberId};
    use std::net::IpAddr;

    async fn count(
        place: &Place,
        member: &MemberId,
        (login, password): (&str, &str),
        client: &str,
    ) -> Result<CountedGuess, Refusal> {
        let client: IpAddr = client.parse().expect("an address");
        let code = LoginCode::draw(&place.entropy);
        let attempt = Attempt { member: Some(member), login, password, client, code };
        let connector = ConnectorId::parse("sip2").expect("an id");
        let moment = Moment { now: NOON, entropy: place.entropy.clone() };
        place.accounts.count_elsewhere(&attempt, &connector, &moment).await
    }

    fn code_of(outcome: Result<CountedGuess, Refusal>) -> Option<Code> {
        outcome.err().map(|refusal| refusal.code())
    }

    #[tokio::test]
    async fn guesses_count_before_they_are_put_and_a_right_one_forgives() {
        let place = place().await;
        let member = member();
        // However it is written, it is one name.
        for login in ["Card-7", "card-7", " ＣＡＲＤ－7 ", "CARD-7"].iter().cycle().take(9) {
            count(&place, &member, (login, "x"), "192.0.2.1").await.expect("counted");
        }
        let tenth = count(&place, &member, ("card-7", "x"), "192.0.2.2").await.expect("counted");
        let over = count(&place, &member, ("card-7", "x"), "192.0.2.3").await;
        assert_eq!(code_of(over), Some(code::ACC_TOO_MANY_GUESSES));
        tenth.hit().await.expect("forgiven");
        assert!(count(&place, &member, ("card-7", "x"), "192.0.2.3").await.is_ok());
    }

    #[tokio::test]
    async fn a_name_there_is_not_the_same_name_here() {
        let place = place().await;
        let (member, other) = (member(), MemberId::parse("pku").expect("an id"));
        for _ in 0..10 {
            count(&place, &member, ("reader-7", "x"), "192.0.2.1").await.expect("counted");
        }
        assert!(count(&place, &other, ("reader-7", "x"), "192.0.2.1").await.is_ok());
        place.create("reader-7", Some(crate::testing::GOOD)).await;
        assert!(place.check("reader-7", crate::testing::GOOD).await.is_ok());
    }

    #[tokio::test]
    async fn what_can_be_no_guess_is_none_and_a_miss_says_nothing_more() {
        let place = place().await;
        let member = member();
        for (login, password, code) in [
            ("", "x", code::ACC_PASSWORD_EMPTY),
            ("7", "", code::ACC_PASSWORD_EMPTY),
            ("a\u{200b}b", "x", code::ACC_WRONG_PASSWORD),
        ] {
            assert_eq!(code_of(count(&place, &member, (login, password), "::1").await), Some(code));
        }
        let moment = Moment { now: NOON, entropy: place.entropy.clone() };
        let guess = count(&place, &member, ("7", "x"), "192.0.2.9").await.expect("counted");
        assert_eq!(guess.missed(&moment).await.code(), code::ACC_WRONG_PASSWORD);
    }
}
