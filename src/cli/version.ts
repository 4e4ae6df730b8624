import { readBuild } from '../modules/version/build-info.js';
import { readOptions } from './read-options.js';

export const USAGE = `usage: metal-api version

Prints version, commit, revision and date of the build, as far as known.`;

/**
 * Prints `<version> (<sha>), <revision>, <builddate>`, without the parts that are unknown
 * (docs/reference/process.md#commands-of-the-program).
 */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const { version, gitsha1, revision, builddate } = readBuild();
  const first = gitsha1 === '' ? version : `${version} (${gitsha1})`;
  console.log([first, revision, builddate].filter((part) => part !== '').join(', '));
  return 0;
}
