import type { Translation } from '../translate/translation.js';
import { eventTable } from '../../modules/machine/event/event.table.js';
import type { Machine } from '../../modules/machine/machine.js';
import { machineTable } from '../../modules/machine/machine.table.js';
import type { Question } from './ask.js';

/** The kinds that can be listed and read one by one: their tables and routes. */
const KINDS: readonly (readonly [table: string, route: string])[] = [
  ['tenant', 'tenant'],
  ['project', 'project'],
  ['partition', 'partition'],
  ['size', 'size'],
  ['sizereservation', 'size/reservations'],
  ['sizeimageconstraint', 'size-image-constraint'],
  ['image', 'image'],
  ['filesystemlayout', 'filesystemlayout'],
  ['network', 'network'],
  ['ip', 'ip'],
  ['switch', 'switch'],
  ['machine', 'machine'],
];

/** Every GET of every kind, and the searches that answer what no GET does; for a server that is asked now. */
export function* liveQuestions(translation: Translation): Iterable<Question> {
  for (const [table, route] of KINDS) {
    yield get(`/v1/${route}`);
    for (const { id } of translation.documents.get(table) ?? []) yield get(`/v1/${route}/${encodeURIComponent(id)}`);
  }
  yield get('/v1/image?show-usage=true');
  yield* machineQuestions(translation);
  yield post('/v1/partition/capacity', {});
  yield post('/v1/size/reservations/usage', {});
}

function* machineQuestions({ documents }: Translation): Iterable<Question> {
  const silent = new Set((documents.get(machineTable.name) ?? []).map(({ id }) => id));
  for (const { id } of documents.get(eventTable.name) ?? []) silent.delete(id);
  yield get('/v1/firewall');
  yield get('/v1/machine/issues');
  yield post('/v1/machine/ipmi/find', {});
  for (const machine of (documents.get(machineTable.name) ?? []) as readonly Machine[]) {
    const id = encodeURIComponent(machine.id);
    if (!silent.has(machine.id)) yield get(`/v1/machine/${id}/ipmi`);
    if (machine.allocation?.role === 'firewall') yield get(`/v1/firewall/${id}`);
  }
}

const get = (path: string): Question => ({ method: 'GET', path, body: undefined });
const post = (path: string, body: unknown): Question => ({ method: 'POST', path, body });
