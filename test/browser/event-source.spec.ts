import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { startTestApp, testConfig } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { launchChromium } from '../support/browser/browser.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { tableOf } from '../support/machines.js';
import { freePort } from '../support/port.js';
import { Balancer } from '../support/upgrade/balancer.js';

const TOKEN_KEY = 'token-key-of-the-event-source-suite';
const KINDS = ['reset', 'put', 'removed', 'bookmark', 'end'];

/** Runs in the page: begins a watch that notes what it receives. */
const WATCH = `
  window.seen = [];
  window.source = new EventSource('/watch?kinds=size');
  for (const name of ${JSON.stringify(KINDS)}) source.addEventListener(name, ({ data }) => {
    const { id, object } = JSON.parse(data);
    seen.push([name, id, object?.name].filter(Boolean).join(' '));
  });
`;

/** A browser's own `EventSource` cannot send a token, so the proxy adds it. */
describe.skipIf(!installed('EventSource behind a load balancer', 'chromium', 'haproxy'))(
  'EventSource of a browser behind HAProxy',
  { shuffle: false },
  () => {
    let server: TestApp;
    let balancer: Balancer;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      server = await startTestApp({ METAL_API_TOKEN_KEY: TOKEN_KEY });
      await server.as('admin').put('/v1/size').send(size('s1')).expect(201);
      const [token] = createApiToken(TOKEN_KEY, { subject: 'page', role: 'viewer', lifetime: 3_600_000 }, Date.now());
      const [port, unused] = [Number(new URL(server.url).port), await freePort()];
      balancer = await Balancer.start(
        [
          [port, unused],
          [unused, unused],
        ],
        `http-request set-header Authorization "Bearer ${token}"`,
      );
      browser = await launchChromium();
      page = await browser.newPage();
      await page.goto(`${balancer.url}console/`);
    });
    afterAll(async () => {
      await browser?.close();
      await balancer?.stop();
      await server?.close();
    });

    const size = (id: string) => ({ id, name: id, constraints: [{ type: 'cores', min: 1, max: 1 }] });
    const rename = (name: string): Promise<unknown> =>
      tableOf(server, sizeTable).update('s1', (current) => ({ ...current, name }));
    const seen = (): Promise<readonly string[]> => page.evaluate<string[]>('seen');
    const arrives = (event: string) => eventually(event, async () => (await seen()).at(-1) === event);

    it('receives the state, and each change at once', async () => {
      await page.evaluate(WATCH);
      await arrives('bookmark');
      await rename('renamed');
      await eventually('the change arrives', async () => (await seen()).includes('put s1 renamed'));
      expect(await seen()).toEqual(expect.arrayContaining(['reset', 'put s1 s1', 'bookmark', 'put s1 renamed']));
    });

    it('reconnects by itself, and goes on after the last event', async () => {
      await page.evaluate('seen.length = 0');
      await balancer.haproxy.kill();
      await rename('while the proxy was down');
      await balancer.haproxy.run();
      await eventually('the change arrives', async () => (await seen()).includes('put s1 while the proxy was down'));
      expect(await seen(), 'nothing is sent again').not.toContain('reset');
    });

    it('stops when the server does not know the cursor, so that the page begins anew', async () => {
      await balancer.haproxy.kill();
      const port = Number(new URL(server.url).port);
      await server.close();
      const successor = await createApp(testConfig({ METAL_API_TOKEN_KEY: TOKEN_KEY }));
      await successor.listen(port, '127.0.0.1');
      try {
        await balancer.haproxy.run();
        await eventually('it is closed', async () => (await page.evaluate('source.readyState')) === 2);
        await page.evaluate(WATCH);
        await arrives('bookmark');
      } finally {
        await page.evaluate('source.close()');
        await successor.close();
      }
    });
  },
);
