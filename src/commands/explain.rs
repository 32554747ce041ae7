//! `readerpass explain --service ID --member ID --class A`
//!
//! What policy would say of a reader who need not exist. The answer is never
//! one that a service could be given: no session, no proof of a login.

mod sample;
mod say;

use super::nearest::nearest;
use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::{Cli, ExplainArgs};
use crate::outside::moment_now;
use metadata::{Bundle, PublicUrl, Snapshot};
use model::{Class, Member, Service, ServiceId};
use policy::{Context, Facts, Outcome};
use sample::Sample;
use say::Asked;
use std::sync::Arc;

pub(super) async fn run(
    cli: &Cli,
    args: &ExplainArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let snapshot = snapshot(cli, args).await?;
    let (member, service) = named(&snapshot, args)?;
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

async fn snapshot(cli: &Cli, args: &ExplainArgs) -> Result<Arc<Snapshot>, CommandError> {
    let Some(dir) = &args.registry else {
        return Ok(existing_installation(cli).await?.registry.current());
    };
    let faults = |faults: Vec<metadata::Fault>| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        CommandError::Failed(lines.join("\n"))
    };
    let bundle = Bundle::read(dir, moment_now().now).map_err(faults)?;
    let public_url =
        PublicUrl::parse("https://hub.invalid").map_err(|e| CommandError::Failed(e.to_string()))?;
    Ok(Arc::new(Snapshot::from_bundle(&bundle, 0, &public_url).map_err(faults)?))
}

fn named<'s>(
    snapshot: &'s Snapshot,
    args: &ExplainArgs,
) -> Result<(&'s Member, &'s Service), CommandError> {
    let member = snapshot.member_by_code(&args.member).ok_or_else(|| {
        let known = snapshot.members().map(|m| m.id.as_str());
        let near = nearest(&args.member, known);
        CommandError::Failed(format!("no member `{}`: {near}", args.member))
    })?;
    let service = ServiceId::parse(&args.service)
        .ok()
        .and_then(|id| snapshot.service(&id))
        .ok_or_else(|| {
            let known = snapshot.services().map(|s| s.id.as_str());
            let near = nearest(&args.service, known);
            CommandError::Failed(format!("no service `{}`: {near}", args.service))
        })?;
    Ok((member, service))
}
