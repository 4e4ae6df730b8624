import { readFileSync } from 'node:fs';
import { readBuild } from '../../src/modules/version/build-info.js';

/** Version of this repository's program, without a leading `v`. */
export const productVersion = readBuild().version.replace(/^v/, '');

/** Version of a library that this repository uses. Throws an Error if it is not installed. */
export function installedVersion(library: string): string {
  const file = new URL(`../../../node_modules/${library}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
