//! What the ask path asked of its ports, in order.

use std::sync::Mutex;

#[derive(Default)]
pub(super) struct Journal(Mutex<Vec<String>>);

impl Journal {
    pub(super) fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// What was written since the last look.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
