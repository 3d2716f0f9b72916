/**
 * The look of the page: system fonts, two colour schemes, one column on a phone. Colours of figures are turned for the
 * dark scheme by their exact value in the palette of the arms. A panel is at least as wide as it was drawn, so that its
 * text has its 11 px but on a phone.
 */
import { palette } from '../../kinds/arms.ts';

const { blue, orange, vermillion, purple, ink, muted } = palette;

export const pageStyle = `
:root{--ground:#fff;--panel:#fff;--text:#1f2328;--soft:#59636e;--line:#d8dee4;--grid:#e8e8e8;--wash:#f6f8fa;
 --good:#00684c;--bad:#a33f00;--note:#7a5200;--accent:#0060a0}
@media (prefers-color-scheme:dark){:root{--ground:#0f1418;--panel:#161c21;--text:#e6edf3;--soft:#9aa7b2;--line:#2d363e;
 --grid:#2a3238;--wash:#161c21;--good:#4fc9a0;--bad:#ff9a5c;--note:#f0c040;--accent:#6cb6ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 3rem;max-width:1120px;background:var(--ground);color:var(--text);
 font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:.1rem 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.6rem 0 .8rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:0 0 .5rem}
a{color:var(--accent)}
.kicker{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
.question{margin:0 0 1rem;font-size:1.1rem;max-width:46rem}
.counts p,.note,figcaption{color:var(--soft);font-size:.86rem;margin:.4rem 0 0;max-width:62rem}
.bar{display:flex;height:8px;max-width:26rem;border-radius:4px;overflow:hidden;gap:2px}
.bar span{min-width:3px}
.bar-used{background:${blue}}.bar-diverged{background:${orange}}.bar-failed{background:${vermillion}}
 .bar-blocked{background:${purple}}.bar-pending{background:var(--line)}.bar-unmeasured{background:${muted}}
.answer{margin:1.4rem 0 0;padding:.4rem 1.1rem 1rem;border:1px solid var(--line);border-left:6px solid var(--soft);
 border-radius:6px}
.answer>h2{border:0;margin:.4rem 0 0;padding:0;font-size:.85rem;letter-spacing:.08em;text-transform:uppercase;
 color:var(--soft)}
.verdict{margin:.1rem 0 .4rem;font-size:2rem;line-height:1.2;font-weight:700;overflow-wrap:anywhere}
.tone-better .verdict{color:var(--good)}.tone-worse .verdict{color:var(--bad)}
.answer-text{margin:.3rem 0;max-width:62rem}
.answer figure{margin:1.2rem 0 .4rem}
.contents ol{columns:2 22rem;column-gap:2.5rem;padding-left:1.2rem;margin:0}
.contents li{break-inside:avoid;margin:.15rem 0}.contents ul{padding-left:1.1rem;font-size:.9rem}
.statements{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}
.statements+h3{margin-top:1.2rem}
.statements li{display:grid;grid-template-columns:11.5rem 1fr;gap:.3rem 1rem;padding:.7rem .9rem;
 background:var(--wash);border-left:4px solid var(--soft);border-radius:4px}
.badge{font-weight:600;font-size:.9rem;color:var(--soft)}
.tone-better{border-color:var(--good)!important}.tone-better .badge{color:var(--good)}
.tone-worse{border-color:var(--bad)!important}.tone-worse .badge{color:var(--bad)}
.tone-warning{border-color:var(--note)!important}.tone-warning .badge{color:var(--note)}
figure{margin:1.6rem 0 2.4rem}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:1rem}
.panel{background:var(--panel);min-width:0}
.panel svg{display:block;width:100%;height:auto;max-width:500px}
.panel-title{margin:.2rem 0 0 .5rem;font-size:.88rem;font-weight:600}
.panel svg text{fill:var(--text);font-family:inherit}
.panel svg .role-axis-grid line{stroke:var(--grid)}
.panel svg .role-axis-domain line,.panel svg .role-axis-tick line{stroke:var(--soft)}
@media (prefers-color-scheme:dark){svg [stroke="${ink}"]{stroke:#d5dbe0}svg [fill="${ink}"]{fill:#d5dbe0}
 svg [stroke="${blue}"]{stroke:#3d9be0}svg [fill="${blue}"]{fill:#3d9be0}}
.legend{display:flex;flex-wrap:wrap;align-items:center;gap:.15rem 1.1rem;margin:.15rem 0;font-size:.88rem}
.legend-title{color:var(--soft)}
.legend-item{display:inline-flex;align-items:center;gap:.4rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{padding:.32rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}
.sort{font:inherit;color:inherit;text-align:inherit;background:none;border:0;margin:0;padding:0;cursor:pointer;
 white-space:inherit}
.sort:hover{color:var(--text);text-decoration:underline}
.sort::after{content:"";display:inline-block;width:0;margin-left:0}
[aria-sort] .sort{color:var(--text)}
[aria-sort] .sort::after{width:1em;text-align:right}
[aria-sort=ascending] .sort::after{content:"\u25b4";content:"\u25b4" / ""}
[aria-sort=descending] .sort::after{content:"\u25be";content:"\u25be" / ""}
.table{margin:1.6rem 0}
#table-left-out~.scroll td{text-align:left;white-space:normal;min-width:9rem}
details{margin:.8rem 0;border-top:1px solid var(--line);padding-top:.5rem}
summary{cursor:pointer;font-weight:600}
details .table h3{display:none}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;font-size:.88rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code{font-size:.9em}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:600px){body{padding:1.2rem .9rem 2rem}.statements li{grid-template-columns:1fr}h1{font-size:1.5rem}
 .panel svg{max-width:100%}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0}.scroll{overflow:visible}
figure,.table,tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
`;
