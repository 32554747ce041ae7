use super::{Broken, ensure, noon};
use crate::{Shared, TRACE_RECORDS};
use model::{Entropy, LoginCode, Random, ServiceId, Step, StepKind, TraceRecord};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Traces beyond the ring's size that may linger.
const SLACK: u32 = 1000;

pub(super) async fn kept_and_replaced(one: &Shared, other: &Shared) -> Result<(), Broken> {
    let codes = codes();
    let mut trace = trace(LoginCode::draw(&codes))?;
    ensure(one.find_trace(trace.code).await?.is_none(), "no trace yet")?;
    one.write_trace(&trace, noon()).await?;
    ensure(other.find_trace(trace.code).await?.as_ref() == Some(&trace), "as it was")?;
    trace.refused = Some("POL-001".to_owned());
    other.write_trace(&trace, noon()).await?;
    ensure(one.find_trace(trace.code).await?.as_ref() == Some(&trace), "the newer stands")
}

pub(super) async fn ring_is_bounded(one: &Shared) -> Result<(), Broken> {
    let codes = codes();
    let all: Vec<LoginCode> = (0..TRACE_RECORDS + SLACK).map(|_| LoginCode::draw(&codes)).collect();
    for some in all.chunks(200) {
        let mut writers = Vec::new();
        for code in some.iter().copied() {
            let store = one.clone();
            let trace = trace(code)?;
            writers.push(tokio::spawn(async move { store.write_trace(&trace, noon()).await }));
        }
        for writer in writers {
            writer.await??;
        }
    }
    let mut gone = 0;
    for code in all.iter().take(200) {
        gone += usize::from(one.find_trace(*code).await?.is_none());
    }
    ensure(gone == 200, &format!("the 200 oldest are forgotten, not {gone}"))?;
    for code in all.iter().rev().take(200) {
        ensure(one.find_trace(*code).await?.is_some(), "the newest are kept")?;
    }
    let edge = all.len() - TRACE_RECORDS as usize;
    for code in all.iter().skip(edge + 200).take(50) {
        ensure(one.find_trace(*code).await?.is_some(), "the ring is as large as promised")?;
    }
    Ok(())
}

pub(super) fn trace(code: LoginCode) -> Result<TraceRecord, Broken> {
    let note = "name, mail".to_owned();
    Ok(TraceRecord {
        code,
        service: Some(ServiceId::parse("ill")?),
        member: None,
        refused: None,
        steps: vec![Step { at: noon(), kind: StepKind::Decided, note }],
    })
}

/// Codes that differ, without chance.
fn codes() -> Entropy {
    struct Spread(AtomicU64);
    impl Random for Spread {
        fn fill(&self, buffer: &mut [u8]) {
            for bytes in buffer.chunks_mut(8) {
                let mut word = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                for (to, from) in bytes.iter_mut().zip((word ^ word >> 31).to_le_bytes()) {
                    *to = from;
                }
            }
        }
    }
    Entropy::new(Arc::new(Spread(AtomicU64::new(1))))
}
