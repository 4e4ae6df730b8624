import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { reportSkipped } from '../skipped-suites.js';
import { previousCommit } from './previous-commit.js';

/** A built program: its folder, with `dist/src/main.js` in it. */
export interface Release {
  readonly name: string;
  readonly folder: string;
}

/** The program of a build: the bundle, where there is one. Builds of this file have none, so that they can be changed. */
export function programIn(folder: string): string {
  const bundle = join(folder, 'dist/main.js');
  return existsSync(bundle) ? bundle : join(folder, 'dist/src/main.js');
}

/** What `npm run build` has built. */
export const thisRelease: Release = { name: 'this release', folder: resolve('.') };

/** Where releases are built; a build of the product clears it. */
const BUILDS = 'dist/releases';

/**
 * The commit of the previous release: the last tag, or the one in `previous.json`. Undefined, and reported, where the
 * history does not have it.
 */
export function previousRelease(suite: string): string | undefined {
  const { commit, reason } = previousCommit();
  if (commit === undefined) reportSkipped(suite, reason);
  return commit;
}

/**
 * Builds a commit, or takes the build of an earlier run. Uses the installed packages when they have the versions that
 * its lock file wants, or compatible ones, and installs its own otherwise. Types are not checked: that was done then.
 */
export function buildRelease(commit: string): Release {
  const release = { name: `the previous release (${commit})`, folder: resolve(BUILDS, commit) };
  if (existsSync(release.folder)) return release;
  mkdirSync(BUILDS, { recursive: true });
  const folder = mkdtempSync(resolve(BUILDS, 'building-'));
  const archive = execFileSync('git', ['archive', '--format=tar', commit], { maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  if (!packagesFit(folder)) {
    execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' });
  }
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const types = ['--noCheck', '--typeRoots', resolve('node_modules/@types')];
  execFileSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json'), ...types], { stdio: 'pipe' });
  renameSync(folder, release.folder);
  return release;
}

/** A lock file, as far as it is read. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dependencies?: object }>>;
}

function packagesFit(folder: string): boolean {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lock;
  return Object.keys(packages['']?.dependencies ?? {}).every((name) => {
    const manifest = join('node_modules', name, 'package.json');
    if (!existsSync(manifest)) return false;
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return compatibility(version) === compatibility(packages[`node_modules/${name}`]?.version ?? '');
  });
}

/** The leading numbers that must agree: the major version, and the minor one of 0.x. */
const compatibility = (version: string): string => /^(0\.\d+|\d+)/.exec(version)?.[0] ?? '';

/**
 * A copy of the built program that knows one more migration, as the next release may: it gives every document of
 * `tables` another field, as release N allows, and takes at least `pause` ms for each document.
 */
export function nextRelease(tables: readonly string[], pause = 0): Release {
  const folder = mkdtempSync(join(tmpdir(), 'metal-next-'));
  for (const part of ['dist/src', 'dist/migrations']) cpSync(part, join(folder, part), { recursive: true });
  for (const part of ['package.json', 'proto']) cpSync(part, join(folder, part), { recursive: true });
  execFileSync('ln', ['-s', resolve('node_modules'), join(folder, 'node_modules')]);
  const all = join(folder, 'dist/migrations/all.js');
  renameSync(all, join(folder, 'dist/migrations/known.js'));
  writeFileSync(all, nextMigrations(tables, pause));
  return { name: 'the next release', folder };
}

const nextMigrations = (tables: readonly string[], pause: number): string => `
import { migrations as known } from './known.js';

const hold = new Int32Array(new SharedArrayBuffer(4));
const change = (document) => {
  if (document.renewed) return document;
  if (${pause} > 0) Atomics.wait(hold, 0, 0, ${pause});
  return { ...document, renewed: true };
};
const up = async (data) => {
  for (const table of ${JSON.stringify(tables)}) await data.rewrite(table, change);
};
export const migrations = [...known, { version: known.length + 1, name: 'renewed', up }];
`;

export function removeRelease({ folder }: Release): void {
  rmSync(folder, { recursive: true, force: true });
}
