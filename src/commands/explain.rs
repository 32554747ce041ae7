//! `readerpass explain --service ID --member ID --class A`
//!
//! What policy would say of a reader who need not exist. The answer is never
//! one that a service could be given: no session, no proof of a login.

mod sample;
mod say;

use super::print::Printer;
use super::snapshot::{member, service, snapshot};
use super::{CommandError, Ended};
use crate::cli::{Cli, ExplainArgs};
use crate::outside::moment_now;
use model::Class;
use policy::{Context, Facts, Outcome};
use sample::Sample;
use say::Asked;

pub(super) async fn run(
    cli: &Cli,
    args: &ExplainArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let snapshot = snapshot(cli, args.registry.as_deref()).await?;
    let member = member(&snapshot, &args.member)?;
    let service = service(&snapshot, &args.service)?;
    let class = Class::parse(&args.class).map_err(|e| CommandError::Usage(e.to_string()))?;
    let now = moment_now().now;
    let sample = Sample::of(args, member, class, now)?;
    let Some(shown) = sample.reader.memberships.first() else {
        return Err(CommandError::Failed("no membership".to_owned()));
    };
    let context =
        Context { now, auth_time: now.plus_s(-sample.login_age_s), shared_computer: false };
    let facts = Facts::of(snapshot.policy(), &sample.weighed, member, service, &context);
    let verdict = snapshot.policy().weigh(&facts);
    let outcome = policy::fill(&verdict, &sample.reader, shown, member, service);
    let allowed = matches!(outcome, Outcome::Release(_));
    let asked = Asked { snapshot: &snapshot, member, service, sample: &sample };
    say::say(&asked, &verdict, &outcome, print);
    Ok(if allowed { Ended::Good } else { Ended::NotGood })
}
