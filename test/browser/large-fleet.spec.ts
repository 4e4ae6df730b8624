import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { fleet, seed } from '../bench/fleet/fleet.js';
import { machineName, networkName } from '../bench/fleet/names.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { launchChromium, Window } from '../support/browser/browser.js';
import { installed } from '../support/installed.js';

const MACHINES = 10_000;
const TOKEN_KEY = 'token-key-of-the-large-fleet';
const ASSETS = 'console/dist/assets';
/** Milliseconds for a busy computer. */
const PATIENCE = { timeout: 90_000 };
/** Elements of a page that renders what is in sight only. */
const MANY_ELEMENTS = 5_000;
/** Bytes of scripts and styles that the first page may load, compressed by gzip. */
const INITIAL_LOAD = 350 * 1024;

/** Each page, and what shows that it has its contents. */
const PAGES: readonly (readonly [path: string, text: string | RegExp])[] = [
  ['?view=table', 'shoot--bench--worker-0'],
  [`machines/${machineName(0)}`, 'partition-001-rack-0'],
  ['allocate?partition=partition-000&size=size-000', 'Choose a project, an image and a network.'],
  ['networks', '126 networks, 0 shared; 26 with children'],
  [`networks/${networkName(1)}`, 'Addresses (200)'],
  ['switches', '1156 switches in 578 racks'],
  ['switches/partition-000-rack-0-leaf-1', 'Ethernet19'],
  ['catalogue', '100 of 100'],
  ['catalogue?tab=projects', '27 of 27'],
  ['journal', '0 commands'],
  ['fsck', '✓ No invariant is violated'],
  ['health', '✓ ready'],
];

/** The synthetic fleet of the benchmark. */
describe.skipIf(!installed('console with 10000 machines', 'chromium'))('the console with 10000 machines', () => {
  let server: TestApp;
  let browser: Browser;
  let window: Window;
  let page: Page;
  let token: string;

  beforeAll(async () => {
    const engine = new MemoryEngine();
    await seed(engine, fleet(MACHINES));
    [server, browser] = await Promise.all([
      startTestApp({ METAL_API_TOKEN_KEY: TOKEN_KEY }, { engine }),
      launchChromium(),
    ]);
    [token] = createApiToken(TOKEN_KEY, { subject: 'a', role: 'admin', lifetime: 3_600_000 }, Date.now());
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    window = await Window.open(browser);
    page = window.page;
  });
  afterEach(async () => {
    expect(window.problems).toEqual([]);
    await window.close();
  });

  const count = (selector: string): Promise<number> =>
    page.evaluate<number>(`document.querySelectorAll('${selector}').length`);
  const isLive = (): Promise<void> => page.locator('.freshness', { hasText: 'Live' }).waitFor(PATIENCE);

  it('shows machines as they arrive, and loads little for it', async () => {
    const assets: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.includes('/console/assets/')) assets.push(basename(pathname));
    });
    await page.goto(`${server.url}/console/#token=${token}`);
    await page.locator('a.tile').first().waitFor(PATIENCE);
    expect(await page.locator('.freshness', { hasText: 'Live' }).count(), 'before the rest has arrived').toBe(0);
    await isLive();
    await page.getByRole('status').getByText(`${MACHINES} machines`, { exact: true }).waitFor(PATIENCE);
    await page.getByText(/provisioning events in the last hour/).waitFor(PATIENCE);
    expect(await count('*')).toBeLessThan(MANY_ELEMENTS);
    expect(assets.length).toBeGreaterThan(5);
    expect(assets.reduce((sum, name) => sum + zippedSize(name), 0)).toBeLessThan(INITIAL_LOAD);
  });

  it('fits each page into a narrow window, without elements that are out of sight', async () => {
    await page.setViewportSize({ width: 800, height: 900 });
    await page.goto(`${server.url}/console/#token=${token}`);
    await isLive();
    for (const [path, text] of PAGES) {
      // Within the page: a new load would read the whole state again.
      await page.evaluate(
        `history.pushState({}, '', '/console/${path}'); dispatchEvent(new PopStateEvent('popstate'));`,
      );
      await page.getByText(text).first().waitFor(PATIENCE);
      expect([path, await count('*')]).toEqual([
        path,
        expect.toSatisfy((elements: number) => elements < MANY_ELEMENTS),
      ]);
      const [width, room] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect([path, width]).toEqual([path, room]);
    }
  });

  it('scrolls to the last rack, and finds one machine among all', async () => {
    await page.goto(`${server.url}/console/switches#token=${token}`);
    await isLive();
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.getByText('partition-099-rack-0', { exact: true }).first().waitFor(PATIENCE);
    await page.keyboard.press('/');
    await page.keyboard.type('worker-4711');
    await page.getByText(`1 of ${MACHINES} machines`).waitFor(PATIENCE);
    expect(await page.locator('a.tile:not(.dimmed)').getAttribute('data-id')).toBe(machineName(4711));
  });
});

const zippedSize = (name: string): number => {
  const zipped = join(ASSETS, `${name}.gz`);
  return statSync(existsSync(zipped) ? zipped : join(ASSETS, name)).size;
};
