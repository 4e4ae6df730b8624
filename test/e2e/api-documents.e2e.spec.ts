import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { swaggerText } from '../../src/cli/dump-spec.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

interface Operation {
  readonly operationId: string;
}
type Paths = Record<string, Record<string, Operation>>;

const CONTRACT = 'spec/contract';
/** Each release is compared in full, along with the operations that exist only in 0.12.0. */
const RELEASES = ['0.44.1', '0.45.0'];

describe('the Swagger 2.0 document', () => {
  // After an API change, run `npm run spec`, or this test with `-u`.
  it('matches the checked-in document', async () =>
    expect(await swaggerText()).toMatchFileSnapshot('../../spec/metal-api.json'));

  it('maps each path to its controller as described in ARCHITECTURE.md', async () => {
    const moved = { 'partition/capacity': 'capacity', 'machine/update-firmware': 'firmware' };
    const files = readdirSync('src/modules', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.controller.ts'),
    );
    const controllers = files.map((file) => ({ file, code: readFileSync(join('src/modules', file), 'utf8') }));
    const { paths } = JSON.parse(await swaggerText()) as { paths: Paths };
    for (const [path, operations] of Object.entries(paths)) {
      const route = path.replace('/v1/', '');
      const exception = Object.entries(moved).find(([start]) => route.startsWith(start))?.[1];
      const folder = exception ?? route.split('/')[0]!.replaceAll('-', '');
      for (const { operationId } of Object.values(operations)) {
        const found = controllers.filter(({ code }) => code.includes(`id: '${operationId}'`));
        const folders = found.map(({ file }) => file.split('/')[0]!.replaceAll('-', ''));
        expect({ path, operationId, folders }).toEqual({ path, operationId, folders: [folder] });
      }
    }
  });
});

describe('the recorded contract', () => {
  let folder: string;
  let served: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contract-'));
    served = await swaggerText();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the comparison; resolves to its exit code and the printed lines. */
  function compare(document: string, release: string, contract = CONTRACT) {
    const file = join(folder, 'metal-api.json');
    writeFileSync(file, document);
    const args = [join(contract, 'compare.mjs'), file, '--all', '--release', release];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
  }

  const pathsOf = (release: string): Paths =>
    (JSON.parse(readFileSync(join(CONTRACT, `${release}.json`), 'utf8')) as { paths: Paths }).paths;
  const operationsOf = (release: string): string[] =>
    Object.entries(pathsOf(release)).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));

  it.each(RELEASES)('of release %s holds, with all operations of 0.12.0', (release) => {
    const operations = operationsOf(release);
    const legacy = operationsOf('0.12.0').filter((operation) => !operations.includes(operation));
    expect(operations.length).toBeGreaterThan(100);
    expect(legacy.length).toBeGreaterThan(5);
    const counts = `operations ${operations.length}/${operations.length}, legacy ${legacy.length}/${legacy.length}`;
    expect(compare(served, release)).toEqual({ status: 0, lines: [`${counts}, differences 0`] });
  });

  it.each([
    ['0.44.1', '/v1/machine/find', 'POST /v1/machine/find: operation missing'],
    ['0.45.0', '/v1/machine/find', 'POST /v1/machine/find: operation missing'],
    ['0.45.0', '/v1/partition/capacity', 'legacy GET /v1/partition/capacity: operation missing'],
  ])('of release %s is violated by a document without %s', (release, path, line) => {
    const document = JSON.parse(served) as { paths: Paths };
    delete document.paths[path];
    const { status, lines } = compare(JSON.stringify(document), release);
    expect(status).toBe(1);
    expect(lines).toContain(line);
  });

  it.each(['0.12.0', ...RELEASES])('cannot be checked if the file for %s is missing', (missing) => {
    const copy = join(folder, `without-${missing}`);
    cpSync(CONTRACT, copy, { recursive: true });
    rmSync(join(copy, `${missing}.json`));
    const { status, lines } = compare(served, missing === '0.12.0' ? '0.45.0' : missing, copy);
    expect(status).toBe(2);
    expect(lines.join()).toContain(`${missing}.json cannot be read`);
  });
});

describe('a running server', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp({ METAL_API_BASE_PATH: '/metal/' });
  });
  afterAll(() => server.close());
  const get = (path: string) => server.as('nobody').get(path);

  it('serves apidocs.json without credentials, with its base path (client generators)', async () => {
    const { body } = await get('/metal/apidocs.json').expect(200);
    expect(body).toMatchObject({ swagger: '2.0', basePath: '/metal/', info: { title: 'metal-api' } });
    expect(body.paths['/v1/version'].get.operationId).toBe('info');
  });

  it('serves Swagger UI with bundled assets', async () => {
    const page = await get('/metal/swagger').expect(200).expect('content-type', /html/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files).toContain('/metal/swagger/swagger-ui-bundle.js');
    for (const file of files) await get(file).expect(200);
    expect(page.text).not.toMatch(/https?:/);
    await get('/metal/swagger/').expect(200);
  });

  it('serves no other file of that folder', async () => {
    for (const name of ['package.json', '..%2fpackage.json', '__proto__']) {
      expect(errorOf(await get(`/metal/swagger/${name}`).expect(404)).statuscode).toBe(404);
    }
  });

  it('serves OpenAPI 3 with a bearer scheme, so that a token can be pasted', async () => {
    const { body } = await get('/metal/swagger/openapi.json').expect(200);
    expect(body.openapi).toMatch(/^3\./);
    expect(body.servers).toEqual([{ url: '/metal' }]);
    expect(body.components.securitySchemes.jwt).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it.each(['openapi.json', 'operators.json'])('explains every tag of %s', async (name) => {
    const { body } = await get(`/metal/swagger/${name}`).expect(200);
    const { tags } = body as { readonly tags: readonly { readonly name: string; readonly description?: string }[] };
    expect(tags.length).toBeGreaterThan(5);
    expect(tags.filter(({ description }) => description === undefined)).toEqual([]);
  });
});
