import { readBaseline } from './compare/baseline.js';
import { comparedRun } from './compare/compared-run.js';
import { verdict } from './compare/verdict.js';
import { CALLERS, ipam } from './ipam.js';
import type { FleetOptions } from './options.js';
import { here, writeResult } from './output.js';
import { heading, table } from './report.js';
import { resultOf } from './result.js';
import type { Result, SectionFigures } from './result.js';
import { run, stepsIn } from './run.js';
import { print, stepsOf } from './steps.js';
import { productVersion } from './versions.js';

/** Measures servers of this repository on fleets that it seeds; returns the tables. */
export async function measureFleets(options: FleetOptions): Promise<string[]> {
  const { engine, quick, sections, profile, compare, json } = options;
  // Before minutes are spent on a run that nothing can be compared with.
  const baselines = options.machines.map((machines) =>
    compare === undefined ? undefined : readBaseline(compare, engine, machines),
  );
  const kind = `${quick ? 'quick' : 'full'} run${profile ? ', profiled' : ''}`;
  const parts: string[] = [];
  const show = (part: string): void => {
    print(part);
    parts.push(part);
  };
  show(heading(`Engine ${engine}, log level warn, ${kind}`));
  const addresses = sections.has('ipam') ? await acquisitions(options) : [];
  for (const { figures } of addresses) show(table(`IPAM, ${CALLERS} callers of one process`, figures));
  if (sections.size === addresses.length) return parts;
  for (const [index, machines] of options.machines.entries()) {
    const measure = (selected = options): Promise<Result> => fleetOf(machines, selected, addresses, show);
    const baseline = baselines[index];
    const first = await measure();
    if (json !== undefined) writeResult(json, first);
    if (!baseline) continue;
    const { rows, failed } = await comparedRun(baseline.result, first, options, measure);
    show(verdict(baseline, rows));
    if (failed) process.exitCode = 1;
  }
  return parts;
}

async function acquisitions({ engine, quick }: FleetOptions): Promise<SectionFigures[]> {
  return [{ section: 'ipam', figures: await ipam(engine, quick, stepsOf('ipam')) }];
}

async function fleetOf(
  machines: number,
  options: FleetOptions,
  addresses: readonly SectionFigures[],
  show: (part: string) => void,
): Promise<Result> {
  const { engineVersion, sections } = await run(machines, options, stepsOf(`${machines} machines`, stepsIn(options)));
  const figures = sections.flatMap((section) => section.figures);
  show(table(`${machines} machines`, figures));
  const product = { name: 'metal-api', version: productVersion };
  const engine = { name: options.engine, version: engineVersion };
  return resultOf({ product, engine, machines, ...here(options.quick) }, [...addresses, ...sections]);
}
