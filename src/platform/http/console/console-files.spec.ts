import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleFiles } from './console-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'assets'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write(
    'index.html',
    '<meta nonce="__NONCE__" content="__BASE__"><meta content="__SIGN_IN__"><script src="./assets/a.js"></script>',
  );
  write('secret.txt', 'secret');
  write('assets/a.js', 'plain');
  write('assets/a.js.br', 'brotli');
  write('assets/a.js.gz', 'gzip');
  write('assets/b.css', 'css');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of the console', () => {
  it('are absent in a server without a build of the console', () => {
    expect(ConsoleFiles.open(join(folder, 'nothing'))).toBeUndefined();
    expect(ConsoleFiles.open(undefined)).toBeDefined(); // this checkout has one: `npm run build`
  });

  it('has a page with base path, nonce and issuers', () => {
    const signIn = JSON.stringify([{ label: `R&D <'$&">` }]);
    expect(ConsoleFiles.open(folder)!.page('/metal/', 'abc=', signIn)).toBe(
      '<meta nonce="abc=" content="/metal/">' +
        `<meta content="[{&quot;label&quot;:&quot;R&amp;D &lt;'$&amp;\\&quot;>&quot;}]">` +
        '<script src="/metal/console/assets/a.js"></script>',
    );
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
    ['br;q=0, GZIP;Q=0.000', undefined, 'plain'],
    ['identity', undefined, 'plain'],
    ['', undefined, 'plain'],
    [undefined, undefined, 'plain'],
  ])('come in the encoding that is accepted: %s', async (accepted, encoding, content) => {
    const asset = await ConsoleFiles.open(folder)!.asset('a.js', accepted);
    expect({ ...asset, content: asset?.content.toString() }).toEqual({
      type: 'text/javascript; charset=utf-8',
      encoding,
      content,
    });
  });

  it('come as they are when there is no encoded file', async () => {
    const asset = await ConsoleFiles.open(folder)!.asset('b.css', 'br');
    expect(asset).toEqual({ type: 'text/css; charset=utf-8', encoding: undefined, content: Buffer.from('css') });
  });

  it.each(['a.js.br', 'c.js', '../secret.txt', '../index.html', '', '.', '..', '__proto__', 'a.js/', '%2e%2e/x.js'])(
    'do not include %j',
    async (name) => expect(await ConsoleFiles.open(folder)!.asset(name, 'br')).toBeUndefined(),
  );
});
