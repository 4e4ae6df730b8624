import { parseArgs } from 'node:util';

export const ENGINES = ['embedded', 'rethinkdb', 'memory'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What can be measured on its own. */
export const SECTIONS = [
  'ipam',
  'reads',
  'allocations',
  'events',
  'watches',
  'polling',
  'consistency',
  'stalls',
] as const;
export type Section = (typeof SECTIONS)[number];

interface Common {
  /** Markdown file for the table. */
  readonly output: string | undefined;
  /** Name of the JSON file for the figures; may have `{machines}` and other placeholders. */
  readonly json: string | undefined;
  /** Shorter measurements: under a minute instead of a few. */
  readonly quick: boolean;
}

/** Measure servers of this repository on fleets that the benchmark seeds. */
export interface FleetOptions extends Common {
  readonly kind: 'fleets';
  /** Sizes of the fleets to measure in turn. */
  readonly machines: readonly number[];
  readonly engine: EngineName;
  /** What is measured. */
  readonly sections: ReadonlySet<Section>;
  /** Folder for CPU profiles of the server; they cost it some speed. */
  readonly profile: string | undefined;
  /** File or folder of earlier results to compare with. */
  readonly compare: string | undefined;
}

/** IDs of what a machine is allocated by. */
export interface MachinesWanted {
  readonly partition: string;
  readonly size: string;
  readonly image: string;
}

/** Measure any metal-api through routes of v1. */
export interface RemoteOptions extends Common {
  readonly kind: 'remote';
  /** Address with base path, without a slash at the end. */
  readonly url: string;
  /** Load the server even though it has machines. */
  readonly live: boolean;
  /** Free machines to allocate and to free, which installs and wipes them; none if undefined. */
  readonly allocate: MachinesWanted | undefined;
  /** Only remove what a run of this name has left behind. */
  readonly remove: string | undefined;
}

export type Options = FleetOptions | RemoteOptions;

export const USAGE = `npm run bench -- [options]
  --machines 1000,10000   sizes of the fleets, at least 1000 each
  --engine ${ENGINES.join('|')}
  --only SECTIONS         comma-separated: ${SECTIONS.join(', ')}
  --profile FOLDER        CPU profiles of the server, to be opened in a browser's developer tools
  --compare FILE|FOLDER   compares with earlier results; ends with 1 if a ratio lost more than 15 %

npm run bench -- --url URL [options]   measures any metal-api through routes of v1; the environment has
                          METAL_API_BENCH_HMAC (the key of Metal-Admin) or METAL_API_BENCH_TOKEN (of an admin)
  --live                  load the server even though it has machines
  --allocate PARTITION,SIZE,IMAGE   also allocates and frees machines, which installs and wipes them
  --remove NAME           only remove what a run that was killed has left behind

  --quick                 shorter measurements
  --output FILE           writes the tables there, too
  --json FILE             writes the figures there; {version}, {engine} and {machines} are filled in`;

/** Parses the command line. Throws an Error if it is invalid. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      machines: { type: 'string' },
      engine: { type: 'string' },
      only: { type: 'string' },
      profile: { type: 'string' },
      compare: { type: 'string' },
      url: { type: 'string' },
      live: { type: 'boolean' },
      allocate: { type: 'string' },
      remove: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { output, json, quick, url, live, allocate, remove, machines, engine, only, profile, compare } = values;
  const common = { output, json, quick };
  if (url !== undefined) {
    refuse({ machines, engine, only, profile, compare }, 'goes without --url');
    const wanted = { allocate: readWanted(allocate), remove: readName(remove) };
    return { kind: 'remote', url: readUrl(url), live: live ?? false, ...wanted, ...common };
  }
  refuse({ live, allocate, remove }, 'goes with --url only');
  const sizes = readMachines(machines ?? '1000,10000');
  if (json !== undefined && sizes.length > 1 && !json.includes('{machines}'))
    throw new Error(`--json is "${json}" for ${sizes.length} fleets, expected {machines} in it or one fleet`);
  const sections = readSections(only ?? SECTIONS.join());
  return { kind: 'fleets', machines: sizes, engine: readEngine(engine), sections, profile, compare, ...common };
}

/** Throws if any of the options is given. */
function refuse(options: Readonly<Record<string, unknown>>, why: string): void {
  const [given] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined) throw new Error(`--${given} ${why}`);
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  )
    throw new Error(`--url is "${text}", expected a URL such as http://127.0.0.1:8080 or https://HOST/metal`);
  return url.href.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function readWanted(text: string | undefined): MachinesWanted | undefined {
  if (text === undefined) return undefined;
  const [partition = '', size = '', image = '', ...more] = text.split(',');
  if ([partition, size, image].includes('') || more.length > 0)
    throw new Error(`--allocate is "${text}", expected three IDs: PARTITION,SIZE,IMAGE`);
  return { partition, size, image };
}

function readName(name: string | undefined): string | undefined {
  if (name !== undefined && !/^bench-[0-9a-f]{8}$/.test(name))
    throw new Error(`--remove is "${name}", expected the name that the run printed, such as bench-0a1b2c3d`);
  return name;
}

function readMachines(text: string): number[] {
  const machines = text.split(',').map(Number);
  const wrong = machines.find((count) => !Number.isInteger(count) || count < 1000 || count > 100_000);
  if (wrong !== undefined) throw new Error(`--machines is "${text}", expected numbers from 1000 to 100000`);
  return machines;
}

function readEngine(text = 'embedded'): EngineName {
  const engine = ENGINES.find((name) => name === text);
  if (!engine) throw new Error(`--engine is "${text}", expected one of ${ENGINES.join(', ')}`);
  return engine;
}

function readSections(text: string): ReadonlySet<Section> {
  const names = text.split(',');
  const sections = SECTIONS.filter((section) => names.includes(section));
  if (sections.length !== new Set(names).size)
    throw new Error(`--only is "${text}", expected a list of ${SECTIONS.join(', ')}`);
  return new Set(sections);
}
