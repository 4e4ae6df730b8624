import type { Figure } from '../report.js';
import type { Api } from './api.js';
import type { RemoteEffort } from './effort.js';
import { idOf, KINDS } from './kinds.js';
import type { Kind, Listed } from './kinds.js';
import type { Site } from './site.js';
import { versusBare } from './versus-bare.js';

/** Number of callers while a rate is measured. */
const CALLERS = 20;

/** Get, find and list of every kind; what a server refuses is a row that says so. */
export async function reads(api: Api, bareUrl: string, site: Site, effort: RemoteEffort): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const kind of KINDS)
    figures.push(...(await readsOf(api, bareUrl, kind, site, effort).catch(asRow(api, `list of ${kind.many}`))));
  const capacity = { what: 'capacity of all partitions', method: 'POST', path: '/v1/partition/capacity', body: {} };
  figures.push(
    ...(await versusBare(api, bareUrl, { ...capacity, count: effort.lists }).then(
      (figure) => [figure],
      asRow(api, capacity.what),
    )),
  );
  return figures;
}

async function readsOf(
  api: Api,
  bareUrl: string,
  { one, many, path, find }: Kind,
  { projectId }: Site,
  { gets, lists }: RemoteEffort,
): Promise<Figure[]> {
  const existing = await api.list<Listed>('GET', `/v1/${path}`);
  const [first] = existing;
  if (!first) return [{ what: `list of ${many}`, value: `not measured: the server has none` }];
  const get = { path: `/v1/${path}/${encodeURIComponent(idOf(first))}`, count: gets };
  const measure = async (what: string, request: object): Promise<Figure> =>
    versusBare(api, bareUrl, { what, ...get, ...request });
  return [
    await measure(`get ${one}`, {}),
    await measure(`get ${one}, ${CALLERS} callers`, { callers: CALLERS, count: gets * 5 }),
    ...(find
      ? [
          await measure(`find ${many}`, {
            ...{ method: 'POST', path: `/v1/${path}/find`, body: find(first, projectId), count: lists },
          }),
        ]
      : []),
    countedIn(await measure(`list of ${many}`, { path: `/v1/${path}`, count: lists }), existing.length),
  ];
}

/** Says how many a list has next to its value, since the name stays the same from run to run. */
const countedIn = (figure: Figure, count: number): Figure =>
  typeof figure.value === 'string' ? figure : { ...figure, value: { ...figure.value, of: `for ${count}` } };

/** A failure as a row; rethrows when the run was aborted. */
const asRow =
  (api: Api, what: string) =>
  (error: Error): Figure[] => {
    api.throwIfAborted();
    return [{ what, value: `not measured: ${error.message}` }];
  };
