import { readBuild } from '../modules/version/build-info.js';
import { readOptions } from './read-options.js';

export const USAGE = `usage: metal-api version

Prints version, commit, revision and date of the build, as far as they are known.`;

/** `<version> (<sha>), <revision>, <builddate>`; parts that are not known are left out (reference/40 §5.1). */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const { version, gitsha1, revision, builddate } = readBuild();
  const first = gitsha1 === '' ? version : `${version} (${gitsha1})`;
  console.log([first, revision, builddate].filter((part) => part !== '').join(', '));
  return 0;
}
