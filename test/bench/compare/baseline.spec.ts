import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf, resultOf } from '../result.js';
import { readBaseline } from './baseline.js';

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'baseline-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function save(name: string, version: string, date: string, machines = 1000): string {
  const file = join(folder, name);
  const engine = { name: 'embedded', version: '3.0.0' };
  const product = { name: 'metal-api', version };
  const setting = {
    product,
    engine,
    machines,
    effort: 'full',
    node: 'v24.0.0',
    processors: '2 × unknown',
    date,
  } as const;
  writeFileSync(file, jsonOf(resultOf(setting, [])));
  return file;
}

describe('earlier results', () => {
  it('are the latest of a folder for the engine and the number of machines', () => {
    save('a.json', '1.10.0', '2026-03-01T00:00:00Z');
    save('b.json', '1.9.0', '2026-02-01T00:00:00Z');
    save('c.json', '1.11.0', '2026-04-01T00:00:00Z', 10_000);
    expect(readBaseline(folder, 'embedded', 1000).result.product.version).toBe('1.10.0');
  });

  it('are the file that is named', () => {
    const file = save('a.json', '1.10.0', '2026-03-01T00:00:00Z');
    expect(readBaseline(file, 'embedded', 1000)).toMatchObject({ file, result: { product: { version: '1.10.0' } } });
  });

  it.each([
    ['another engine', 'memory', 1000],
    ['another number of machines', 'embedded', 2000],
  ])('are refused for %s', (_, engine, machines) => {
    save('a.json', '1.10.0', '2026-03-01T00:00:00Z');
    const message = `no result of ${engine} with ${machines} machines, but embedded with 1000 machines`;
    expect(() => readBaseline(folder, engine, machines)).toThrow(message);
  });

  it.each([
    ['is no JSON', 'nothing', 'cannot be read'],
    ['has another format', '{"format":99,"figures":[]}', 'has format 99 instead of 1'],
    ['is null', 'null', 'has format undefined'],
    ['has no figures', '{"format":1}', 'has no figures'],
  ])('are refused if the file %s', (_, content, message) => {
    const file = join(folder, 'a.json');
    writeFileSync(file, content);
    expect(() => readBaseline(file, 'embedded', 1000)).toThrow(`${file} ${message}`);
  });

  it('are refused if there is nothing of that name', () => {
    expect(() => readBaseline(join(folder, 'no'), 'embedded', 1000)).toThrow('does not exist');
    expect(() => readBaseline(folder, 'embedded', 1000)).toThrow('but none at all');
  });
});
