import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pageNotFound } from '../errors/protocol-error.js';

const FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of Swagger UI that a page needs; nothing comes from another server. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Read once: however many ask, they share the same bytes. */
const contents = new Map<string, Promise<Buffer>>();

/** One asset by file name. Throws 404 for anything else. */
export async function swaggerAsset(name: string): Promise<{ readonly type: string; readonly content: Buffer }> {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (type === undefined) throw pageNotFound();
  const content = contents.get(name) ?? readFile(join(FOLDER, name));
  contents.set(name, content);
  return { type, content: await content };
}

/** The page; `root` is the path of Swagger UI without trailing slash. */
export const swaggerPage = (root: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>metal-api</title>
    <link rel="icon" type="image/png" href="${root}/favicon-32x32.png" />
    <link rel="stylesheet" href="${root}/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${root}/swagger-ui-bundle.js"></script>
    <script src="${root}/start.js"></script>
  </body>
</html>
`;

/**
 * Opens the document in the page; a file of its own, so that the page needs no inline script. A token that is pasted in is
 * gone with the page; what earlier versions kept in the browser is removed.
 */
export const swaggerStart = (root: string): string => `localStorage.removeItem('authorized');
window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(`${root}/openapi.json`)},
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayOperationId: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  tagsSorter: 'alpha',
});
`;
