import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const STAMP = 'console/dist/stamp';

/**
 * Builds the console unless the last build was made of the same sources: their hash is in a stamp. Returns the exit code.
 * Without the packages that build it (`npm ci --omit=dev`), what is there stays.
 */
export function buildConsoleWhenNeeded() {
  if (!existsSync(join(root, 'console/package.json'))) return 0;
  const stamp = hashOf(sources());
  if (existsSync(join(root, STAMP)) && readFileSync(join(root, STAMP), 'utf8') === stamp) return 0;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite) || !existsSync(join(root, 'node_modules/@mantine/core'))) {
    process.stderr.write('the console is not built: its packages are not installed\n');
    return 0;
  }
  process.stderr.write('building the console…\n');
  const options = { cwd: join(root, 'console'), stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], options);
  if (status === 0) writeFileSync(join(root, STAMP), stamp);
  return status ?? 1;
}

/** Everything that the build reads, including the versions of its packages. */
function sources() {
  const files = readdirSync(join(root, 'console/src'), { recursive: true })
    .map((name) => join('console/src', name))
    .filter((name) => !/\.spec\.tsx?$/.test(name) && statSync(join(root, name)).isFile());
  return ['package-lock.json', 'console/package.json', 'console/vite.config.ts', 'console/index.html', ...files].sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    if (!existsSync(join(root, file))) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}
