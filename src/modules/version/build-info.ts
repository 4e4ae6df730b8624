import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Written next to package.json by the image build; absent in a working copy. */
const BUILD_FILE = 'build-info.json';

interface Build {
  readonly builddate: string;
  readonly revision: string;
  readonly gitsha1: string;
}

/** Returns the version of package.json and, if recorded by the build, its date and revision. */
export function readBuild(): Build & { readonly version: string } {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const file = join(root, BUILD_FILE);
  const build = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Build>) : {};
  return { version: `v${version}`, builddate: '', revision: '', gitsha1: '', ...build };
}

/** The folder of package.json: the depth of this file differs between source and compiled code. */
function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}
