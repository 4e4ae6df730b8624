import { readBuild } from '../modules/version/build-info.js';

/** `<version> (<sha>), <revision>, <builddate>`; parts that are not known are left out (reference/40 §5.1). */
export async function run(): Promise<number> {
  const { version, gitsha1, revision, builddate } = readBuild();
  const first = gitsha1 === '' ? version : `${version} (${gitsha1})`;
  console.log([first, revision, builddate].filter((part) => part !== '').join(', '));
  return 0;
}
