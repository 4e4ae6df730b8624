// One kind of chart as SVG: rows of bars on one axis, grouped, in light and dark colours of the reader's system.

const WIDTH = 720;
const [LEFT, RIGHT, TOP] = [200, 70, 64];
const [BAR, GROUP_GAP] = [14, 14];
const SERIES = 4;

const STYLE = `
  svg { --paper: #ffffff; --ink: #24292f; --faint: #d0d7de; --s0: #2f6fdb; --s1: #86b0f4; --s2: #b3560c; --s3: #eda25c; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #1b1b1f; --ink: #dfdfd6; --faint: #3c3f44; --s0: #6ea8ff; --s1: #3465a8; --s2: #ff9d4d; --s3: #a3602a; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 12px; }
  .grid { stroke: var(--faint); }
  .whisker, .mark { stroke: var(--ink); stroke-width: 1.5; }
`;

/**
 * Returns an SVG document. `series` are names; `groups` have a label and bars `{ series, value, text, to?, mark? }`: a bar
 * from the left to `value`, a line on to `to`, a mark at `mark`. `scale` is `linear` or `log`.
 */
export function chart({ title, axis, scale, series, groups }) {
  if (series.length > SERIES) throw new Error(`${title}: ${series.length} series, expected ${SERIES} at most`);
  const placed = placeOf(groups);
  const height = placed.height + 40;
  const x = scaleOf(
    scale,
    groups.flatMap(({ bars }) => bars.flatMap(valuesOf)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${height}" rx="6" fill="var(--paper)"/>`,
    text(16, 26, title, 'class="title"'),
    ...legend(series),
    ...x.ticks.flatMap((tick) => gridLine(x.of(tick), tick, placed.height)),
    text(WIDTH - 16, placed.height + 31, axis, 'class="small" text-anchor="end"'),
    ...placed.groups.flatMap((group) => drawGroup(group, x)),
    '</svg>',
    '',
  ].join('\n');
}

/** Positions of groups and bars from top to bottom. */
function placeOf(groups) {
  let y = TOP + 8;
  const placed = groups.map(({ label, bars }) => {
    const top = y;
    y += bars.length * BAR + GROUP_GAP;
    return { label, top, bars: bars.map((bar, index) => ({ ...bar, y: top + index * BAR })) };
  });
  return { groups: placed, height: y };
}

const valuesOf = ({ value, to = value, mark = value }) => [value, to, mark];

/** Maps values to positions, with round ticks. */
function scaleOf(kind, values) {
  const largest = Math.max(...values);
  const span = WIDTH - LEFT - RIGHT;
  if (kind === 'linear') {
    const step = niceStep(largest / 4);
    const end = Math.ceil(largest / step) * step;
    const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => rounded(index * step));
    return { ticks, of: (value) => LEFT + (value / end) * span };
  }
  const first = Math.floor(Math.log10(Math.min(...values.filter((value) => value > 0))));
  const last = Math.max(first + 1, Math.ceil(Math.log10(largest)));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => rounded(10 ** (first + index)));
  const share = (value) => (Math.log10(Math.max(value, 10 ** first)) - first) / (last - first);
  return { ticks, of: (value) => LEFT + share(value) * span };
}

/** 1, 2 or 5 times a power of ten, not below `step`. */
function niceStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= step * 0.999);
}

const rounded = (value) => Number(value.toPrecision(6));

const gridLine = (x, tick, bottom) => [
  `<line class="grid" x1="${at(x)}" y1="${TOP}" x2="${at(x)}" y2="${bottom}"/>`,
  text(x, bottom + 14, tick.toLocaleString('en'), 'class="small" text-anchor="middle"'),
];

const legend = (series) =>
  series.flatMap((name, index) => {
    const x = 16 + index * 172;
    return [
      `<rect x="${x}" y="38" width="12" height="12" fill="var(--s${index})"/>`,
      text(x + 18, 49, name, 'class="small"'),
    ];
  });

function drawGroup({ label, top, bars }, x) {
  const middle = top + (bars.length * BAR) / 2 + 4;
  return [text(LEFT - 10, middle, label, 'text-anchor="end"'), ...bars.flatMap((bar) => drawBar(bar, x))];
}

function drawBar({ series, value, text: label, to, mark, y }, x) {
  const [start, end, middle] = [LEFT, x.of(value), y + BAR / 2];
  const width = Math.max(1, end - start);
  const furthest = Math.max(...valuesOf({ value, to, mark }).map((one) => x.of(one)));
  const parts = [`<rect x="${start}" y="${y + 1}" width="${at(width)}" height="${BAR - 2}" fill="var(--s${series})"/>`];
  if (to !== undefined)
    parts.push(`<line class="whisker" x1="${at(end)}" y1="${middle}" x2="${at(x.of(to))}" y2="${middle}"/>`);
  for (const tick of [to, mark])
    if (tick !== undefined)
      parts.push(
        `<line class="mark" x1="${at(x.of(tick))}" y1="${y + 2}" x2="${at(x.of(tick))}" y2="${y + BAR - 2}"/>`,
      );
  parts.push(text(furthest + 6, middle + 4, label, 'class="small"'));
  return parts;
}

const at = (position) => Math.round(position * 10) / 10;
const text = (x, y, content, attributes) => `<text x="${at(x)}" y="${at(y)}" ${attributes}>${escaped(content)}</text>`;
const escaped = (content) =>
  content.replace(/[<>&"]/g, (sign) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[sign]);
