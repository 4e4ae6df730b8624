// Writes the types of the API document to src/api/schema.d.ts: `npm run api-types`. With --check, compares them instead.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import converter from 'swagger2openapi';

const document = JSON.parse(readFileSync(new URL('../../spec/metal-api.json', import.meta.url), 'utf8'));
const { openapi } = await converter.convertObj(document, { patch: true });
const types = `/** Generated from spec/metal-api.json by console/scripts/api-types.mjs. */\n\n${astToString(await openapiTS(openapi))}`;
const target = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url));
if (!process.argv.includes('--check')) writeFileSync(target, types);
else if (readFileSync(target, 'utf8') !== types) {
  console.error('console/src/api/schema.d.ts is not what the API document says: npm run api-types -w console');
  process.exitCode = 1;
}
