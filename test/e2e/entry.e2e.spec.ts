import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

describe.each([
  ['/', ['/']],
  ['/metal/', ['/metal/', '/metal']],
  ['metal', ['/metal/', '/metal']],
  ['/metal', ['/metal/', '/metal']],
  ['a/b/', ['/a/b', '/a/b/']],
])('the entry page with METAL_API_BASE_PATH=%s', (setting, paths) => {
  let server: TestApp;
  beforeAll(async () => void (server = await startTestApp({ METAL_API_BASE_PATH: setting })));
  afterAll(() => server.close());

  const get = (path: string, accept?: string) => {
    const request = server.as('nobody').get(path);
    return accept === undefined ? request : request.set('accept', accept);
  };

  it.each([
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    'application/xhtml+xml',
    'TEXT/HTML;q=0.5, */*;q=0.1',
  ])('redirects browsers to the console (%s)', async (accept) => {
    for (const path of paths) {
      const { headers } = await get(path, accept).expect(302);
      const page = await get(headers['location'] as string, accept).expect(200);
      expect(page.text).toContain('<div id="root">');
    }
  });

  it.each([undefined, '*/*', 'application/json', 'text/plain', 'text/html;q=0, */*'])(
    'tells programs where to go (%s)',
    async (accept) => {
      for (const path of paths) {
        const { body, headers } = await get(path, accept).expect(200);
        expect(headers['content-type']).toBe('application/json');
        expect(headers['vary']).toContain('accept');
        for (const link of ['console', 'apidocs', 'openapi', 'swagger', 'health', 'version'])
          await get(body[link]).expect(200);
      }
    },
  );

  it('serves nothing else there', async () => {
    await get('/nothing').expect(404);
    await server.as('admin').post(paths[0]!).send({}).expect(405);
    if (!paths.includes('/')) await get('/').expect(404);
  });
});
