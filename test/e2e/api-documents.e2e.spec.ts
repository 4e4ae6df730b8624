import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { swaggerText } from '../../src/cli/dump-spec.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

interface Operation {
  readonly operationId: string;
}

const COMPARE = resolve('../shared/contract/compare.mjs');

describe('the Swagger 2.0 document', () => {
  // After a change of the API: `npm run spec`, or this test with `-u`.
  it('is checked in as it is generated', async () =>
    expect(await swaggerText()).toMatchFileSnapshot('../../spec/metal-api.json'));

  it('leads from each path to its controller, as ARCHITECTURE.md says', async () => {
    const moved = { 'partition/capacity': 'capacity', 'machine/update-firmware': 'firmware' };
    const files = readdirSync('src/modules', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.controller.ts'),
    );
    const controllers = files.map((file) => ({ file, code: readFileSync(join('src/modules', file), 'utf8') }));
    const { paths } = JSON.parse(await swaggerText()) as { paths: Record<string, Record<string, Operation>> };
    for (const [path, operations] of Object.entries(paths)) {
      const route = path.replace('/v1/', '');
      const exception = Object.entries(moved).find(([start]) => route.startsWith(start))?.[1];
      const folder = exception ?? route.split('/')[0]!.replaceAll('-', '');
      for (const { operationId } of Object.values(operations)) {
        const found = controllers.filter(({ code }) => code.includes(`'${operationId}'`));
        const folders = found.map(({ file }) => file.split('/')[0]!.replaceAll('-', ''));
        expect({ path, operationId, folders }).toEqual({ path, operationId, folders: [folder] });
      }
    }
  });

  it.skipIf(!existsSync(COMPARE))('agrees with the recorded contract wherever something exists', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'spec-')), 'metal-api.json');
    writeFileSync(file, await swaggerText());
    const { stdout } = spawnSync(process.execPath, [COMPARE, file, '--all'], { encoding: 'utf8' });
    const wrong = stdout
      .trim()
      .split('\n')
      .slice(0, -1)
      .filter((line) => !/(operation|definition) missing$/.test(line));
    expect(wrong).toEqual([]);
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

  it('serves Swagger UI with assets of its own', async () => {
    const page = await get('/metal/swagger').expect(200).expect('content-type', /html/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files).toContain('/metal/swagger/swagger-ui-bundle.js');
    for (const file of files) await get(file).expect(200);
    expect(page.text).not.toMatch(/https?:/);
    await get('/metal/swagger/').expect(200);
  });

  it('gives nothing else of that folder away', async () => {
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
});
