import type { Api } from './api.js';

/** What a run has created for itself on the measured server. */
export interface Site {
  /** Names all of it. */
  readonly name: string;
  readonly projectId: string;
  /** An external network, for addresses. */
  readonly externalId: string;
  /** What could not be created, and why; the run does without it. */
  readonly refused: readonly string[];
}

/** Reserved for benchmarks by RFC 2544, so that no network in use has addresses of it. */
const [SUPER, EXTERNAL] = ['198.18.0.0/16', '198.19.0.0/16'];
/** Children of the super network; 1024 fit. */
const CHILD_BITS = 26;

const DESCRIPTION = 'made by the benchmark, which removes it at its end';

export const externalOf = (name: string): string => `${name}-external`;
export const superOf = (name: string): string => `${name}-super`;
export const imageOf = (name: string): string => `${name}-1.0.0`;

/**
 * Creates tenant, project, partition, size, image and networks of this name. Throws StatusError if the server refuses what
 * the benchmark cannot do without; `removeSite` removes what exists by then.
 */
export async function createSite(api: Api, name: string): Promise<Site> {
  const common = { id: name, name, description: DESCRIPTION };
  await api.call('PUT', '/v1/tenant', { meta: { id: name }, name, description: DESCRIPTION });
  const project = { name, description: DESCRIPTION, tenant_id: name };
  const { meta } = await api.call<{ meta: { id: string } }>('PUT', '/v1/project', project);
  await api.call('PUT', '/v1/partition', { ...common, bootconfig: {}, privatenetworkprefixlength: CHILD_BITS });
  await api.call('PUT', '/v1/network', networkOf(name, externalOf(name), EXTERNAL));
  await api.call('PUT', '/v1/network', {
    ...networkOf(name, superOf(name), SUPER),
    privatesuper: true,
    defaultchildprefixlength: { IPv4: CHILD_BITS },
  });
  const refused: string[] = [];
  const attempt = (path: string, body: object): Promise<unknown> =>
    api.call('PUT', path, body).catch((error: Error) => refused.push(error.message));
  await attempt('/v1/size', { ...common, constraints: CONSTRAINTS });
  await attempt('/v1/image', { ...common, id: imageOf(name), url: `${api.url}/v1/version`, features: ['machine'] });
  return { name, projectId: meta.id, externalId: externalOf(name), refused };
}

/** Hardware that no machine has, so that no machine gets this size. */
const CONSTRAINTS = [
  { type: 'cores', min: 60_013, max: 60_013 },
  { type: 'memory', min: 1, max: 1 },
  { type: 'storage', min: 1, max: 1 },
];

const networkOf = (name: string, id: string, prefix: string) => ({
  ...{ id, name: id, description: DESCRIPTION, partitionid: name, prefixes: [prefix], destinationprefixes: [] },
  ...{ nat: false, privatesuper: false, underlay: false },
});
