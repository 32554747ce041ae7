use super::{BOUNDS_US, OperationFigures, figure::Figure, measured};
use crate::scratch::Scratch;
use crate::{StoreConfig, StoreError, conformance};
use model::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock on which every operation takes `step_us`.
fn ticking(step_us: u64) -> impl Fn() -> Duration + Send + Sync {
    let now = AtomicU64::new(0);
    move || Duration::from_micros(now.fetch_add(step_us, Ordering::Relaxed))
}

async fn opened(
    scratch: &Scratch,
    step_us: u64,
) -> (crate::Durable, crate::Shared, super::Operations) {
    let folder = scratch.path().to_owned();
    let config = StoreConfig { data_dir: folder, durable: None, shared: None };
    let (durable, shared) = crate::open(&config).await.unwrap();
    measured(durable, shared, ticking(step_us))
}

fn of<'t>(told: &'t [OperationFigures], operation: &str) -> Option<&'t OperationFigures> {
    told.iter().find(|figures| figures.operation == operation)
}

/// Every method is handed on to its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_measured_store_keeps_the_contract() {
    let scratch = Scratch::new();
    let (one, _, operations) = opened(&scratch, 1).await;
    let (other, _, _) = opened(&scratch, 1).await;
    conformance::durable(&one, &other).await.unwrap();
    let told = operations.told();
    assert!(told.iter().all(|figures| figures.store == "durable"), "{told:?}");
    let (_, one, operations) = opened(&scratch, 1).await;
    let (_, other, _) = opened(&scratch, 1).await;
    conformance::shared(&one, &other).await.unwrap();
    let told = operations.told();
    let mut names: Vec<_> = told.iter().map(|figures| figures.operation).collect();
    assert!(names.contains(&"sessions.find") && names.contains(&"one_use.put_once"), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), told.len(), "a name twice");
}

#[tokio::test]
async fn an_operation_is_counted_once_under_its_own_name_with_its_time() {
    let scratch = Scratch::new();
    let (durable, shared, operations) = opened(&scratch, 300).await;
    assert_eq!(operations.told(), [], "before anything was asked");
    let now = Timestamp::from_unix_s(1_900_000_000);
    for _ in 0..3 {
        shared.add("guesses", 60, now).await.unwrap();
    }
    durable.registry_version().await.unwrap();
    let told = operations.told();
    assert_eq!(told.len(), 2, "{told:?}");
    let add = of(&told, "counters.add").expect("counted");
    assert_eq!((add.store, add.failed), ("shared", 0));
    assert_eq!(add.took, Duration::from_micros(900));
    let place = BOUNDS_US.iter().position(|most| *most == 500).expect("a bound");
    assert_eq!((add.at_most[place - 1], add.at_most[place], add.at_most[10]), (0, 3, 3));
    assert_eq!(of(&told, "registry.registry_version").expect("counted").at_most[10], 1);
    // What another writer did first is an answer.
    let lost = durable.swap_registry(7, b"", now).await;
    assert!(matches!(lost, Err(StoreError::Conflict)), "{lost:?}");
    assert_eq!(of(&operations.told(), "registry.swap_registry").expect("counted").failed, 0);
}

#[test]
fn what_fails_and_what_takes_long_is_counted_too() {
    let figure = Figure::default();
    let failed: Result<(), _> = Err(StoreError::Unavailable("gone".to_owned()));
    figure.count(Duration::from_secs(9), &failed);
    figure.count(Duration::from_micros(25), &Ok(()));
    let told = figure.told("shared", "sessions.find").expect("asked");
    assert_eq!((told.failed, told.at_most[0], told.at_most[9], told.at_most[10]), (1, 1, 1, 2));
}
