//! What stands in for shared locks in a build without them: nothing of it can be had.

use super::{Acquired, Key, LockError, Owner};
use crate::{model::SharedLock, secret::Variables};

pub enum Store {}

pub enum Clock {}

pub enum LockRecord {}

pub enum Lease {}

impl Store {
    pub fn open(_: &SharedLock, _: Variables) -> Result<Self, LockError> {
        Err(LockError {
            message: "this dialform is built without shared locks, and `lock` asks for one".to_owned(),
            help: "build it with `--features shared-lock`".to_owned(),
        })
    }

    pub async fn probe(&self) -> Result<Clock, LockError> {
        match *self {}
    }

    pub async fn try_take(&self, _: &Key, _: &Owner, _: &Clock) -> Result<Acquired<Lease>, LockError> {
        match *self {}
    }

    pub async fn look(&self, _: &Key) -> Result<Option<LockRecord>, LockError> {
        match *self {}
    }

    pub async fn remove(&self, _: &Key, _: &LockRecord) -> Result<bool, LockError> {
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
