// Builds if there is no build or a source file is newer than the build, and the console if its sources changed. `npm start`
// runs this first.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsoleWhenNeeded } from './console-build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const builtAt = modified('dist/main.js');
const sources = [
  'package.json',
  'scripts/bundle.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  ...filesOf('src'),
  ...filesOf('migrations'),
];
if (builtAt === undefined || sources.some((file) => (modified(file) ?? 0) > builtAt)) build();
if (!process.exitCode) process.exitCode = buildConsoleWhenNeeded();

function build() {
  process.stderr.write('building…\n');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const bundle = join(root, 'scripts/bundle.mjs');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (status === 0) process.exitCode = spawnSync(process.execPath, [bundle], { stdio: 'inherit' }).status ?? 1;
}

/** Modification time in milliseconds since the epoch; undefined if the file does not exist. */
function modified(file) {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs;
}

function filesOf(folder) {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
}
