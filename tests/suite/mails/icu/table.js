// Prints how ICU writes dates, lists and lengths of time in the languages of the product: node table.js > table.tsv
const instants = [
  "2026-01-01T00:00Z", "2026-02-09T09:05Z", "2026-03-05T09:07Z", "2026-04-30T10:10Z", "2026-05-12T20:45Z", "2026-06-21T06:00Z",
  "2026-07-01T12:00Z", "2026-08-15T13:00Z", "2026-09-08T01:02Z", "2026-10-25T01:30Z", "2026-11-24T14:05Z", "2026-12-31T23:59Z",
];
// English is written the way of most of its countries, Arabic with the digits that the rest of a page has.
const tags = {
  en: "en-GB", de: "de", fr: "fr", es: "es", it: "it", "pt-BR": "pt-BR", nl: "nl", pl: "pl", tr: "tr", ru: "ru", ja: "ja",
  ko: "ko", "zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", ar: "ar-u-nu-latn", he: "he",
};
// Nothing is counted further; the plural rules of Arabic that fluent-bundle brings do not see that 103 ends in 3.
const counts = [1, 2, 3, 4, 5, 6, 10, 11, 12, 21, 22, 25, 30, 32, 45, 59, 60, 90, 99, 100];
const row = (...cells) => console.log(cells.join("\t"));

row("# Node", process.version, "ICU " + process.versions.icu, "CLDR " + process.versions.cldr);
for (const [language, tag] of Object.entries(tags)) {
  const format = (style, at) => new Intl.DateTimeFormat(tag, { ...style, hourCycle: "h23", timeZone: "UTC" }).format(at);
  for (const instant of instants) {
    const at = new Date(instant);
    const short = format({ dateStyle: "medium" }, at);
    const both = format({ dateStyle: "medium", timeStyle: "short" }, at);
    const join = both.slice(short.length).match(/^\D*/)[0];
    const time = format({ hour: "2-digit", minute: "2-digit" }, at);
    row("date", language, instant, format({ dateStyle: "long" }, at) + join + time);
  }
  const list = new Intl.ListFormat(tag);
  row("list", language, 2, list.format(["Tapo", "Kasa"]));
  row("list", language, 3, list.format(["Tapo", "Kasa", "Deco"]));
  row("list", language, 4, list.format(["Tapo", "Kasa", "Deco", "Omada"]));
  for (const unit of ["second", "minute", "hour"]) {
    const length = new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" });
    for (const count of counts) row(unit, language, count, length.format(count));
  }
}
