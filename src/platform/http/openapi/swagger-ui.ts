import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pageNotFound } from '../errors/protocol-error.js';

const FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of Swagger UI that a page needs; nothing is loaded from other servers. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Read once and shared by all requests. */
const contents = new Map<string, Promise<Buffer>>();

/** An asset by file name. Throws 404 for anything else. */
export async function swaggerAsset(name: string): Promise<{ readonly type: string; readonly content: Buffer }> {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (type === undefined) throw pageNotFound();
  const content = contents.get(name) ?? readFile(join(FOLDER, name));
  contents.set(name, content);
  return { type, content: await content };
}

/** The HTML page; `root` is the path of Swagger UI without trailing slash. */
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
    <script src="${root}/swagger-ui-standalone-preset.js"></script>
    <script src="${root}/start.js"></script>
  </body>
</html>
`;

/**
 * Opens the documents in the page, of which the user chooses one at its top; a separate file, so that the page needs no inline script. A pasted token is lost when
 * the page is closed; tokens that earlier versions stored in the browser are removed.
 */
export const swaggerStart = (root: string): string => `localStorage.removeItem('authorized');
window.ui = SwaggerUIBundle({
  urls: ${JSON.stringify([
    { name: 'v1', url: `${root}/openapi.json` },
    { name: 'for operators', url: `${root}/operators.json` },
  ])},
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  displayOperationId: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  tagsSorter: 'alpha',
});
`;
