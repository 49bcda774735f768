/** Its colours hold a contrast of 4.5 to 1 in both themes. Layout changes at 1680 px and 760 px. */
const SOURCE = /* css */ `:root {
  color-scheme: light dark;
  --page: #f4f6f8; --panel: #fff; --line: #dde2e8; --hover: #f4f7fb;
  --text: #1b2129; --muted: #59636f; --accent: #1d5fc4; --on-accent: #fff;
  --grave: #b3261e; --warning: #8a5200; --before: #b4bdc8; --fresh: #e3edfc;
  --mono: ui-monospace, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1217; --panel: #161b22; --line: #2a313a; --hover: #1b222b;
    --text: #e2e7ed; --muted: #9da9b6; --accent: #7fb2ff; --on-accent: #0b1a30;
    --grave: #ff9087; --warning: #e3b341; --before: #4b5663; --fresh: #1d2d45;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1, h2, p { margin: 0; }
h1 { font-size: 16px; }
h2 { font-size: 14px; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h2:focus { outline: none; }
button, input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; padding: 8px 20px; background: var(--panel); border-bottom: 1px solid var(--line); }
.environment { border: 1px solid var(--accent); color: var(--accent); border-radius: 4px; padding: 0 7px; font-size: 12px; font-weight: 600; }
.refresh { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin-left: auto; color: var(--muted); font-size: 13px; }
.scripted .utc { display: none; }
.menu { position: relative; }
.menu > summary { cursor: pointer; border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; }
.menu .label { color: var(--muted); }
.menu ul { position: absolute; z-index: 2; top: 100%; left: 0; width: max-content; min-width: 100%; max-width: min(420px, 88vw); max-height: 60vh; overflow: auto; margin: 4px 0 0; padding: 4px; list-style: none; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 24px #0003; }
.menu .severity { flex: none; }
.menu li a { display: flex; justify-content: space-between; gap: 20px; padding: 4px 10px; border-radius: 5px; color: var(--text); text-decoration: none; }
.menu li a:hover { background: var(--hover); }
.menu [aria-current] { font-weight: 600; box-shadow: inset 3px 0 var(--accent); }
main { padding: 14px 20px 40px; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
#status { font-size: 20px; font-weight: 600; line-height: 1.25; }
#status.trouble { flex: 1 1 100%; font-size: 15px; border: 1px solid var(--grave); border-left-width: 4px; border-radius: 6px; padding: 8px 12px; background: var(--panel); }
.overview { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 20px; }
#summary { color: var(--muted); }
#summary.hint { flex-basis: 100%; }
#severities { display: grid; grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); gap: 8px; }
.tile { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; align-content: start; gap: 0 6px; padding: 5px 11px 6px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; color: inherit; text-decoration: none; }
.tile .severity { flex-basis: 100%; }
.tile b { font-size: 17px; }
.tile .times { color: var(--muted); font-size: 12px; }
.tile:hover { border-color: var(--accent); }
.tile[aria-current] { border-color: var(--accent); box-shadow: inset 0 -3px var(--accent); }
.name, .severity, .text, h1 { overflow-wrap: anywhere; unicode-bidi: isolate; }
.severity { font-size: 12px; color: var(--muted); }
.severity.critical, .severity.error { color: var(--grave); font-weight: 600; }
.severity.warning { color: var(--warning); font-weight: 600; }
.columns { display: grid; gap: 12px; align-items: start; grid-template-columns: minmax(0, 1fr); }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
section:empty { display: none; }
.heading, form { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; }
.heading { justify-content: space-between; }
#filter { width: 220px; max-width: 100%; }
::placeholder { color: var(--muted); opacity: 1; }
.note { margin-top: 8px; color: var(--muted); font-size: 12px; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin-top: 6px; }
th { text-align: left; font-size: 12px; font-weight: 400; color: var(--muted); vertical-align: bottom; }
th a { color: inherit; }
th[aria-sort] a { color: var(--text); font-weight: 600; }
th:nth-child(1) { width: 142px; }
th:nth-child(2) { width: 84px; }
th.number { width: 96px; }
th, td { padding: 3px 14px 3px 0; }
td { border-top: 1px solid var(--line); font-size: 13px; vertical-align: baseline; }
tbody tr:hover { background: var(--hover); }
th.number, td.number { text-align: right; white-space: nowrap; }
td.now { font-weight: 600; }
td.expected, td.last, td.share, td.when { color: var(--muted); }
td.when, td.status { white-space: nowrap; }
th:nth-child(n + 3):not(.number) { padding-left: 14px; }
td.message { padding: 3px 0 3px 14px; font: 12.5px/1.5 var(--mono); }
.text { white-space: pre-wrap; overflow: hidden; }
.placeholder { color: var(--muted); }
.escape { color: var(--accent); border-bottom: 1px dotted; }
.badge { display: inline-block; border: 1px solid; border-radius: 4px; padding: 0 6px; font-size: 12px; font-weight: 600; }
.badge.new { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.badge.surging { color: var(--accent); }
.badge.fading { color: var(--muted); border-color: var(--line); font-weight: 400; }
td.bars { vertical-align: top; padding-top: 7px; }
svg { display: block; width: 100%; height: 12px; }
.now { fill: var(--accent); }
.before { fill: var(--before); }
summary { cursor: pointer; }
td summary { margin-left: -14px; padding-left: 14px; list-style: none; position: relative; }
td summary::-webkit-details-marker { display: none; }
td summary::before { content: '▸'; position: absolute; left: 0; color: var(--muted); }
td [open] > summary::before { content: '▾'; }
.less { display: none; color: var(--muted); }
.long[open] > summary .head { display: none; }
.long[open] > summary .less { display: inline; }
.sample { margin: 4px 0 6px; padding-left: 10px; border-left: 2px solid var(--line); }
.sample summary { margin-left: 0; }
.sample .when { display: block; color: var(--muted); }
#more { position: sticky; top: 8px; z-index: 1; justify-self: center; background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 600; }
.stale > :not(.overview), .stale #summary { filter: grayscale(1); }
@keyframes fresh { from { background: var(--fresh); } }
.fresh { animation: fresh 2s ease-out; }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
@media (min-width: 1680px) { .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .columns th.number { width: 82px; } }
@media (max-width: 760px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  .refresh { margin-left: 0; }
  header { position: relative; }
  .menu { position: static; }
  .menu ul { top: auto; left: 12px; min-width: 0; max-width: calc(100% - 24px); }
  thead tr { display: flex; gap: 4px 14px; }
  thead th { padding: 0; width: auto !important; }
  th:not(:has(a)) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, thead, tbody { display: block; }
  tbody tr { display: grid; grid: 'a a b' 'c d e' 'f f f' / minmax(0, 4fr) minmax(0, 5fr) minmax(0, 5fr); align-items: baseline; gap: 3px 10px; padding: 7px 0; border-top: 1px solid var(--line); }
  table.lines tr { grid: 'a b' 'f f' / auto 1fr; }
  td, td.bars, td.message { border: 0; padding: 0; }
  td.number { grid-area: c; font-size: 12px; text-align: left; white-space: normal; }
  td.level { grid-area: b; }
  td.number.expected, td.number.share { grid-area: d; }
  td.number.last { grid-area: e; }
  td.message { grid-area: f; padding-left: 14px; }
  td.now::after { content: ' now'; color: var(--muted); font-weight: 400; }
  td.share::after { content: ' of all'; }
  td.expected::before { content: 'expected '; }
  td.last::before { content: 'last hour '; }
  form { flex: 1 0 100%; }
  #filter { flex: 1; min-width: 0; }
  .tile .times { flex-basis: 100%; }
}
`;

/** Without the blanks that only make it readable. */
export const STYLE = SOURCE.replace(/\s*([{};,>])\s*/g, '$1')
  .replace(/: /g, ':')
  .replace(/;}/g, '}');
