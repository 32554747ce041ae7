//! Whom the hub asks before it believes a SAML answer, where the build has it.

use crate::config::Config;
use saml::SecondOpinion;
use std::sync::Arc;

/// Whether this program was built with it.
pub(crate) const IS_BUILT_IN: bool = cfg!(feature = "second-opinion");

/// The one that the configuration names.
#[cfg(feature = "second-opinion")]
pub(crate) fn of(config: &Config) -> Option<Arc<dyn SecondOpinion>> {
    let named = config.second_opinion.as_ref()?;
    Some(Arc::new(second_opinion::Asking::new(second_opinion::Settings {
        program: named.program.clone(),
        time_limit: named.time_limit,
    })))
}

/// None: a configuration that names one is refused.
#[cfg(not(feature = "second-opinion"))]
pub(crate) fn of(_: &Config) -> Option<Arc<dyn SecondOpinion>> {
    None
}

/// Says at start what would else be found by the first reader, and goes on: readers of other
/// connectors log in, those of SAML are refused until it can be asked.
pub(crate) async fn prepare(second: Option<&Arc<dyn SecondOpinion>>) {
    match second {
        None if IS_BUILT_IN => {
            tracing::warn!(
                "built with the second opinion, and it is not asked: [second_opinion] names no program"
            );
        }
        None => {}
        Some(second) => match second.prepare().await {
            Ok(()) => tracing::info!("every SAML answer needs a second opinion"),
            Err(why) => tracing::error!(
                ?why,
                "no second opinion is to be had: SAML answers are refused until it can be asked"
            ),
        },
    }
}
