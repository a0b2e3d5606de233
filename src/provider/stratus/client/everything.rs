//! All that a domain holds, for an import: named one by one, so that it is read like what files declare.

use super::{
    api::{Api, pages},
    domain_data::DomainData,
};
use crate::{
    http::{ApiError, Problem, ReadClient},
    model::{Address, Callers, Diverts, Extension, Kind, Queue, Resource, Rules, Schedule},
    plan::Role,
    provider::{Account, Scope, stratus::wire::Domain},
};

/// Names every object of the lists in the scope. Whose schedules an extension has alone is not among them: they are read by
/// extension.
pub fn name(live: &DomainData, scope: &mut Scope) {
    // Lists of callers are looked up where somebody asks for them.
    let callers = Callers {
        allow: Some(Vec::new()),
        block: Some(Vec::new()),
        block_anonymous: Some(false),
        spam: None,
    };
    let rules = Rules { callers: Some(callers), ..Rules::default() };
    for (extension, role) in &live.context.roles {
        if *role == Role::Person {
            let address = Address::new(Kind::Rules, extension);
            scope.wanted.insert(address, Resource::Rules(rules.clone()));
            let diverts = Address::new(Kind::Diverts, extension);
            scope.wanted.insert(diverts, Resource::Diverts(Diverts::default()));
        }
    }
    for queue in &live.queues {
        let address = Address::new(Kind::Queues, queue.callqueue.as_str());
        scope.wanted.insert(address, Resource::Queue(Queue::default()));
    }
    for frame in &live.frames {
        let address = Address::new(Kind::Schedules, frame.timeframe_name.as_str());
        scope.wanted.insert(address, Resource::Schedule(Schedule::default()));
    }
}

/// Every person of the domain: whoever can have schedules of his own.
pub fn people(live: &DomainData) -> impl Iterator<Item = &Extension> {
    live.context.roles.iter().filter(|(_, role)| **role == Role::Person).map(|(extension, _)| extension)
}

/// The domains of the credential. An Office Manager's sees one (FACTS stratus/access-5: the list needs a Reseller's, and is
/// refused with 401 or 403).
pub async fn accounts(http: &ReadClient) -> Result<Vec<Account>, ApiError> {
    let what = "the domains of the credential";
    let listed = pages::<Domain>(http, "/domains", &[], what).await;
    let domains = match listed {
        Err(ApiError { problem: Problem::Status { status: 401 | 403, .. }, .. }) => {
            vec![Api { http, domain: "~" }.domain().await?]
        }
        listed => listed?,
    };
    let account = |domain: Domain| Account {
        id: domain.domain.0,
        name: Some(domain.description.0).filter(|name| !name.trim().is_empty()),
    };
    Ok(domains.into_iter().map(account).collect())
}
