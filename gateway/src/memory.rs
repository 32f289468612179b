//! Where memory comes from: jemalloc, which gives back what loading the contracts took.
//!
//! Compiling schemas and rule sets needs several times the memory of what is kept. The C library keeps the rest for
//! ever, in pieces between what lives; jemalloc gives it back within ten seconds, by a thread of its own.

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;
