//! What the child takes from itself before it reads a byte of anybody's.
//!
//! The list of system calls is the wall: nothing on it opens a file or a socket, starts a
//! program or a thread, or looks at another process. The first call that is not on it ends the
//! child, and the hub refuses the answer that it was asked about.

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter_all_threads,
};
use std::collections::BTreeMap;

/// Room for libxml2's tree of the largest answer many times over.
const MOST_MEMORY: u64 = 512 << 20;
/// `PROT_EXEC`.
const EXECUTABLE: u64 = 4;
/// What reading, computing and ending need.
const CALLS: &[i64] = &[
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_getpid,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigprocmask,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
/// Standard input for reading, output and errors for writing; the descriptor is the first
/// argument. What the hub's own parent left open in it is as good as closed.
const DESCRIPTORS: &[(i64, &[u64])] = &[(libc::SYS_read, &[0]), (libc::SYS_write, &[1, 2])];
/// What gives memory, and may give none that can be run; the flags are the third argument.
const MEMORY_CALLS: &[i64] = &[libc::SYS_mmap, libc::SYS_mprotect];

/// Shuts every door for good, or says why it cannot.
pub(crate) fn confine() -> Result<(), String> {
    let limit = |resource, most| {
        let most = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, most).map_err(|e| format!("{resource:?}: {e}"))
    };
    limit(Resource::As, MOST_MEMORY)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, 0)?;
    limit(Resource::Fsize, 0)?;
    let program = filter().map_err(|e| e.to_string())?;
    // Sets no_new_privs too.
    apply_filter_all_threads(&program).map_err(|e| e.to_string())
}

fn filter() -> Result<BpfProgram, BackendError> {
    let not_executable =
        SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(EXECUTABLE), 0)?;
    let memory = SeccompRule::new(vec![not_executable])?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        CALLS.iter().map(|call| (*call, Vec::new())).collect();
    for (call, descriptors) in DESCRIPTORS {
        let on = |descriptor: &u64| {
            let width = SeccompCmpArgLen::Dword;
            let on = SeccompCondition::new(0, width, SeccompCmpOp::Eq, *descriptor)?;
            SeccompRule::new(vec![on])
        };
        rules.insert(*call, descriptors.iter().map(on).collect::<Result<_, _>>()?);
    }
    rules.extend(MEMORY_CALLS.iter().map(|call| (*call, vec![memory.clone()])));
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

#[cfg(test)]
mod tests;
