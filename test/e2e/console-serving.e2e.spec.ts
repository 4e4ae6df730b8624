import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

/** Bytes of JavaScript and CSS, compressed with gzip, that the browser loads before the first page is complete. */
const BUDGET = 350 * 1024;
const FOLDER = 'console/dist/assets';

describe.each([
  ['/', '/'],
  ['/metal', '/metal/'],
])('the console with METAL_API_BASE_PATH=%s', (setting, base) => {
  let server: TestApp;
  beforeAll(async () => void (server = await startTestApp({ METAL_API_BASE_PATH: setting })));
  afterAll(() => server.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${base}${path}`, { headers, redirect: 'manual' });
  const assetsOf = (page: string): string[] =>
    [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!.slice(base.length));

  it('serves the same page for all of its paths, without a credential', async () => {
    const strip = (text: string) => text.replace(/nonce="[^"]+"/, '');
    const page = strip(await (await get('console/')).text());
    for (const path of ['console', 'console/machines/c2b7', 'console/allocate?size=a', 'console/no/such/page']) {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(strip(await response.text())).toBe(page);
    }
    expect(page).toContain(`content="${base}"`);
  });

  it('never caches the page, which has a new nonce each time, and allows neither inline scripts nor other hosts', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { headers, ...response } = await get('console/').then(async (r) => ({
        headers: r.headers,
        text: await r.text(),
      }));
      const nonce = /nonce="([\w+/]{22}==)"/.exec(response.text)![1]!;
      nonces.add(nonce);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')!.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(response.text).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
    }
    expect(nonces.size).toBe(3);
  });

  it('serves what the page loads, immutable and compressed', async () => {
    const paths = assetsOf(await (await get('console/')).text());
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const path of paths) {
      for (const encoding of ['br', 'gzip', 'identity']) {
        const response = await get(path, { 'accept-encoding': encoding });
        expect(response.status).toBe(200);
        expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(response.headers.get('vary')).toBe('accept-encoding');
        expect(response.headers.get('content-type')).toMatch(
          /^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/,
        );
        const asset = `console/dist/${path.slice('console/'.length)}`;
        const packed = existsSync(`${asset}.${encoding === 'gzip' ? 'gz' : encoding}`); // small files are not
        expect(response.headers.get('content-encoding')).toBe(packed ? encoding : null);
        const file = readFileSync(asset);
        expect(Buffer.from(await response.arrayBuffer()).equals(file)).toBe(true);
      }
    }
  });

  it.each([
    ['assets/nothing.js', 404],
    ['assets/..%2f..%2fpackage.json', 404],
    ['assets/..%5cstamp', 404],
    ['assets/a/b.js', 404],
  ])('has no file %s', async (path, status) => {
    const response = await get(`console/${path}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('changes nothing', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      for (const path of ['console', 'console/machines/1']) {
        expect((await fetch(`${server.url}${base}${path}`, { method })).status).toBe(405);
      }
    }
  });
});

describe('the built files', () => {
  const names = readdirSync(FOLDER).filter((name) => /\.(js|css)$/.test(name));

  it('load at most 350 kB before the first page', () => {
    const html = readFileSync('console/dist/index.html', 'utf8');
    const first = names.filter((name) => html.includes(name) || name.startsWith('fleet-page'));
    expect(first.length).toBeGreaterThanOrEqual(3);
    const loaded = withImports(first);
    const bytes = loaded.reduce((sum, name) => sum + gzipSync(readFileSync(`${FOLDER}/${name}`)).length, 0);
    expect(bytes).toBeLessThan(BUDGET);
  });

  it('name no other host', () => {
    const harmless =
      /^(www\.w3\.org|reactjs\.org|react\.dev|mantine\.dev|tanstack\.com|reactflow\.dev|github\.com|localhost|x|a)$/;
    for (const name of names) {
      const hosts = [...readFileSync(`${FOLDER}/${name}`, 'utf8').matchAll(/https?:\/\/([\w.-]+)/g)].map(
        ([, host]) => host!,
      );
      expect(hosts.filter((host) => !harmless.test(host))).toEqual([]);
    }
  });

  /** The files and those that they import at once, not those that they load when needed. */
  function withImports(files: readonly string[]): string[] {
    const all = new Set(files);
    for (const name of all) {
      if (!name.endsWith('.js')) continue;
      const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
      for (const [, path] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+)"/g)) all.add(path!);
    }
    return [...all];
  }
});
