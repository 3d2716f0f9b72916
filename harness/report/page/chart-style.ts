/** How charts look while a reader uses them, and what a script adds to them. */
export const chartStyle = `
button.legend-item{font:inherit;color:inherit;background:none;border:1px solid transparent;border-radius:4px;margin:0;
 padding:.05rem .35rem;cursor:pointer}
button.legend-item:hover,button.legend-item.lit{border-color:var(--line);background:var(--wash)}
.legend-item[aria-pressed=false]{text-decoration:line-through;color:var(--soft)}
.legend-item[aria-pressed=false] svg{opacity:.25}
@media screen{.off{display:none}.dim [data-m]:not(.lit){opacity:.12}}
.panel:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.tip{position:absolute;z-index:1;max-width:min(22rem,92vw);padding:.45rem .65rem;background:var(--panel);
 color:var(--text);border:1px solid var(--soft);border-radius:5px;font-size:.82rem;line-height:1.4;pointer-events:none;
 box-shadow:0 2px 10px #0003}
.tip p{margin:0}.tip p:first-child{font-weight:600}
.tip.held{pointer-events:auto}
.spot{fill:none;stroke:var(--text);stroke-width:1.5;pointer-events:none}
@media print{.tip,.spot{display:none}}
`;
