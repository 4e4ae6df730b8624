import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '../..');

/** Compiles a TypeScript program of the tests, to be run by node in a separate process. Returns the file to run. */
export async function bundle(program: string): Promise<string> {
  const outDir = join(root, 'node_modules/.cache/test-programs', `${program}-${process.pid}`);
  mkdirSync(outDir, { recursive: true });
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'test/support', `${program}.ts`),
      outDir,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
    },
  });
  return join(outDir, `${program}.js`);
}
