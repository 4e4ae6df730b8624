import { writeFile } from 'node:fs/promises';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import { readBuild } from '../modules/version/build-info.js';
import { apiDocuments } from '../platform/http/openapi/serve.js';
import { readOptions } from './read-options.js';
import { UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api dump-spec [--output FILE]

Prints the Swagger 2.0 document of the API, or writes it to FILE. Requires neither settings nor a database.`;

/** Prints the Swagger 2.0 document for base path `/` or writes it to a file. Needs neither settings nor a database. */
export async function run(args: readonly string[]): Promise<number> {
  const { output } = readOptions(args, { output: { type: 'string', short: 'o' } });
  const text = await swaggerText();
  if (output === undefined) process.stdout.write(text);
  else await write(output, text);
  return 0;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`cannot write the --output file: ${(error as Error).message}`);
  }
}

/** The text of spec/metal-api.json. */
export async function swaggerText(): Promise<string> {
  const config = loadConfig({ METAL_API_DEV: 'true', METAL_API_DB: 'memory', METAL_API_LOG_LEVEL: 'silent' });
  const app = await createApp(config);
  const { swagger2 } = apiDocuments(app, config.http.basePath, readBuild().version);
  return `${JSON.stringify(swagger2(), null, 2)}\n`;
}
