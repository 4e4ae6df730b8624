import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFileMode, ensureFilePrivate, ensureFolderPrivate, processOwner } from './privacy.js';

const ENTRIES = ['store', 'api-token.key'];

let root: string;
let said: string[];
const say = (line: string): void => void said.push(line);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'metal-privacy-'));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const modeOf = (...path: string[]): number => statSync(join(root, ...path)).mode & 0o7777;
const folder = (mode: number, ...path: string[]): string => {
  mkdirSync(join(root, ...path), { recursive: true });
  chmodSync(join(root, ...path), mode);
  return join(root, ...path);
};
const file = (mode: number, ...path: string[]): string => {
  writeFileSync(join(root, ...path), 'secret');
  chmodSync(join(root, ...path), mode);
  return join(root, ...path);
};
const other = { uid: (processOwner()?.uid ?? 0) + 1, groups: [4711] };

describe('checkFileMode', () => {
  const me = { uid: 1000, groups: [1000, 2000] };
  it.each([
    ['file', 0o600, 1000, 1000, 'fine'],
    ['file', 0o400, 0, 0, 'fine'],
    ['file', 0o644, 1000, 1000, 'mend'],
    ['file', 0o640, 1000, 1000, 'mend'],
    ['file', 0o604, 1000, 1000, 'mend'],
    ['file', 0o440, 0, 2000, 'accept'],
    ['file', 0o640, 0, 2000, 'accept'],
    ['file', 0o440, 0, 3000, 'refuse'],
    ['file', 0o460, 0, 2000, 'refuse'],
    ['file', 0o444, 0, 2000, 'refuse'],
    ['file', 0o440, 1001, 2000, 'refuse'],
    ['folder', 0o700, 1000, 1000, 'fine'],
    ['folder', 0o755, 1000, 1000, 'mend'],
    ['folder', 0o2775, 0, 2000, 'accept'],
    ['folder', 0o755, 0, 0, 'accept'],
    ['folder', 0o777, 0, 0, 'refuse'],
    ['folder', 0o755, 1001, 1001, 'refuse'],
  ] as const)('%s with mode %o of uid %i and gid %i: %s', (kind, mode, uid, gid, verdict) => {
    expect(checkFileMode({ mode, uid, gid }, kind, me)).toBe(verdict);
  });

  it('lets root mend any file', () => {
    expect(checkFileMode({ mode: 0o644, uid: 1000, gid: 1000 }, 'file', { uid: 0, groups: [] })).toBe('mend');
  });
});

describe('ensureFolderPrivate', () => {
  it('makes a data folder and its contents private, and reports it', () => {
    const path = folder(0o755, 'data');
    folder(0o755, 'data', 'store');
    file(0o644, 'data', 'store', '000005.ldb');
    file(0o666, 'data', 'api-token.key');
    file(0o640, 'data', 'api-token.key.12.ab');
    ensureFolderPrivate(path, ENTRIES, say);
    expect([modeOf('data'), modeOf('data', 'store')]).toEqual([0o700, 0o700]);
    for (const name of ['store/000005.ldb', 'api-token.key', 'api-token.key.12.ab']) {
      expect(modeOf('data', name)).toBe(0o600);
    }
    expect(said).toEqual([
      `data folder "${path}" was accessible to other users (mode 0755), made it private (mode 0700)`,
      `made 4 files in data folder "${path}" private that were accessible to other users`,
    ]);
    said = [];
    ensureFolderPrivate(path, ENTRIES, say);
    expect(said).toEqual([]);
  });

  it('rejects folders of other users or with other uses, and leaves them unchanged', () => {
    const shared = folder(0o755, 'shared');
    file(0o644, 'shared', 'report.pdf');
    expect(() => ensureFolderPrivate(shared, ENTRIES, say)).toThrow('set METAL_API_DATA_DIR to a dedicated folder');
    const sticky = folder(0o1777, 'sticky');
    folder(0o700, 'sticky', 'store');
    expect(() => ensureFolderPrivate(sticky, ENTRIES, say)).toThrow('is also used for other purposes');
    const foreign = folder(0o777, 'foreign');
    expect(() => ensureFolderPrivate(foreign, ENTRIES, say, other)).toThrow(
      /^data folder ".*foreign" is accessible to other users \(mode 0777\) and cannot be made private .*as root: chown -R/,
    );
    expect([modeOf('shared'), modeOf('sticky'), modeOf('foreign')]).toEqual([0o755, 0o1777, 0o777]);
    expect(said).toEqual([]);
  });

  it('accepts a missing folder, a file and a fresh volume', () => {
    ensureFolderPrivate(join(root, 'none'), ENTRIES, say);
    ensureFolderPrivate(file(0o644, 'file'), ENTRIES, say);
    const volume = folder(0o755, 'volume');
    folder(0o755, 'volume', 'lost+found');
    ensureFolderPrivate(volume, ENTRIES, say);
    expect([modeOf('volume'), modeOf('volume', 'lost+found')]).toEqual([0o700, 0o755]);
  });

  it('accepts a symbolic link, but follows no links inside the folder', () => {
    const outside = file(0o644, 'outside');
    folder(0o755, 'data', 'store');
    symlinkSync(outside, join(root, 'data', 'store', 'link'));
    symlinkSync(folder(0o755, 'data'), join(root, 'link'));
    ensureFolderPrivate(join(root, 'link'), ENTRIES, say);
    expect([modeOf('data'), modeOf('data', 'store'), modeOf('outside')]).toEqual([0o700, 0o700, 0o644]);
  });
});

describe('ensureFilePrivate', () => {
  it.each([
    [0o644, 0o600],
    [0o440, 0o400],
    [0o606, 0o600],
    [0o777, 0o700],
    [0o620, 0o600],
  ])('changes mode %o to %o', (before, after) => {
    const path = file(before, 'key');
    ensureFilePrivate(path, 'key file', say);
    expect(modeOf('key')).toBe(after);
    expect(said).toHaveLength(1);
  });

  it('rejects a file of another user and shows the command that fixes it', () => {
    const path = file(0o644, 'key');
    expect(() => ensureFilePrivate(path, 'key file', say, other)).toThrow(/chmod -R go= ".*key"; for a mounted secret/);
    expect(modeOf('key')).toBe(0o644);
  });
});
