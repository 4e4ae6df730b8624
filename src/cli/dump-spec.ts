import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import { readBuild } from '../modules/version/build-info.js';
import { apiDocuments } from '../platform/http/openapi/serve.js';

/** Prints the Swagger 2.0 document of base path `/`, or writes it; needs no settings and opens nothing. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { output: { type: 'string', short: 'o' } } });
  const text = await swaggerText();
  if (values.output === undefined) process.stdout.write(text);
  else await writeFile(values.output, text);
  return 0;
}

/** The text of spec/metal-api.json. */
export async function swaggerText(): Promise<string> {
  const config = loadConfig({ METAL_API_DEV: 'true', METAL_API_DB: 'memory', METAL_API_LOG_LEVEL: 'silent' });
  const app = await createApp(config);
  const { swagger2 } = apiDocuments(app, config.http.basePath, readBuild().version);
  return `${JSON.stringify(swagger2(), null, 2)}\n`;
}
