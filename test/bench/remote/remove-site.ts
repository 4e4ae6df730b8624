import { StatusError } from '../http-client.js';
import { inParallel } from '../load.js';
import type { Api } from './api.js';
import { externalOf, imageOf, superOf } from './site.js';

/** Number of concurrent requests. */
const WIDTH = 10;

/**
 * Removes everything that a run of this name has created, also what it did not learn about because a response was lost.
 * Returns what could not be removed and why. Idempotent.
 */
export async function removeSite(api: Api, name: string): Promise<string[]> {
  const problems: string[] = [];
  const attempt = async <T>(task: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof StatusError && error.status === 404)) problems.push((error as Error).message);
      return undefined;
    }
  };
  const remove = (path: string): Promise<unknown> => attempt(() => api.call('DELETE', path));
  const find = async (path: string, query: object): Promise<readonly Found[]> =>
    (await attempt(() => api.list<Found>('POST', path, query))) ?? [];

  for (const { meta } of await find('/v1/project/find', { name })) {
    const projectid = meta.id;
    const machines = await find('/v1/machine/find', { allocation_project: projectid });
    await inParallel(WIDTH, machines, ({ id }) => remove(`/v1/machine/${id}/free`));
    const ips = await find('/v1/ip/find', { projectid });
    await inParallel(WIDTH, ips, ({ ipaddress }) => remove(`/v1/ip/free/${ipaddress}`));
    const networks = await find('/v1/network/find', { projectid });
    await inParallel(WIDTH, networks, ({ id }) => remove(`/v1/network/free/${id}`));
    await remove(`/v1/project/${projectid}`);
  }
  for (const path of [
    ...[`/v1/network/${superOf(name)}`, `/v1/network/${externalOf(name)}`, `/v1/image/${imageOf(name)}`],
    ...[`/v1/size/${name}`, `/v1/partition/${name}`, `/v1/tenant/${name}`],
  ])
    await remove(path);
  return problems;
}

/** The members that name a machine, network, address or project. */
interface Found {
  readonly id: string;
  readonly ipaddress: string;
  readonly meta: { readonly id: string };
}
