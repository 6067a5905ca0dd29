//! What the page is looked at on.

use super::Browser;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In CSS pixels.
    pub width: u32,
    /// Whether its owner prefers dark.
    pub is_dark: bool,
}

impl Look {
    /// `360.dark`, as in names of files.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}.{}", self.width, if self.is_dark { "dark" } else { "light" })
    }
}

impl Browser {
    /// From now on the page is on that screen, and nothing on it moves.
    pub async fn looks_at(&self, look: Look) {
        let metrics =
            json!({ "width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": look.width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.is_dark { "dark" } else { "light" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// All of the page as a picture, WebP.
    ///
    /// # Panics
    /// If there is no picture.
    pub async fn picture(&self) -> Vec<u8> {
        let how = json!({ "format": "webp", "quality": 60, "captureBeyondViewport": true });
        let taken = self.devtools("Page.captureScreenshot", how).await;
        STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64")
    }
}
