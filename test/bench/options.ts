import { parseArgs } from 'node:util';

export const ENGINES = ['embedded', 'rethinkdb', 'memory'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What can be measured on its own. */
export const SECTIONS = ['ipam', 'reads', 'allocations', 'events', 'watches', 'consistency', 'stalls'] as const;
export type Section = (typeof SECTIONS)[number];

/** Options of the benchmark. */
export interface Options {
  /** Sizes of the fleets to measure in turn. */
  readonly machines: readonly number[];
  readonly engine: EngineName;
  /** Markdown file for the table. */
  readonly output: string | undefined;
  /** Shorter measurements: under a minute instead of a few. */
  readonly quick: boolean;
  /** What is measured. */
  readonly sections: ReadonlySet<Section>;
  /** Folder for CPU profiles of the server; they cost it some speed. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --machines 1000,10000   sizes of the fleets, at least 1000 each
  --engine ${ENGINES.join('|')}
  --output FILE           writes the table there, too
  --only SECTIONS         comma-separated: ${SECTIONS.join(', ')}
  --quick                 shorter measurements
  --profile FOLDER        CPU profiles of the server, to be opened in a browser's developer tools`;

/** Parses the command line. Throws an Error if it is invalid. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      machines: { type: 'string', default: '1000,10000' },
      engine: { type: 'string', default: 'embedded' },
      output: { type: 'string' },
      only: { type: 'string', default: SECTIONS.join() },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const machines = values.machines.split(',').map(Number);
  const wrong = machines.find((count) => !Number.isInteger(count) || count < 1000 || count > 60_000);
  if (wrong !== undefined) throw new Error(`--machines is "${values.machines}", expected numbers from 1000 to 60000`);
  const engine = ENGINES.find((name) => name === values.engine);
  if (!engine) throw new Error(`--engine is "${values.engine}", expected one of ${ENGINES.join(', ')}`);
  const { output, quick, profile } = values;
  return { machines, engine, sections: readSections(values.only), output, quick, profile };
}

function readSections(text: string): ReadonlySet<Section> {
  const names = text.split(',');
  const sections = SECTIONS.filter((section) => names.includes(section));
  if (sections.length !== new Set(names).size)
    throw new Error(`--only is "${text}", expected a list of ${SECTIONS.join(', ')}`);
  return new Set(sections);
}
