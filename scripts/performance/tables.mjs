// The results of one release as a page of Markdown.
import { seriesOf } from './plots.mjs';

/** A page with one table for each result. `files` are the names of the results; `older` those of earlier releases. */
export function pageOf(results, older) {
  const [{ product }] = results;
  return [
    `# Performance of ${product.version}`,
    '',
    'Written by `npm run performance-plots` from the files that it names; [what the figures mean](../performance.md).',
    '',
    ...results.flatMap(section),
    ...(older.length > 0 ? ['## Earlier releases', '', ...older.map(({ file }) => `- [${file}](${file})`), ''] : []),
  ].join('\n');
}

function section(result) {
  const { file, engine, node, processors, date, effort, figures } = result;
  return [
    `## ${heading(seriesOf(result))} machines`,
    '',
    `${engine.name} ${engine.version}, Node ${node}, ${processors}, ${effort} run of ${date.slice(0, 10)}: [${file}](${file})`,
    '',
    '| figure | value | p50 | p99 | stall | reference | ratio |',
    '|---|---|---|---|---|---|---|',
    ...figures.map(
      ({ name, value, unit, of, text, p50, p99, stall, reference, ratio }) =>
        `| ${[
          name,
          text ?? quantity({ value, unit, of }),
          time(p50),
          time(p99),
          time(stall),
          reference ? quantity(reference) : '',
          ratio === undefined ? '' : short(ratio),
        ]
          .map((cell) => cell.replaceAll('|', '\\|'))
          .join(' | ')} |`,
    ),
    '',
  ];
}

const heading = (text) => text[0].toUpperCase() + text.slice(1);

const quantity = ({ value, unit, of }) => {
  const [number, shown] = unit.startsWith('bytes') ? [value / 1e6, unit.replace('bytes', 'MB')] : [value, unit];
  return `${short(number)}${shown.startsWith('/') ? '' : ' '}${shown}${of === undefined ? '' : ` ${of}`}`;
};

const time = (value) => (value === undefined ? '' : `${short(value)} ms`);
const short = (value) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
