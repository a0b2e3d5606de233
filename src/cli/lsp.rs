//! `dialform lsp`

use super::args::Global;
use crate::{
    error::{Ending, Failure},
    lsp,
};

pub fn run(global: &Global) -> Result<Ending, Failure> {
    lsp::serve(&global.dir, global.now).map(|()| Ending::Fine)
}
