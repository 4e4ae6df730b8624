// Runs the demo and restarts it after each change that compiles. `npm run dev` starts this.
//
//   npm run dev -- [--inspect[=PORT]] [options of `metal-api demo`]
//
// The data is kept in data/dev (or METAL_API_DATA_DIR); remove the folder to start over. If a change does not compile,
// the errors are printed and the previous server keeps running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Milliseconds to wait for the server to stop before it is killed. */
const GRACE = 10_000;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inspect = process.argv.slice(2).filter((argument) => argument.startsWith('--inspect'));
const rest = process.argv.slice(2).filter((argument) => !inspect.includes(argument));
const environment = { METAL_API_DATA_DIR: join(root, 'data', 'dev'), METAL_API_LOG_LEVEL: 'warn', ...process.env };

let server;
/** Serializes restarts. */
let turn = Promise.resolve();
let ending = false;

const say = (text) => process.stderr.write(`dev: ${text}\n`);

function start() {
  const program = join(root, 'dist/src/main.js');
  // A separate process group, so that Ctrl-C reaches it only once, through this process.
  server = spawn(process.execPath, [...inspect, '--enable-source-maps', program, 'demo', ...rest], {
    cwd: root,
    env: environment,
    // Not the terminal itself: the demo would redraw its table over the messages of the compiler.
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  server.stdout.pipe(process.stdout, { end: false });
  const started = server;
  started.once('exit', (code, signal) => {
    if (server !== started) return;
    server = undefined;
    say(`the server exited (${signal ?? code}); the next change restarts it`);
  });
}

async function stop() {
  if (server === undefined) return;
  const stopping = server;
  server = undefined;
  const gone = once(stopping, 'exit');
  stopping.kill('SIGTERM');
  const tooLong = setTimeout(() => stopping.kill('SIGKILL'), GRACE);
  await gone;
  clearTimeout(tooLong);
}

function restart() {
  turn = turn.then(async () => {
    if (ending) return;
    if (server !== undefined) say('restarting');
    await stop();
    if (!ending) start();
  });
}

function watch() {
  const format = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  };
  const report = (diagnostic) => process.stderr.write(ts.formatDiagnosticsWithColorAndContext([diagnostic], format));
  const onStatus = (diagnostic, _newLine, _options, errors) => {
    if (errors === undefined) return say('compiling');
    if (errors === 0) return restart();
    return say(`${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')} The previous server keeps running.`);
  };
  const config = join(root, 'tsconfig.build.json');
  const builder = ts.createEmitAndSemanticDiagnosticsBuilderProgram;
  return ts.createWatchProgram(ts.createWatchCompilerHost(config, {}, ts.sys, builder, report, onStatus));
}

const watching = watch();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (ending) server?.kill('SIGKILL');
    ending = true;
    watching.close();
    turn = turn.then(stop).then(() => process.exit(0));
  });
}
process.on('exit', () => server?.kill('SIGKILL'));
