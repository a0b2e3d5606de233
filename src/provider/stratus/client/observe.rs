//! Everything a tenant's plan needs of one domain, in as few requests as the API allows.
//!
//! One request reads the domain; numbers, queues, time frames, users and agents come in one list each; answering rules
//! are one request an extension, and only for those in scope (FACTS stratus/reads).

use super::{
    API, CARRIER,
    api::{Api, Spellings, pages, present},
    calendar,
    domain_data::DomainData,
    everything,
    frames::{self, whole_frames},
    observed::observed,
    part::{self, ExtensionPart, QueuePart},
    queue_record::{Whole, kept_user},
    shown::{Kept, parted},
    standing,
};
use crate::{
    http::{ApiError, Problem, ReadClient, segment},
    model::{Address, Destination, Kind, Reference, Resource, references},
    path::Segment,
    plan::{Observed, Role},
    provider::{
        Account, Endpoints, Read, Scope,
        answer::{decode, endpoint, failure},
        at_once::AtOnce,
        scalar::Scalar,
        stratus::{
            convert::{self, Context},
            wire::{
                Agent, AnswerRule, CallQueue, CarrierForward, DialRule, Domain, ForwardState, Row, Text,
                TimeFrame, User,
            },
        },
    },
};
use async_trait::async_trait;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};
use tokio::sync::Mutex;

/// Reads one domain.
pub struct StratusReader {
    endpoints: Endpoints<ReadClient>,
    contexts: Mutex<BTreeMap<String, Context>>,
}

impl StratusReader {
    pub fn new(endpoints: Endpoints<ReadClient>) -> Self {
        Self { endpoints, contexts: Mutex::default() }
    }

    fn api<'a>(&'a self, domain: &'a str) -> Result<Api<'a>, ApiError> {
        endpoint(&self.endpoints, API).map(|http| Api { http, domain })
    }
}

/// Whether anything wanted leads to an extension that the domain does not have: a user has left, and more may lead there.
fn leads_to_nobody(live: &DomainData, scope: &Scope) -> bool {
    let is_gone = |to: &Reference| match to {
        Reference::Extension(to)
        | Reference::Phone(to)
        | Reference::Voicemail(to)
        | Reference::Attendant(to) => {
            !live.context.roles.contains_key(to)
                && !scope.wanted.contains_key(&Address::new(Kind::Queues, to))
        }
        _ => false,
    };
    scope.wanted.iter().any(|(address, wanted)| references(address, wanted).iter().any(|(_, to)| is_gone(to)))
}

/// The domain, if it is the one that is meant and can be worked on.
async fn own_domain(api: Api<'_>) -> Result<Domain, ApiError> {
    let account = api.domain;
    let domain = api.domain().await?;
    let why = match domain.is_domain_locked.flag() {
        _ if !domain.domain.as_str().eq_ignore_ascii_case(account) => {
            Some(format!("the server answers for domain `{}`", domain.domain.as_str()))
        }
        Scalar::Unset | Scalar::Known(false) => None,
        Scalar::Known(true) => {
            Some("the domain is locked; unlock its configuration in the portal first".into())
        }
        Scalar::Strange(shown) => Some(format!("whether the domain is locked is not understood: `{shown}`")),
    };
    match why {
        Some(why) => Err(failure(&format!("domain `{account}`"), &api.path(""), Problem::Conflict(why))),
        None => {
            api.http.known::<Spellings>().put(account, domain.domain.as_str());
            Ok(domain)
        }
    }
}

/// A whole list of the domain. `noun` says for an error what it holds.
async fn listed<T: Row>(api: Api<'_>, rest: &str, noun: &str) -> Result<Vec<T>, ApiError> {
    api.list(rest, &format!("the {noun} of `{}`", api.domain)).await
}

/// What answers at the extension of a user (FACTS stratus/users-2).
pub(super) fn role(user: &User) -> Role {
    match user.service_code.as_str() {
        "" => Role::Person,
        "system-queue" => Role::Queue,
        "system-aa" => Role::Attendant,
        code if code.starts_with("system") => Role::System,
        _ => Role::Person,
    }
}

#[async_trait]
impl Read for StratusReader {
    async fn observe(&self, account: &str, scope: &Scope) -> Result<Observed, ApiError> {
        if scope.only_kind() == Some(Kind::Forwards) {
            let live = DomainData { carrier: self.forwards(account, scope).await?, ..DomainData::default() };
            let mut observed = observed(&live, scope);
            observed.notes.extend(unverified_targets(&observed, scope));
            return Ok(observed);
        }
        let api = self.api(account)?;
        let mut scope = Cow::Borrowed(scope);
        let live = if scope.lists {
            self.read_lists(api, &mut scope).await?
        } else {
            self.read_objects(api, &scope).await?
        };
        let mut observed = observed(&live, &scope);
        part::leave_out(&scope, &mut observed);
        observed.unknown_dial_strings = self.unknown_dial_strings(api, &live, &scope).await?;
        Ok(observed)
    }

    async fn accounts(&self) -> Result<Vec<Account>, ApiError> {
        everything::accounts(endpoint(&self.endpoints, API)?).await
    }
}

impl StratusReader {
    /// All lists, and the rules in scope. Where everything is wanted, the scope names it from then on.
    async fn read_lists(&self, api: Api<'_>, scope: &mut Cow<'_, Scope>) -> Result<DomainData, ApiError> {
        let account = api.domain;
        let (mut domain, mut users, mut numbers, mut agents) = (None, Vec::new(), Vec::new(), Vec::new());
        let (mut frames, mut queues, mut forwards) = (Vec::new(), Vec::new(), Ok(Vec::new()));
        // Behind the domain those that mostly have the most pages.
        let mut reads = AtOnce::default();
        reads.add(&mut domain, async { own_domain(api).await.map(Some) });
        reads.add(&mut users, listed(api, "/users", "users"));
        reads.add(&mut numbers, listed(api, "/phonenumbers", "numbers"));
        reads.add(&mut agents, listed(api, "/agents", "queue agents"));
        reads.add(&mut frames, listed(api, "/timeframes", "time frames"));
        reads.add(&mut queues, listed(api, "/callqueues", "queues"));
        reads.add(&mut forwards, async { Ok(self.forwards(account, scope).await) });
        reads.done().await?;
        let kept = |key: &str| is_kept_queue(key, scope);
        let (users, kept_users) = parted(users, |user: &User| user.user.as_str(), kept);
        let (queues, kept_queues) = parted(queues, |queue: &CallQueue| queue.callqueue.as_str(), kept);
        let (agents, kept_agents) = parted(agents, |agent: &Agent| agent.callqueue.as_str(), kept);
        let mut live = DomainData {
            queue_records: queue_records(kept_queues, kept_users, kept_agents),
            users,
            numbers,
            queues,
            agents,
            frames,
            ..DomainData::default()
        };
        // An agent whose queue is unknown would be created a second time.
        if let Some(agent) = live.agents.iter().find(|agent| agent.callqueue.as_str().is_empty()) {
            let why = format!("agent `{}` does not say of which queue", agent.callqueue_agent_id.as_str());
            return Err(failure(
                &format!("the queue agents of `{account}`"),
                &api.path("/agents"),
                Problem::Incomplete(why),
            ));
        }
        live.domain = domain;
        live.context = self.context(api, &live.users).await?;
        if scope.everything {
            everything::name(&live, scope.to_mut());
        }
        let scope: &Scope = scope;
        let queues: BTreeSet<&str> = live.queues.iter().map(|queue| queue.callqueue.as_str()).collect();
        let halves = live.users.iter().filter(|user| is_half_queue(user, &queues));
        live.half_queues = halves.map(|user| user.user.0.clone()).collect();
        let is_pointed_to =
            deletes(&live, scope) || !scope.watched.is_empty() || leads_to_nobody(&live, scope);
        let wanted: BTreeSet<String> = if is_pointed_to {
            // A rule that nobody declared may point to what is about to go or is gone, or to what is switched off.
            live.users.iter().map(|user| user.user.0.clone()).collect()
        } else {
            let known: BTreeSet<&str> = live.users.iter().map(|user| user.user.as_str()).collect();
            let kinds = [Kind::Rules, Kind::Diverts, Kind::Queues];
            let in_scope = scope.wanted.keys().filter(|address| kinds.contains(&address.kind));
            in_scope.map(|address| address.key.clone()).filter(|key| known.contains(key.as_str())).collect()
        };
        let reads = wanted.into_iter().map(|extension| {
            async move {
                let rules = api.whole_rules(&extension).await?;
                Ok::<_, ApiError>((extension, rules))
            }
            .boxed()
        });
        let is_wanted = |name: &str| {
            let address = Address::new(Kind::Schedules, name);
            scope.wanted.contains_key(&address)
                || scope.absent.contains(&address)
                || scope.exhaustive.contains(&Kind::Schedules)
        };
        let mut rules = Vec::new();
        let each = stream::iter(reads).buffer_unordered(api.http.concurrency()).try_collect();
        let mut reads = AtOnce::default();
        reads.add(&mut rules, each);
        reads.add_own(whole_frames(api, "", &mut live.frames, is_wanted));
        reads.done().await?;
        let unread = live.frames.iter().filter(|it| it.is_bare() && !is_wanted(it.timeframe_name.as_str()));
        live.unread_frames = unread.map(|it| it.timeframe_id.0.clone()).collect();
        for (extension, (rules, raw)) in rules {
            if is_kept(&extension, scope) {
                live.raw_rules.insert(extension.clone(), raw);
            }
            live.rules.insert(extension, rules);
        }
        let people: Vec<String> = live.users.iter().map(|user| user.user.0.clone()).collect();
        // Before the block lists that rules do not show are added to them.
        live.context.lists_hidden = standing::hides_lists(api, &people, &live.rules, scope).await?;
        live.standing = standing::complete(api, &mut live.rules, scope).await?;
        self.contexts.lock().await.insert(account.to_owned(), live.context.clone());
        self.name_attendants(api, scope, &mut live).await?;
        live.own_frames = frames::read(api, &live, scope).await?;
        // Of one that is about to go only its own extension has rules.
        let going = live.own_frames.iter().filter(|(_, frame)| {
            scope.absent.contains(&Address::new(Kind::Schedules, frame.timeframe_name.as_str()))
        });
        let owners: BTreeSet<String> = going.map(|(extension, _)| extension.clone()).collect();
        for extension in owners.into_iter().filter(|it| !live.rules.contains_key(it)).collect::<Vec<_>>() {
            let rules = api.rules(&extension).await?;
            live.rules.insert(extension, rules);
        }
        live.missing_holidays = calendar::missing(api, &live, scope).await?;
        // Nothing else points to a forward, so that a run about other kinds goes on without them; but whether one is on is
        // worth a look in every plan.
        match forwards {
            Ok(forwards) => live.carrier = forwards,
            Err(error) if scope.kinds.contains(&Kind::Forwards) => return Err(error),
            Err(error) => live.unread_forwards = Some(error.to_string()),
        }
        Ok(live)
    }

    /// Emergency forwards, from the carrier alone: the platform is not asked, so that they can be switched while it is
    /// down (FACTS stratus/carrier-1).
    async fn forwards(&self, account: &str, scope: &Scope) -> Result<Vec<CarrierForward>, ApiError> {
        // Where they are switched by hand there is nothing to ask.
        let Some(carrier) = self.endpoints.get(CARRIER) else { return Ok(Vec::new()) };
        if scope.lists {
            let what = format!("the emergency forwards of `{account}`");
            return pages(carrier, "/numbers", &[("domain", account.to_owned())], &what).await;
        }
        let mut found = Vec::new();
        for Address { key, .. } in scope.wanted.keys().filter(|it| it.kind == Kind::Forwards) {
            let digits = key.trim_start_matches("+1");
            let path = format!("/numbers/{digits}/forward");
            let what = format!("{} `{key}`", Kind::Forwards.noun());
            let ForwardState { destination, active } =
                decode(&carrier.get(&path, &[], &what).await?, &what, &path)?;
            found.push(CarrierForward { number: Text(digits.to_owned()), destination, active });
        }
        Ok(found)
    }

    /// Only the objects in scope, each by itself: a look or a read-back.
    async fn read_objects(&self, api: Api<'_>, scope: &Scope) -> Result<DomainData, ApiError> {
        let mut live = DomainData { context: self.known_context(api).await?, ..DomainData::default() };
        let mut listed: Option<Vec<TimeFrame>> = None;
        for address in scope.wanted.keys() {
            let what = format!("{} `{}`", address.kind.noun(), address.key);
            match address.kind {
                // The grade table has none.
                Kind::Receivers => {}
                Kind::Schedules if frames::is_own(scope.wanted.get(address)) => {
                    let own = frames::read_one(api, &address.key, scope.wanted.get(address)).await?;
                    live.own_frames.extend(own);
                }
                Kind::Schedules => {
                    let frames = match &mut listed {
                        Some(frames) => frames,
                        none => none.insert(api.list("/timeframes", &what).await?),
                    };
                    let of_name = |it: &&TimeFrame| it.timeframe_name.as_str() == address.key;
                    let mut named: Vec<TimeFrame> = frames.iter().filter(of_name).cloned().collect();
                    whole_frames(api, "", &mut named, |_| true).await?;
                    live.frames.extend(named);
                }
                Kind::Numbers => {
                    live.numbers.extend(api.number(&address.key).await?);
                }
                Kind::Queues => self.read_queue(api, &address.key, scope, &mut live).await?,
                Kind::Rules | Kind::Diverts => {
                    self.read_extension(api, address, scope, &mut live).await?;
                }
                // Read below, together.
                Kind::Forwards => {}
            }
        }
        live.standing = standing::complete(api, &mut live.rules, scope).await?;
        self.name_attendants(api, scope, &mut live).await?;
        live.carrier = self.forwards(api.domain, scope).await?;
        Ok(live)
    }

    /// A queue: its record, the user at its extension, that one's rules and the agents, as far as the scope is about them.
    async fn read_queue(
        &self,
        api: Api<'_>,
        name: &str,
        scope: &Scope,
        live: &mut DomainData,
    ) -> Result<(), ApiError> {
        let key = segment(name);
        let what = format!("{} `{name}`", Kind::Queues.noun());
        let part = QueuePart::of(scope);
        if part.record {
            let queue: Option<CallQueue> = present(api.object(&format!("/callqueues/{key}"), &what).await)?;
            let Some(queue) = queue else {
                if let Some(user) = present(api.user(name).await)?
                    && role(&user) == Role::Queue
                {
                    live.half_queues.push(name.to_owned());
                }
                return Ok(());
            };
            live.queues.push(queue);
        } else {
            live.queues.push(CallQueue::named(Text(name.to_owned())));
        }
        if part.user {
            // Its ring timeout is one of its own user.
            live.users.extend(present(api.user(name).await)?);
        }
        if part.rules {
            // A queue that is half deleted has lost its extension, here as in a full read.
            let (rules, raw) = present(api.whole_rules(name).await)?.unwrap_or_default();
            live.rules.insert(name.to_owned(), rules);
            live.raw_rules.insert(name.to_owned(), raw);
        }
        if part.agents {
            let mut agents: Vec<Agent> = api.list(&format!("/callqueues/{key}/agents"), &what).await?;
            for agent in &mut agents {
                agent.callqueue = Text(name.to_owned());
            }
            live.agents.extend(agents);
        }
        Ok(())
    }

    /// The rules of an extension, and its user where something of it is said or nothing else shows that it is there.
    async fn read_extension(
        &self,
        api: Api<'_>,
        address: &Address,
        scope: &Scope,
        live: &mut DomainData,
    ) -> Result<(), ApiError> {
        let key = &address.key;
        let part = ExtensionPart::of(address.kind, scope);
        let (rules, raw) = if part.rules { api.whole_rules(key).await? } else { (Vec::new(), Vec::new()) };
        let user = match part.user || raw.is_empty() {
            true => api.user(key).await?,
            false => User { user: Text(key.clone()), ..User::default() },
        };
        live.users.push(user);
        live.rules.insert(key.clone(), rules);
        live.raw_rules.insert(key.clone(), raw);
        Ok(())
    }

    /// The names of the auto attendants, where a live rule says one, for dialform writes their extensions; and where the
    /// files say one in the place of an extension.
    async fn name_attendants(
        &self,
        api: Api<'_>,
        scope: &Scope,
        live: &mut DomainData,
    ) -> Result<(), ApiError> {
        let mut words = live.rules.values().flatten().flat_map(AnswerRule::words);
        let roles = &live.context.roles;
        let is_name = |to: &Reference| matches!(to, Reference::Attendant(to) if !roles.contains_key(to));
        let mut wanted = scope.wanted.iter().flat_map(|(address, it)| references(address, it));
        let is_live = words.any(|word| word.starts_with("aa_"));
        if live.context.attendants.is_empty() && (is_live || wanted.any(|(_, to)| is_name(&to))) {
            live.context.attendants = match api.attendants().await {
                // For a better word about what the files say nothing else has to wait.
                Err(_) if !is_live => return Ok(()),
                read => read?,
            };
            self.contexts.lock().await.insert(api.domain.to_owned(), live.context.clone());
        }
        Ok(())
    }

    /// Reads what the conversions must know, and keeps it for the read-backs of this run.
    async fn context(&self, api: Api<'_>, users: &[User]) -> Result<Context, ApiError> {
        let mut context = Context { domain: api.spelling().await?, ..Context::default() };
        for user in users {
            if let Ok(extension) = user.user.as_str().parse() {
                context.roles.insert(extension, role(user));
            }
        }
        self.contexts.lock().await.insert(api.domain.to_owned(), context.clone());
        Ok(context)
    }

    async fn known_context(&self, api: Api<'_>) -> Result<Context, ApiError> {
        if let Some(context) = self.contexts.lock().await.get(api.domain) {
            return Ok(context.clone());
        }
        let users: Vec<User> = api.list("/users", &format!("the users of `{}`", api.domain)).await?;
        self.context(api, &users).await
    }
}

impl StratusReader {
    /// The words that declared objects would send calls to and that no dial rule knows (FACTS stratus/places-4). A word
    /// that is already in use in the domain is known to work, and the dial plan is read only if there is any other.
    async fn unknown_dial_strings(
        &self,
        api: Api<'_>,
        live: &DomainData,
        scope: &Scope,
    ) -> Result<BTreeMap<Address, Vec<String>>, ApiError> {
        let mut wanted: BTreeMap<Address, Vec<String>> = BTreeMap::new();
        if !scope.lists {
            return Ok(wanted);
        }
        let is_made = |key: &str| {
            let address = Address::new(Kind::Queues, key);
            scope.wanted.contains_key(&address) && !live.queues.iter().any(|it| it.callqueue.as_str() == key)
        };
        // The mailbox of a queue that sends calls there itself gets its alias with that.
        let own_mailbox = |key: &str| {
            let address = Address::new(Kind::Queues, key);
            let queue = scope.wanted.get(&address);
            let to = |to: Reference| matches!(to, Reference::Voicemail(it) if it.as_str() == key);
            queue.is_some_and(|queue| references(&address, queue).into_iter().any(|(_, it)| to(it)))
        };
        // A queue whose own rule leads into it may lack the dial rule all the same.
        let others = live.rules.iter().flat_map(|(extension, rules)| {
            let own = format!("queue_{extension}");
            rules.iter().flat_map(AnswerRule::words).filter(move |word| *word != own)
        });
        let in_use: BTreeSet<&str> = others.collect();
        for (address, resource) in &scope.wanted {
            // Numbers are routed by application and need no alias (FACTS stratus/numbers-8).
            if address.kind == Kind::Numbers {
                continue;
            }
            for (path, reference) in references(address, resource) {
                // Phones that ring are dialled, not looked up.
                if path.iter().filter_map(Segment::as_key).any(|key| matches!(key, "simultaneous" | "agents"))
                {
                    continue;
                }
                let to = match reference {
                    // A queue that is made by this run gets its alias with it.
                    Reference::Queue(key) if is_made(&key) => continue,
                    Reference::Voicemail(extension) if own_mailbox(extension.as_str()) => continue,
                    Reference::Queue(key) => Destination::Queue(key),
                    Reference::Voicemail(extension) => Destination::Voicemail(extension),
                    Reference::Phone(extension) => Destination::Phone(extension),
                    Reference::DialString(word) => Destination::DialString(word),
                    _ => continue,
                };
                let Some(word) = convert::token(&to, &address.key) else { continue };
                // A number to be dialled is matched by the patterns of the dial plan, not by a rule of its name.
                let dialled = word.bytes().all(|byte| byte.is_ascii_digit());
                if !dialled && !in_use.contains(word.as_str()) {
                    wanted.entry(address.clone()).or_default().push(word);
                }
            }
        }
        if wanted.is_empty() {
            return Ok(wanted);
        }
        let plans: BTreeSet<&str> = live.users.iter().map(|user| user.dial_plan.as_str()).collect();
        let plan = match plans.first() {
            Some(plan) if plans.len() == 1 && !plan.is_empty() => plan,
            _ => api.domain,
        };
        let rest = format!("/dialplans/{}/dialrules", segment(plan));
        let rules: Vec<DialRule> = api.list(&rest, &format!("the dial rules of `{}`", api.domain)).await?;
        let known: BTreeSet<&str> =
            rules.iter().map(|rule| rule.dial_rule_matching_to_uri.as_str()).collect();
        for words in wanted.values_mut() {
            words.retain(|word| !known.contains(word.as_str()));
            words.sort();
            words.dedup();
        }
        wanted.retain(|_, words| !words.is_empty());
        Ok(wanted)
    }
}

/// A note on each new target of a forward where the platform was not asked: it may be one of its own numbers.
fn unverified_targets(observed: &Observed, scope: &Scope) -> Vec<(Address, Vec<String>)> {
    let mut notes = Vec::new();
    for (address, wanted) in &scope.wanted {
        let (Resource::Forward(wanted), Some(Resource::Forward(live))) =
            (wanted, observed.objects.get(address))
        else {
            continue;
        };
        if let Some(to) = wanted.to.as_ref().filter(|to| live.to.as_ref() != Some(to)) {
            let text = format!("the platform was not asked whether it hosts {to}, which must be elsewhere");
            notes.push((address.clone(), vec![text]));
        }
    }
    notes
}

/// What there is of each queue, by its extension.
fn queue_records(queues: Kept, users: Kept, agents: Kept) -> BTreeMap<String, Whole> {
    let mut records = BTreeMap::new();
    for (key, queue) in queues {
        records.insert(key, Whole { queue, user: None, agents: Vec::new() });
    }
    for (key, user) in users {
        if let Some(record) = records.get_mut(&key) {
            record.user.get_or_insert_with(|| kept_user(&user));
        }
    }
    for (key, agent) in agents {
        if let Some(record) = records.get_mut(&key) {
            record.agents.push(agent);
        }
    }
    records
}

/// Whether a queue may be changed by the run.
fn is_kept_queue(key: &str, scope: &Scope) -> bool {
    let address = Address::new(Kind::Queues, key);
    scope.wanted.contains_key(&address)
        || scope.absent.contains(&address)
        || scope.exhaustive.contains(&Kind::Queues)
}

/// Whether the rules of an extension may be changed by the run, or go with its queue: a restore file keeps them.
fn is_kept(extension: &str, scope: &Scope) -> bool {
    let is_about = |kind| {
        let address = Address::new(kind, extension);
        scope.wanted.contains_key(&address) || scope.absent.contains(&address)
    };
    [Kind::Rules, Kind::Diverts, Kind::Queues].into_iter().any(is_about)
        || scope.exhaustive.contains(&Kind::Queues)
}

/// Whether a user answers for a queue that is not there (FACTS stratus/queues-1).
fn is_half_queue(user: &User, queues: &BTreeSet<&str>) -> bool {
    role(user) == Role::Queue && !queues.contains(user.user.as_str())
}

/// Whether anything live is about to be deleted.
fn deletes(live: &DomainData, scope: &Scope) -> bool {
    let declared = |kind, key: &str| scope.declared.contains(&Address::new(kind, key));
    let goes = |kind, key: &str| {
        scope.absent.contains(&Address::new(kind, key))
            || (scope.exhaustive.contains(&kind) && !declared(kind, key))
    };
    live.frames.iter().any(|frame| goes(Kind::Schedules, frame.timeframe_name.as_str()))
        || live.queues.iter().any(|queue| goes(Kind::Queues, queue.callqueue.as_str()))
        || live.half_queues.iter().any(|key| scope.absent.contains(&Address::new(Kind::Queues, key)))
}
