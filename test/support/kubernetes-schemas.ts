import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { reportSkipped } from './skipped-suites.js';

/** Where .ci/run installs the PyPI package `kubernetes-validate`, which carries the schemas of Kubernetes. */
const ENVIRONMENT = join(homedir(), '.cache', 'metal-api-kubernetes-schemas', 'lib');

const DEFINITIONS = '_definitions.json';

/** The folder with the strict schemas of a release of Kubernetes; undefined, and reported, if there is none. */
export function kubernetesSchemas(suite: string, release: string): string | undefined {
  const versions = existsSync(ENVIRONMENT) ? readdirSync(ENVIRONMENT) : [];
  const folders = versions.map((python) =>
    join(ENVIRONMENT, python, 'site-packages/kubernetes_validate/kubernetes-json-schema', `v${release}-local-strict`),
  );
  const folder = folders.find((path) => existsSync(path));
  if (folder === undefined) reportSkipped(suite, 'not installed: the Python package kubernetes-validate');
  return folder;
}

/**
 * Copies the schemas of top-level kinds to `target`, with references that kubeconform can follow: the originals name
 * the definitions by a path on a web server. Returns the template of their paths.
 */
export function copySchemas(folder: string, target: string): string {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== DEFINITIONS && !/-v\d+\.json$/.test(name)) continue;
    const { $id: _, ...schema } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(target, name), JSON.stringify(schema).replaceAll(`/api/${DEFINITIONS}`, DEFINITIONS));
  }
  return `file://${target}/{{.ResourceKind}}{{.KindSuffix}}.json`;
}
