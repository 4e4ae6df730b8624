import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AgentProcess } from '../support/agent-process.js';
import { ConsoleProcess } from '../support/console-process.js';
import { ImageCacheProcess } from '../support/image-cache-process.js';
import { installed, searchPath } from '../support/installed.js';
import { freePort } from '../support/port.js';
import { ServerProcess } from '../support/server-process.js';

const RULES = 'deploy/helm/metal-api/files/rules.yml';
const FOLDER = 'deploy/helm/metal-api/files/dashboards';
const DASHBOARDS = readdirSync(FOLDER);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

interface Dashboard {
  readonly title: string;
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const expressionsOf = (file: string): string[] =>
  (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard).panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr),
  );

/** Words of PromQL that are not names of metrics; functions are recognized by their parenthesis. */
const WORDS = new Set(['by', 'without', 'or', 'and', 'unless', 'on', 'ignoring', 'offset', 'bool']);

/** The metrics that an expression reads, each with the labels that it selects or groups by. */
function metricsIn(expression: string): { readonly name: string; readonly labels: readonly string[] }[] {
  const grouped = [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(',').map((label) => label.trim()),
  );
  const bare = expression
    .replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/"[^"]*"/g, '""');
  return [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/g)].flatMap(([, name, rest]) => {
    if (rest === '(' || WORDS.has(name!) || isWithinBraces(bare, name!)) return [];
    const selected = [...(rest ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    return [{ name: name!, labels: [...selected, ...grouped] }];
  });
}

/** Whether all occurrences are labels in a selector. */
const isWithinBraces = (text: string, name: string): boolean =>
  !new RegExp(`(?<![\\w:])${name}(?![\\w:])`).test(text.replace(/\{[^}]*\}/g, ' '));

/** What Prometheus adds to each series, and the target label of each scrape. */
const TARGET_LABELS = ['job', 'instance', 'le'];

/** A family of metrics that a program serves: its type and the labels of its samples. */
interface Family {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
}

const served = new Map<string, Family>();

/** Reads `/metrics` of a program; samples may add labels to families that another program serves, too. */
async function scrape(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.status).toBe(200);
  const text = await response.text();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const labels = new Set(served.get(name!)?.labels);
    for (const [, list] of text.matchAll(new RegExp(`^${name!}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm')))
      for (const [, label] of list!.matchAll(/(\w+)="/g)) labels.add(label!);
    served.set(name!, { type: type!, labels });
  }
}

function familyOf(name: string): Family | undefined {
  const base = /^(.+)_(?:bucket|sum|count)$/.exec(name)?.[1];
  const histogram = base === undefined ? undefined : served.get(base);
  return histogram?.type === 'histogram' ? histogram : served.get(name);
}

/** What is wrong with the expression: metrics that no program serves, and labels that they do not have. */
function problemsOf(expression: string): string[] {
  const found = metricsIn(expression);
  expect(found).not.toEqual([]);
  return found.flatMap(({ name, labels }) => {
    if (name === 'up') return [];
    const family = familyOf(name);
    if (family === undefined) return [`${name} is not served`];
    // A family without samples shows no labels; those that have some must have the right ones.
    if (family.labels.size === 0) return [];
    const stray = labels.filter((label) => !family.labels.has(label) && !TARGET_LABELS.includes(label));
    return stray.map((label) => `${name} has no label ${label}`);
  });
}

describe('dashboards and alert rules', () => {
  let server: ServerProcess;
  let agent: AgentProcess;
  let cache: ImageCacheProcess;
  let consoles: ConsoleProcess;
  let folder: string;

  beforeAll(async () => {
    const [metrics, agentMetrics, nowhere] = [await freePort(), await freePort(), await freePort()];
    server = await ServerProcess.start({ METAL_API_DB: 'memory', METAL_API_METRICS_SERVER_BIND_ADDR: `:${metrics}` });
    agent = await AgentProcess.start('fra-equ01', {
      METAL_API_NATS_URL: `nats://127.0.0.1:${nowhere}`,
      METAL_API_AGENT_STATUS_BIND_ADDR: `127.0.0.1:${agentMetrics}`,
    });
    cache = await ImageCacheProcess.prepare({
      METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: server.url,
      METAL_API_IMAGE_CACHE_METAL_API_HMAC: 'metal-view',
    });
    await cache.start();
    const consoleMetrics = await freePort();
    folder = mkdtempSync(join(tmpdir(), 'metal-console-'));
    consoles = await ConsoleProcess.start({
      METAL_API_CONSOLE_API_URL: server.url,
      METAL_API_CONSOLE_API_HMAC: 'metal-edit',
      METAL_API_CONSOLE_BIND_ADDR: '127.0.0.1:0',
      METAL_API_CONSOLE_STATUS_BIND_ADDR: `127.0.0.1:${consoleMetrics}`,
      METAL_API_DATA_DIR: folder,
    });
    const ports = [metrics, agentMetrics, consoleMetrics, ...Object.values(cache.ports)];
    for (const port of ports) await scrape(port);
  });
  afterAll(async () => {
    await consoles?.stop();
    rmSync(folder, { recursive: true, force: true });
    await cache?.remove();
    await agent?.kill();
    await server?.kill();
  });

  it.each(DASHBOARDS)('%s reads only metrics that a program serves', (file) => {
    expect(expressionsOf(file).flatMap(problemsOf)).toEqual([]);
  });

  it.each(rules)(
    '$alert reads only metrics that a program serves, and has a runbook',
    ({ expr, alert, annotations }) => {
      expect(problemsOf(expr)).toEqual([]);
      const [page, anchor] = annotations['runbook']!.split('#');
      expect(anchor).toBe(alert.toLowerCase());
      expect(existsSync(page!)).toBe(true);
      expect(readFileSync(page!, 'utf8')).toContain(`\n### ${alert}\n`);
    },
  );

  it('are checked for names and labels', () => {
    expect(problemsOf('sum by (route) (rate(metal_api_requests_total[5m]))')).toEqual([
      'metal_api_requests_total has no label route',
    ]);
    expect(problemsOf('metal_api_bus_connected{kind="a"} == 0 or metal_api_wishes > 1')).toEqual([
      'metal_api_wishes is not served',
    ]);
  });

  it('have panels that Grafana can identify', () => {
    for (const file of DASHBOARDS) {
      const { title, panels } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard;
      expect(title).toMatch(/^metal-api \/ /);
      expect(new Set(panels.map((panel) => panel.title)).size).toBe(panels.length);
    }
  });
});

describe.skipIf(!installed('alert rules', 'promtool'))('promtool', () => {
  const promtool = (...args: string[]): string =>
    execFileSync('promtool', args, { encoding: 'utf8', env: { PATH: searchPath() }, stdio: 'pipe' });

  it('accepts the rules', () => expect(promtool('check', 'rules', RULES)).toContain(`${rules.length} rules found`));

  it('sees each alert raised and not raised as its test says', () =>
    expect(promtool('test', 'rules', 'test/fixtures/monitoring/rules.tests.yml')).toContain('SUCCESS'));
});
