//! Entries that each last until an instant.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A map whose entries end by themselves, and leave soon after.
pub(super) struct Table<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// Exactly one item an entry, by its end; the number tells entries of the same end apart.
    ends: BTreeMap<(i64, u64), K>,
    next_number: u64,
}

struct Entry<V> {
    value: V,
    end: (i64, u64),
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), ends: BTreeMap::new(), next_number: 0 }
    }
}

impl<K: Eq + Hash + Clone, V> Table<K, V> {
    /// The value of a key, unless it has ended.
    pub(super) fn get(&self, key: &K, now: i64) -> Option<&V> {
        self.entries.get(key).filter(|entry| entry.end.0 > now).map(|entry| &entry.value)
    }

    /// Sets the value of a key, until `end`.
    pub(super) fn put(&mut self, key: K, value: V, end: i64) {
        let end = (end, self.next_number);
        self.next_number += 1;
        self.ends.insert(end, key.clone());
        if let Some(old) = self.entries.insert(key, Entry { value, end }) {
            self.ends.remove(&old.end);
        }
    }

    /// Lets the entry of a key go.
    pub(super) fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.ends.remove(&entry.end);
        }
    }

    /// Lets up to `at_most` ended entries go.
    pub(super) fn forget(&mut self, now: i64, at_most: usize) {
        for _ in 0..at_most {
            let Some(first) = self.ends.first_entry().filter(|first| first.key().0 <= now) else { return };
            self.entries.remove(&first.remove());
        }
    }

    /// How many entries take up memory.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.entries.len(), self.ends.len(), "one item an entry");
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_gone_at_its_end_whether_or_not_it_has_left() {
        let mut table = Table::default();
        table.put("a", 1, 10);
        assert_eq!(table.get(&"a", 9), Some(&1));
        assert_eq!(table.get(&"a", 10), None);
        assert_eq!(table.len(), 1);
        table.forget(9, 2);
        assert_eq!(table.len(), 1);
        table.forget(10, 2);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn an_entry_put_again_lasts_until_its_new_end() {
        let mut table = Table::default();
        table.put("a", 1, 10);
        table.put("a", 2, 20);
        table.forget(15, 2);
        assert_eq!((table.get(&"a", 15), table.len()), (Some(&2), 1));
        table.put("a", 3, 16);
        table.forget(16, 2);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn entries_of_one_end_leave_one_by_one() {
        let mut table = Table::default();
        for key in 0..5 {
            table.put(key, (), 10);
        }
        table.remove(&3);
        table.forget(10, 2);
        assert_eq!(table.len(), 2);
        table.forget(10, 2);
        assert_eq!(table.len(), 0);
    }
}
