//! Drawings above a heading: lines on a field of 24 by 24, as the data of an SVG path.

pub(super) const CLOCK: &str = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M12 7v5l3.5 2";
pub(super) const CHECK: &str = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M8 12.5l2.8 2.8L16 9.5";
pub(super) const NO_ENTRY: &str = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M5.7 5.7l12.6 12.6";
pub(super) const LINK: &str = "M9.5 14.5l5-5M11 6.8l1.3-1.3a4.4 4.4 0 0 1 6.2 6.2L17.2 13M13 17.2l-1.3 1.3a4.4 4.4 0 0 1-6.2-6.2L6.8 11";
pub(super) const LENS: &str = "M18 10.5a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0M21 21l-5.2-5.2";
pub(super) const SHIELD: &str =
    "M12 3.2 19 6v5.2c0 4.5-2.9 7.9-7 9.6-4.1-1.7-7-5.1-7-9.6V6zM12 8.5v4M12 15.5v.1";
pub(super) const WARNING: &str = "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.1";
