const charts = JSON.parse(document.getElementById("charts").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ink = dark ? "#e8eaed" : "#1c1e21";
const line = dark ? "#3a3f47" : "#e3e5e9";
const config = {
  background: null,
  font: "system-ui, sans-serif",
  view: { stroke: line },
  rule: { color: ink },
  axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, titleFontWeight: "normal", labelFontSize: 11, titleFontSize: 12 },
  header: { labelColor: ink, labelFontSize: 12, labelFontWeight: "bold" },
  legend: { labelColor: ink, titleColor: ink },
};
const embed = globalThis.vegaEmbed;
for (const [id, spec] of Object.entries(charts)) {
  delete spec.config;
  embed(document.getElementById(id), spec, { actions: false, renderer: "svg", config });
}
