//! `/metrics` in the text format of Prometheus. Labels come from lists of ours: nothing of
//! a reader, a member or a request ever becomes one.

use super::{Health, own_ends};
use crate::requests::{BOUNDS_MS, Told};
use metadata::FirstEnds;
use std::fmt::{Display, Write as _};
use std::time::Duration;
use store::{BOUNDS_US, OperationFigures};
use web::Ends;

/// The text, family by family.
#[derive(Default)]
struct Text(String);

impl Text {
    /// Begins a family; its samples follow.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ =
            writeln!(self.0, "# HELP readerpass_{name} {help}\n# TYPE readerpass_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.0, "readerpass_{name}");
        for (place, (label, text)) in labels.iter().enumerate() {
            let open = if place == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{label}=\"{text}\"");
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// One histogram of a family: counts at most so long, and the sum of all.
    fn histogram(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        bounds: &[Duration],
        (at_most, seconds): (&[u64], f64),
    ) {
        let bucket = format!("{name}_bucket");
        let bounds = bounds.iter().map(|bound| bound.as_secs_f64().to_string());
        for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(at_most) {
            let labels = [labels, &[("le", bound.as_str())]].concat();
            self.sample(&bucket, &labels, count);
        }
        self.sample(&format!("{name}_sum"), labels, seconds);
        let all = at_most.last().copied().unwrap_or_default();
        self.sample(&format!("{name}_count"), labels, all);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }
}

impl Health {
    pub(super) async fn figures(&self) -> String {
        let mut text = Text::default();
        self.hub(&mut text);
        self.stores(&mut text).await;
        self.logins(&mut text);
        self.load(&mut text);
        requests(&mut text, &self.running.requests.told());
        self.ends(&mut text).await;
        text.0
    }

    fn hub(&self, text: &mut Text) {
        let snapshot = self.registry.current();
        text.family("build_info", "gauge", "The program.");
        text.sample("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        text.gauge("registry_version", "Version of the applied registry.", snapshot.version());
        text.gauge("members", "Members in the registry.", snapshot.members().count());
        text.gauge("services", "Services in the registry.", snapshot.services().count());
        let heads = self.running.heads_written();
        if let Some(age) = heads.map(|at| self.clock.now().unix_ms() - at.unix_ms()) {
            let help = "Since this node last joined the heads of the audit log.";
            text.gauge("audit_heads_age_seconds", help, seconds(age));
        }
    }

    async fn stores(&self, text: &mut Text) {
        text.family("ready", "gauge", "Whether a part that every login needs is there.");
        for (part, fine) in self.parts().await {
            text.sample("ready", &[("part", part)], u8::from(fine));
        }
        operations(text, &self.operations.told());
    }

    fn logins(&self, text: &mut Text) {
        let ends = self.login.ends();
        let (answered, refused) = ("logins_total", "login_refusals_total");
        text.family(answered, "counter", "Logins that this node answered.");
        for ((protocol, _), count) in ends.iter().filter(|((_, code), _)| code.is_none()) {
            text.sample(answered, &[("protocol", protocol)], count);
        }
        text.family(refused, "counter", "Logins and stray requests that this node refused.");
        for ((protocol, code), count) in &ends {
            if let Some(code) = code {
                text.sample(refused, &[("protocol", protocol), ("code", code)], count);
            }
        }
    }

    fn load(&self, text: &mut Text) {
        let help = "Passwords that wait for their turn to be hashed.";
        text.gauge("password_checks_waiting", help, self.accounts.waiting());
        if let Some((places, _)) = self.running.ear.get() {
            let (taken, most) = places.taken();
            text.gauge("connections", "Connections that are open.", taken);
            text.gauge("connections_limit", "Connections that may be open.", most);
        }
    }

    /// What is forgotten until it fails.
    async fn ends(&self, text: &mut Text) {
        let Ends { tls, saml: own } = own_ends(&self.running, &self.keys);
        let FirstEnds { members, services } = self.first_ends().await;
        let name = "certificate_days_left";
        text.family(name, "gauge", "Days until the first certificate ends.");
        for (of, end) in [("tls", tls), ("saml", own), ("members", members), ("services", services)]
        {
            if let Some(end) = end {
                let left = seconds(end.unix_ms() - self.clock.now().unix_ms()) / 86_400.0;
                text.sample(name, &[("of", of)], format!("{left:.2}"));
            }
        }
    }

    /// Looked for once a registry: it reads all metadata.
    async fn first_ends(&self) -> FirstEnds {
        let snapshot = self.registry.current();
        let version = snapshot.version();
        let mut kept = self.first_ends.lock().await;
        if let Some((of, ends)) = *kept
            && of == version
        {
            return ends;
        }
        let ends = tokio::task::spawn_blocking(move || snapshot.first_ends()).await;
        let ends = ends.unwrap_or_default();
        *kept = Some((version, ends));
        ends
    }
}

fn requests(text: &mut Text, told: &[Told]) {
    let (ended, took) = ("http_requests_total", "http_request_duration_seconds");
    text.family(ended, "counter", "Requests by area and class of status.");
    for area in told {
        for (class, count) in &area.ended {
            text.sample(ended, &[("area", area.area), ("status", class)], count);
        }
    }
    text.family(took, "histogram", "From a request's head to its answer's.");
    for area in told {
        let bounds = BOUNDS_MS.map(Duration::from_millis);
        text.histogram(took, &[("area", area.area)], &bounds, (&area.at_most, area.seconds));
    }
}

fn operations(text: &mut Text, told: &[OperationFigures]) {
    let (failed, took) = ("store_operation_failures_total", "store_operation_duration_seconds");
    let labels = |of: &OperationFigures| [("store", of.store), ("operation", of.operation)];
    text.family(took, "histogram", "What this node's operations of its stores took.");
    for of in told {
        let bounds = BOUNDS_US.map(Duration::from_micros);
        let all = (of.at_most.as_slice(), of.took.as_secs_f64());
        text.histogram(took, &labels(of), &bounds, all);
    }
    text.family(failed, "counter", "Operations that ended with an error of the store.");
    for of in told {
        text.sample(failed, &labels(of), of.failed);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a time of some years, to the millisecond")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
