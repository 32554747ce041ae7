//! The stores, method by method: hand on, look at the clock, count.
//!
//! A method that is added to the contract and not here does not compile.

use super::{Figure, Operations};
use crate::contract::{
    AccountRow, AccountRows, Actor, AuditEntry, AuditHead, AuditLog, AuditReport, Backup,
    BindingRow, Bindings, Counters, DurableStore, EndedSession, KeyRow, KeyRows, OneUse, Origin,
    Parked, PasskeyRow, Passkeys, RegistryRows, SecondFactorRow, SecondFactors, SessionRecord,
    SessionService, SessionServices, Sessions, SharedStore, Space, StoredRegistry, Suspensions,
    TraceRing, Trouble, Troubles, Used,
};
use crate::{Durable, Shared, StoreError};
use async_trait::async_trait;
use model::{LoginCode, MemberId, ReaderId, Sid, Standing, Timestamp, TraceRecord};
use std::path::Path;

/// Writes the wrapper of one store, and a figure for each of its methods.
macro_rules! measured {
    (
        $wrapper:ident over $store:ident, $contract:ident, $side:ident in $figures:ident:
        $( $capability:ident as $area:literal {
            $( $name:ident($($arg:ident: $kind:ty),*) -> $out:ty; )+
        } )+
    ) => {
        #[derive(Default)]
        pub(super) struct $figures { $( $( $name: Figure, )+ )+ }

        impl $figures {
            pub(super) fn each(&self) -> Vec<(&'static str, &Figure)> {
                vec![ $( $( (concat!($area, ".", stringify!($name)), &self.$name), )+ )+ ]
            }
        }

        pub(super) struct $wrapper {
            pub(super) inner: $store,
            pub(super) operations: Operations,
        }

        impl $contract for $wrapper {}

        $(
            #[async_trait]
            impl $capability for $wrapper {
                $(
                    async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
                        let began = (self.operations.watch)();
                        let outcome = self.inner.$name($($arg),*).await;
                        let took = (self.operations.watch)().saturating_sub(began);
                        self.operations.$side.$name.count(took, &outcome);
                        outcome
                    }
                )+
            }
        )+
    };
}

measured! {
    MeasuredShared over Shared, SharedStore, shared in SharedFigures:
    OneUse as "one_use" {
        put_once(space: Space, key: &str, expires: Timestamp, now: Timestamp) -> bool;
        put_all_once(values: &[Used<'_>], now: Timestamp) -> Option<usize>;
    }
    Parked as "parked" {
        put(space: Space, key: &str, value: &[u8], expires: Timestamp, now: Timestamp) -> ();
        peek(space: Space, key: &str, now: Timestamp) -> Option<Vec<u8>>;
        take(space: Space, key: &str, now: Timestamp) -> Option<Vec<u8>>;
        forget(space: Space, key: &str) -> ();
    }
    Counters as "counters" {
        add(name: &str, window_s: u32, now: Timestamp) -> u64;
        read(name: &str, now: Timestamp) -> u64;
        clear(name: &str) -> ();
    }
    Sessions as "sessions" {
        create(session: &SessionRecord) -> ();
        find(sid: &Sid, now: Timestamp) -> Option<SessionRecord>;
        touch(sid: &Sid, now: Timestamp) -> ();
        end(sid: &Sid) -> Option<EndedSession>;
        by_index(index: &str, now: Timestamp) -> Vec<Sid>;
        end_of_reader(reader: &ReaderId) -> usize;
    }
    SessionServices as "sessions" {
        add_service(sid: &Sid, service: &SessionService) -> ();
        note_answer(sid: &Sid, service: &SessionService, trace: &TraceRecord) -> ();
        services(sid: &Sid) -> Vec<SessionService>;
    }
    Troubles as "troubles" {
        note_trouble(member: &MemberId, network: &str, now: Timestamp) -> ();
        end_trouble(member: &MemberId) -> ();
        troubles(now: Timestamp) -> Vec<Trouble>;
    }
    TraceRing as "traces" {
        write_trace(trace: &TraceRecord, now: Timestamp) -> ();
        find_trace(code: LoginCode) -> Option<TraceRecord>;
    }
}

measured! {
    MeasuredDurable over Durable, DurableStore, durable in DurableFigures:
    RegistryRows as "registry" {
        registry_version() -> u64;
        load_registry() -> Option<StoredRegistry>;
        swap_registry(expected: u64, content: &[u8], at: Timestamp) -> u64;
    }
    AccountRows as "accounts" {
        create_account(account: &AccountRow) -> bool;
        find_account(member: Option<&MemberId>, login_key: &str) -> Option<AccountRow>;
        find_account_by_id(id: &ReaderId) -> Option<AccountRow>;
        set_password(id: &ReaderId, was: Option<&str>, phc: &str, must_change: bool, at: Timestamp) -> bool;
        set_account_standing(id: &ReaderId, standing: Standing) -> bool;
        list_accounts(member: Option<&MemberId>, after: Option<&ReaderId>, limit: u32) -> Vec<AccountRow>;
    }
    SecondFactors as "second_factors" {
        find_second_factor(account: &ReaderId) -> Option<SecondFactorRow>;
        enrol_second_factor(row: &SecondFactorRow) -> bool;
        set_recovery(account: &ReaderId, was: &[u8], left: &[u8]) -> bool;
        set_app(account: &ReaderId, sealed: &[u8], at: Timestamp) -> bool;
        forget_second_factor(account: &ReaderId) -> bool;
    }
    Passkeys as "passkeys" {
        passkeys(account: &ReaderId) -> Vec<PasskeyRow>;
        enrol_first_passkey(row: &PasskeyRow, factor: &SecondFactorRow) -> bool;
        add_passkey(row: &PasskeyRow) -> bool;
        use_passkey(account: &ReaderId, credential: &[u8], counter: u32, at: Timestamp) -> bool;
        forget_passkey(account: &ReaderId, name: &str) -> bool;
    }
    Suspensions as "suspensions" {
        is_suspended(reader: &ReaderId) -> bool;
        suspend_reader(reader: &ReaderId, at: Timestamp) -> ();
        lift_suspension(reader: &ReaderId) -> ();
    }
    Bindings as "bindings" {
        find_binding(key: &ReaderId) -> Option<BindingRow>;
        bind(key: &ReaderId, bound: &[u8], at: Timestamp) -> BindingRow;
        move_binding(key: &ReaderId, was: &[u8], to: &[u8], at: Timestamp) -> bool;
        note_refused(key: &ReaderId, refused: &[u8]) -> ();
        settle_binding(key: &ReaderId, refused: &[u8], is_next: bool, at: Timestamp) -> bool;
    }
    KeyRows as "keys" {
        keys() -> Vec<KeyRow>;
        insert_key(key: &KeyRow) -> bool;
        use_key_from(id: &str, at: Timestamp) -> bool;
        withdraw_key(id: &str, now: Timestamp) -> bool;
    }
    AuditLog as "audit" {
        append_audit(entry: &AuditEntry, now: Timestamp, salt: [u8; 16]) -> ();
        write_heads(now: Timestamp) -> ();
        erase_personal(actor: &Actor) -> u64;
        verify_audit() -> AuditReport;
        find_audit_head(n: u64) -> Option<AuditHead>;
    }
    Backup as "backup" {
        snapshot_to(path: &Path) -> ();
    }
    Origin as "origin" {
        keep_origin(origin: &str) -> String;
        replace_origin(origin: &str) -> ();
    }
}
