import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** Where `npm run dev` finds the API, for example that of `npm run demo`. */
const API = process.env['METAL_API_URL'] ?? 'http://127.0.0.1:8080';
/** Bytes; smaller files are not worth a second one. */
const WORTH_COMPRESSING = 1024;

export default defineConfig(({ command }) => ({
  // Assets load one another relative to themselves; the server inserts the base path into the page.
  base: command === 'build' ? './' : '/console/',
  plugins: [react(), placeholders(command), compress()],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // the first ones with light-dark()
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/v1', '/watch', '/commands', '/allocation', '/issues', '/fsck', '/ready', '/replicas'].map((path) => [
        path,
        API,
      ]),
    ),
  },
}));

/** The server replaces them in the built page; the development server does without. */
function placeholders(command: string): Plugin {
  return {
    name: 'placeholders',
    transformIndexHtml: (html) =>
      command === 'build' ? html : html.replace('__BASE__', '/').replace('__NONCE__', '').replace('__SIGN_IN__', '[]'),
  };
}

/** Writes each asset also as Brotli and gzip, so that the server need not compress. */
function compress(): Plugin {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  return {
    name: 'compress',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|svg)$/.test(file.fileName)) continue;
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (source.length < WORTH_COMPRESSING) continue;
          const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: await brotli(source, { params }) });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: await zip(source, { level: 9 }) });
        }
      },
    },
  };
}
