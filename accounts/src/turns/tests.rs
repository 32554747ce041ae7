use super::*;
use crate::testing::NOON;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Turn, NoTurn>> + 'a>>;

fn honest() -> Asker {
    Asker::Client(Ipv6Addr::LOCALHOST.into())
}

/// Another network for each number.
fn network(n: u32) -> Asker {
    neighbour(n, 0)
}

/// Another machine of that network.
fn neighbour(n: u32, machine: u8) -> Asker {
    Asker::Client(Ipv4Addr::from_bits(n << 8 | u32::from(machine)).into())
}

impl Turns {
    /// Of all that is idle: where its memory lies and how many blocks it has.
    pub(crate) fn memories(&self) -> Vec<(usize, usize)> {
        self.lock().idle.iter().map(Memory::extent).collect()
    }
}

fn ask(turns: &Turns, network: Asker) -> Asking<'_> {
    Box::pin(turns.take(network, NOON))
}

/// What it has come to; `None`: it waits. Not to be asked again once it is `Some`.
fn look(asking: &mut Asking<'_>) -> Option<Result<Turn, NoTurn>> {
    match asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

/// The only turn there is.
fn first(turns: &Turns) -> Turn {
    look(&mut ask(turns, network(0))).expect("at once").expect("a turn")
}

/// So many checks of a network; those that are turned away at once are not among them.
fn flood(turns: &Turns, network: Asker, checks: usize) -> Vec<Asking<'_>> {
    let mut all: Vec<_> = (0..checks).map(|_| ask(turns, network)).collect();
    all.retain_mut(|asking| look(asking).is_none());
    all
}

/// Takes those out that wait no longer, and gives the turn that one of them got.
fn served(asking: &mut Vec<Asking<'_>>) -> Option<Turn> {
    let mut turn = None;
    asking.retain_mut(|one| match look(one) {
        None => true,
        Some(outcome) => {
            turn = turn.take().or(outcome.ok());
            false
        }
    });
    turn
}

#[test]
fn a_flood_from_twelve_networks_keeps_no_other_from_its_turn() {
    let turns = Turns::new(1, 64);
    let mut running = first(&turns);
    let mut attackers: Vec<_> = (1..=12).flat_map(|n| flood(&turns, network(n), 12)).collect();
    assert_eq!(turns.waiting(), 64, "there is no room left");
    let mut honest = ask(&turns, honest());
    assert!(look(&mut honest).is_none(), "it waits and is not turned away");
    for before in 0.. {
        assert!(before <= 12, "one of each network goes first, not one more");
        drop(running);
        if let Some(outcome) = look(&mut honest) {
            assert!(outcome.is_ok());
            break;
        }
        running = served(&mut attackers).expect("an attacker's turn");
        // The flood goes on.
        attackers.extend((1..=12).flat_map(|n| flood(&turns, network(n), 12)));
        assert_eq!(turns.waiting(), 64, "never more than there is room for");
    }
}

#[test]
fn networks_take_turns_and_each_serves_its_oldest_first() {
    let turns = Turns::new(1, 64);
    let mut running = Some(first(&turns));
    let asked = [1, 1, 1, 2, 3, 3].map(network);
    let mut waiting: Vec<_> = asked.iter().map(|network| Some(ask(&turns, *network))).collect();
    for asking in waiting.iter_mut().flatten() {
        assert!(look(asking).is_none());
    }
    let mut order = Vec::new();
    while waiting.iter().any(Option::is_some) {
        drop(running.take());
        for (place, slot) in waiting.iter_mut().enumerate() {
            if let Some(outcome) = slot.as_mut().and_then(look) {
                running = Some(outcome.expect("a turn"));
                order.push(place);
                *slot = None;
            }
        }
    }
    assert_eq!(order, [0, 3, 4, 1, 5, 2]);
}

#[test]
fn alone_a_network_has_all_the_room_and_no_more() {
    let turns = Turns::new(1, 8);
    let _running = first(&turns);
    let mut waiting = flood(&turns, network(1), 20);
    assert_eq!(waiting.len(), 8);
    assert!(served(&mut waiting).is_none() && waiting.len() == 8, "its own do not push it out");
    let refused = look(&mut ask(&turns, network(1)));
    assert!(matches!(refused, Some(Err(NoTurn::Busy))));
}

#[test]
fn the_longest_line_loses_its_newest_and_lines_of_one_lose_none() {
    let turns = Turns::new(1, 4);
    let _running = first(&turns);
    let mut long = flood(&turns, network(1), 3);
    let mut short = flood(&turns, network(2), 1);
    let mut newcomer = flood(&turns, network(3), 1);
    assert_eq!(newcomer.len(), 1);
    let last = look(&mut long.pop().expect("three"));
    assert!(matches!(last, Some(Err(NoTurn::Busy))), "the newest of the longest");
    let mut another = flood(&turns, network(4), 1);
    assert_eq!(another.len(), 1);
    assert!(served(&mut long).is_none());
    let last = flood(&turns, network(5), 1);
    assert!(last.is_empty(), "four networks, one place each: the fifth is told so");
    for line in [&mut long, &mut short, &mut newcomer, &mut another] {
        assert!(served(line).is_none());
        assert_eq!(line.len(), 1);
    }
}

#[test]
fn whoever_stops_waiting_leaves_the_line_and_never_takes_a_turn_along() {
    let turns = Turns::new(1, 4);
    let running = first(&turns);
    let mut waiting = flood(&turns, network(1), 4);
    drop(waiting.remove(1));
    assert_eq!(turns.waiting(), 3, "its place is free again");
    drop(running);
    // The turn lies with the oldest, which hangs up without having seen it.
    drop(waiting.remove(0));
    let turn = served(&mut waiting).expect("the turn was passed on");
    waiting.clear();
    assert_eq!(turns.waiting(), 0);
    assert!(turns.lock().lines.longest().is_none());
    drop(turn);
    assert_eq!(turns.lock().idle.len(), 1, "and comes home");
}

#[test]
fn a_turn_ends_with_its_last_clone() {
    let turns = Turns::new(1, 1);
    let turn = first(&turns);
    let clone = turn.clone();
    drop(turn);
    assert!(turns.lock().idle.is_empty());
    drop(clone);
    assert_eq!(turns.lock().idle.len(), 1);
}

#[test]
fn who_is_told_to_wait_a_thousand_times_a_minute_is_told_so_without_asking() {
    let turns = Turns::new(1, 0);
    let running = first(&turns);
    for _ in 0..MOST_BUSY {
        assert!(matches!(look(&mut ask(&turns, network(1))), Some(Err(NoTurn::Busy))));
    }
    drop(running);
    let again = |network, now| turns.enter(network, now).map(|_| ());
    assert_eq!(again(network(1), NOON), Err(NoTurn::TooOften), "though a memory is idle");
    assert_eq!(again(network(1), NOON.plus_s(BUSY_WINDOW_S - 1)), Err(NoTurn::TooOften));
    assert_eq!(again(network(2), NOON), Ok(()), "nobody else");
    assert_eq!(again(network(1), NOON.plus_s(BUSY_WINDOW_S)), Ok(()));
}

#[test]
fn those_told_to_wait_are_counted_in_bounded_memory() {
    let turns = Turns::new(1, 0);
    let _running = first(&turns);
    let count = u32::try_from(MOST_COUNTED).expect("small");
    for n in 1..=2 * count {
        assert!(turns.enter(network(n), NOON).is_err());
    }
    assert_eq!(turns.lock().busy.len(), MOST_COUNTED);
    assert!(turns.enter(network(5 * count), NOON.plus_s(BUSY_WINDOW_S)).is_err());
    assert_eq!(turns.lock().busy.len(), 1, "those of the last minute are forgotten");
}

#[test]
fn a_machine_that_floods_keeps_its_neighbours_from_nothing() {
    let turns = Turns::new(1, 64);
    let mut running = first(&turns);
    let mut attackers = flood(&turns, neighbour(1, 66), 200);
    assert_eq!(turns.waiting(), 64, "there is no room left");
    let mut honest = ask(&turns, neighbour(1, 7));
    assert!(look(&mut honest).is_none(), "it waits and is not turned away");
    for before in 0.. {
        assert!(before <= 1, "one of the other goes first, not one more");
        drop(running);
        if let Some(outcome) = look(&mut honest) {
            assert!(outcome.is_ok());
            break;
        }
        running = served(&mut attackers).expect("an attacker's turn");
        attackers.extend(flood(&turns, neighbour(1, 66), 10));
    }
}

#[test]
fn who_asks_without_end_shuts_itself_out_and_not_its_neighbours() {
    let at = |text: &str| Asker::Client(text.parse().expect("an address"));
    for (machine, same, neighbour) in [
        ("192.0.2.66", "::ffff:192.0.2.66", "192.0.2.7"),
        ("2001:db8:1:66::1", "2001:db8:1:66::2", "2001:db8:1:7::1"),
    ] {
        let turns = Turns::new(1, 0);
        let running = first(&turns);
        for _ in 0..2 * MOST_BUSY {
            assert!(turns.enter(at(machine), NOON).is_err());
        }
        drop(running);
        let again = |asker| turns.enter(asker, NOON).map(|_| ());
        assert_eq!(again(at(same)), Err(NoTurn::TooOften));
        assert_eq!(again(at(neighbour)), Ok(()), "{machine}");
    }
}

#[test]
fn a_network_is_a_24_or_a_48() {
    let of = |text: &str| Asker::Client(text.parse().expect("an address")).network();
    assert_eq!(of("192.0.2.1"), of("192.0.2.254"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.3.1"));
    assert_eq!(of("2001:db8:1:200::1"), of("2001:db8:1:ffff:9::9"));
    assert_ne!(of("2001:db8:1:200::1"), of("2001:db8:2:200::1"));
    assert_ne!(of("0.0.0.1"), Asker::Hub.network());
}
