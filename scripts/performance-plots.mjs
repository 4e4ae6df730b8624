// Draws the results of the latest release (docs/performance/*.json, which `npm run bench -- --json` writes) as SVG, and
// writes them as a page.
//
//   node scripts/performance-plots.mjs            writes docs/public/performance/*.svg and docs/performance/results.md
//   node scripts/performance-plots.mjs --check    ends with 1 and names each of these files that would change
//     --results FOLDER                            reads the results there
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plotsOf } from './performance/plots.mjs';
import { pageOf } from './performance/tables.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The plots have this many colours; results of other engines are for comparisons only. */
const ENGINES = ['embedded', 'rethinkdb'];

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, results: { type: 'string', default: join(ROOT, 'docs/performance') } },
});

const all = readdirSync(values.results)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...JSON.parse(readFileSync(join(values.results, file), 'utf8')) }))
  .filter(({ engine }) => ENGINES.includes(engine.name))
  .sort((a, b) => a.engine.name.localeCompare(b.engine.name) || a.machines - b.machines);
if (all.length === 0) throw new Error(`${values.results} has no results of ${ENGINES.join(' or ')}`);
const { version } = all.reduce((a, b) => (b.date > a.date ? b : a)).product;
const [latest, older] = [true, false].map((wanted) =>
  all.filter(({ product }) => (product.version === version) === wanted),
);

const files = Object.entries({
  ...Object.fromEntries(
    Object.entries(plotsOf(latest)).map(([name, svg]) => [join('docs/public/performance', name), svg]),
  ),
  'docs/performance/results.md': pageOf(latest, older),
});

for (const [path, content] of files) {
  const file = join(ROOT, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  if (values.check) {
    console.log(`${path} is not what the results make: npm run performance-plots`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`${path} written`);
  }
}
