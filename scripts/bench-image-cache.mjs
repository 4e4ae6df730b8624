// Compares the image cache with nginx (sendfile) on the same file: throughput and the server's CPU time per GB with 1, 16
// and 64 clients on loopback. Needs nginx and curl and a built program (npm run build); reads /proc, so Linux only.
//
//   node scripts/bench-image-cache.mjs [--size 256] [--rounds 3]      size of the file in MB
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const { values } = parseArgs({
  options: { size: { type: 'string', default: '256' }, rounds: { type: 'string', default: '3' } },
});
const MB = 1_000_000;
const size = Number(values.size) * MB;
const CLIENTS = [1, 16, 64];
/** Bytes that all clients of a run download together. */
const TOTAL = Math.max(size * 2, 4_000 * MB);
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Seconds of user and system time of processes. */
const cpu = (pids) =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);

const children = (pid) =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');

/** Downloads so often with so many clients that TOTAL bytes go through. */
async function load(url, clients, pids) {
  const downloads = Math.max(clients, Math.ceil(TOTAL / size));
  const args = [
    '-s',
    '-Z',
    '--parallel-immediate',
    '--parallel-max',
    String(clients),
    '-H',
    'Range: bytes=0-' + (clients > 16 ? size / 4 - 1 : size - 1),
  ];
  const bytes = downloads * (clients > 16 ? size / 4 : size);
  for (let n = 0; n < downloads; n++) args.push('-o', '/dev/null', url);
  const [cpuBefore, start] = [cpu(pids), performance.now()];
  await run('curl', args);
  const seconds = (performance.now() - start) / 1000;
  return { rate: bytes / MB / seconds, cpuPerGb: (cpu(pids) - cpuBefore) / (bytes / 1e9) };
}

const folder = mkdtempSync(join(tmpdir(), 'metal-bench-cache-'));
const processes = [];
try {
  const images = join(folder, 'images', 'metal-os');
  mkdirSync(images, { recursive: true });
  const content = randomBytes(size);
  writeFileSync(join(images, 'image'), content);
  writeFileSync(join(images, 'image.md5'), `${createHash('md5').update(content).digest('hex')}  image\n`);
  const [cachePort, nginxPort] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
     events { worker_connections 512; }
     http { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
       fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
       server { listen 127.0.0.1:${nginxPort}; root ${folder}/images; } }`,
  );
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const cache = spawn(process.execPath, ['dist/main.js', 'image-cache'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: 'http://127.0.0.1:1/',
      METAL_API_IMAGE_CACHE_METAL_API_HMAC: 'none',
      METAL_API_IMAGE_CACHE_CACHE_ROOT_PATH: folder,
      METAL_API_IMAGE_CACHE_IMAGE_CACHE_BIND_ADDRESS: `127.0.0.1:${cachePort}`,
      METAL_API_IMAGE_CACHE_ENABLE_KERNEL_CACHE: 'false',
      METAL_API_IMAGE_CACHE_ENABLE_BOOT_IMAGE_CACHE: 'false',
    },
  });
  processes.push(nginx, cache);
  const url = (port) => `http://127.0.0.1:${port}/metal-os/image`;
  for (const port of [cachePort, nginxPort])
    for (;;) {
      const status = await fetch(url(port), { method: 'HEAD', redirect: 'manual' }).then(
        ({ status: s }) => s,
        () => 0,
      );
      if (status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  const servers = {
    nginx: { url: url(nginxPort), pids: children(nginx.pid) },
    cache: { url: url(cachePort), pids: [cache.pid] },
  };
  console.log(
    '| clients | nginx MB/s | cache MB/s | ratio | nginx CPU s/GB | cache CPU s/GB |\n|---|---|---|---|---|---|',
  );
  for (const clients of CLIENTS) {
    const best = {};
    for (let round = 0; round < Number(values.rounds); round++)
      for (const [name, server] of Object.entries(servers)) {
        const figures = await load(server.url, clients, server.pids);
        if (best[name] === undefined || figures.rate > best[name].rate) best[name] = figures;
      }
    const { nginx: n, cache: c } = best;
    const cells = [
      clients,
      n.rate.toFixed(0),
      c.rate.toFixed(0),
      (c.rate / n.rate).toFixed(2),
      n.cpuPerGb.toFixed(2),
      c.cpuPerGb.toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  for (const child of processes) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
