//! `readerpass demo`

use super::{CommandError, Ended};
use crate::cli::DemoArgs;

pub(super) async fn run(args: &DemoArgs) -> Result<Ended, CommandError> {
    Box::pin(crate::demo::run(args.data.as_deref(), args.port)).await?;
    Ok(Ended::Good)
}
