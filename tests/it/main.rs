//! The one integration binary.

// That of the program: many tests run it in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// The attribute tells clippy that helpers beside the tests are test code as well.
#[cfg(test)]
mod alike;
#[cfg(test)]
mod apply;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod as_printed;
#[cfg(test)]
mod assertions;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_server;
mod between_tenants;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod checked;
#[cfg(test)]
mod ci;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod circles_between;
mod circumstances;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod comment;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod ctm;
#[cfg(test)]
mod deskphone;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod during_apply;
#[cfg(test)]
mod emergency;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod experience;
#[cfg(test)]
mod export;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod fmt;
#[cfg(test)]
mod git_processes;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod grades;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod guide;
mod halves;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod host;
#[cfg(test)]
mod import;
#[cfg(test)]
mod import_template;
#[cfg(test)]
mod import_write;
#[cfg(test)]
mod in_batches;
#[cfg(test)]
mod in_one_run;
#[cfg(test)]
mod in_part;
#[cfg(test)]
mod in_turn;
#[cfg(test)]
mod init;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod later;
#[cfg(test)]
mod led_there_since;
#[cfg(test)]
mod levels;
#[cfg(test)]
mod life;
#[cfg(test)]
mod lints;
#[cfg(test)]
mod live;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod lsp;
#[cfg(test)]
mod make_before_break;
#[cfg(test)]
mod merge_result;
#[cfg(test)]
mod names;
#[cfg(test)]
mod new_allows;
#[cfg(test)]
mod other_readers;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod pipelines;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod plan_page;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod pull_requests;
#[cfg(test)]
mod quickstart;
#[cfg(test)]
mod readme;
mod reads;
#[cfg(test)]
mod rehearse;
#[cfg(test)]
mod release;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod requests_per_change;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod revision;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sandbox_accounts;
#[cfg(test)]
mod sandbox_ctm;
#[cfg(test)]
mod sandbox_deskphone;
#[cfg(test)]
mod sandbox_shared;
#[cfg(test)]
mod saved_plan;
#[cfg(test)]
mod scalars;
mod schema;
#[cfg(test)]
mod selection;
#[cfg(test)]
mod served;
#[cfg(test)]
mod several_files;
#[cfg(test)]
mod shards;
#[cfg(test)]
mod shared_lock;
#[cfg(test)]
mod stop;
#[cfg(test)]
mod stratus_readings;
#[cfg(test)]
mod surprises;
#[cfg(test)]
mod surroundings;
#[cfg(test)]
mod tenants_differ;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod throughput;
#[cfg(test)]
mod toy;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod transitions;
#[cfg(test)]
mod until;
#[cfg(test)]
mod waited;
#[cfg(test)]
mod who_points_to;
#[cfg(test)]
mod workspace;
#[cfg(test)]
mod world;
#[cfg(test)]
mod worlds;
