//! Stands in for shared locks in a build without them. No value of these types can exist.

use super::{Acquired, Key, Owner};
use crate::explained::Explained;
use crate::{model::SharedLock, secret::Variables};

pub enum Store {}

pub enum Clock {}

pub enum LockRecord {}

pub enum Lease {}

impl Store {
    pub fn open(_: &SharedLock, _: Variables) -> Result<Self, Explained> {
        Err(Explained::with_help(
            "this dialform is built without shared locks, and `lock` asks for one".to_owned(),
            "build it with `--features shared-lock`".to_owned(),
        ))
    }

    pub async fn probe(&self) -> Result<Clock, Explained> {
        match *self {}
    }

    pub async fn try_take(&self, _: &Key, _: &Owner, _: &Clock) -> Result<Acquired<Lease>, Explained> {
        match *self {}
    }

    pub async fn look(&self, _: &Key) -> Result<Option<LockRecord>, Explained> {
        match *self {}
    }

    pub async fn remove(&self, _: &Key, _: &LockRecord) -> Result<bool, Explained> {
        match *self {}
    }
}

impl Clock {
    pub fn warning(&self) -> Option<&'static str> {
        match *self {}
    }

    pub fn has_expired(&self, _: &LockRecord) -> bool {
        match *self {}
    }
}

impl LockRecord {
    pub fn owner(&self) -> Option<&Owner> {
        match *self {}
    }
}

impl Lease {
    pub fn lost(&self) -> Option<String> {
        match *self {}
    }

    pub async fn release(self) -> Result<(), String> {
        match self {}
    }
}
