// Bundles the compiled program into dist/main.js and dist/chunks, as `npm run build` does after the compiler. Node.js reads three
// thousand modules otherwise, which takes more than half of the start of a server.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** Packages that stay in node_modules. */
const external = [
  // They find files beside their own: native libraries, workers, code that loads code.
  ...['classic-level', 'pino', 'protobufjs', '@grpc/proto-loader', 'ssh2', 'pg'],
  // Loaded by few programs only.
  ...[/^@aws-sdk\//, /^@opentelemetry\//],
];

/**
 * Escapes what is not ASCII. Node.js keeps the text of each module, with two bytes per character if one of them needs two: that
 * would be 7 MB for the largest. Text after a backslash would change its meaning, and raw templates would.
 */
function inAscii(code, name) {
  if (/\\[^\0-\x7f]|String\.raw`[^`]*[^\0-\x7f`]/.test(code)) throw new Error(`cannot escape ${name}`);
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** class-validator brings the telephone numbers of all countries, which nothing here validates. */
const NO_PHONE_NUMBERS = `exports.parsePhoneNumber = () => { throw new Error('the bundle has no phone numbers'); };`;
const noPhoneNumbers = {
  name: 'no-phone-numbers',
  resolveId: (id) => (id === 'libphonenumber-js/max' ? '\0no-phone-numbers' : null),
  load: (id) => (id === '\0no-phone-numbers' ? NO_PHONE_NUMBERS : null),
};

/** Integrations of other packages that are not installed. */
const isOptional = ({ code, id }) => code === 'UNRESOLVED_IMPORT' && id?.includes('node_modules');

rmSync(join(dist, 'chunks'), { recursive: true, force: true });
const bundle = await rolldown({
  input: join(dist, 'src/main.js'),
  platform: 'node',
  external,
  plugins: [noPhoneNumbers],
  // Nest and class-validator register what nothing refers to.
  treeshake: false,
  onLog: (level, log, report) => isOptional(log) || report(level, log),
});
await bundle.write({
  dir: dist,
  entryFileNames: 'main.js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  keepNames: true, // logs and errors name classes
  comments: false, // they take memory, too
  sourcemap: true,
});
await bundle.close();
for (const name of ['main.js', ...readdirSync(join(dist, 'chunks')).map((chunk) => `chunks/${chunk}`)]) {
  if (!name.endsWith('.js')) continue;
  const code = readFileSync(join(dist, name), 'utf8');
  writeFileSync(join(dist, name), inAscii(code, name));
}
// It is read as a file (src/platform/http/openapi/examples.ts).
copyFileSync(join(root, 'src/platform/http/openapi/examples.json'), join(dist, 'chunks/examples.json'));
