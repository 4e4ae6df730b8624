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

/** One asset by file name. Throws 404 for anything else. */
export async function swaggerAsset(name: string): Promise<{ readonly type: string; readonly content: Buffer }> {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (type === undefined) throw pageNotFound();
  return { type, content: await readFile(join(FOLDER, name)) };
}

/** The page; `root` is the path of Swagger UI without trailing slash. The token survives a reload of the page. */
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

/** Opens the document in the page; a file of its own, so that the page needs no inline script. */
export const swaggerStart = (root: string): string => `window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(`${root}/openapi.json`)},
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayOperationId: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: true,
  tagsSorter: 'alpha',
});
`;
