import { jsonPiecesOf } from '../../platform/http/wire/json.js';

/** Events of a watch in the format of server-sent events; JSON has no line breaks, so data is one line. */

export const putFrame = (cursor: string, kind: string, id: string, object: object): readonly Buffer[] => [
  Buffer.from(`event: put\nid: ${cursor}\ndata: {"kind":${JSON.stringify(kind)},"id":${JSON.stringify(id)},"object":`),
  ...jsonPiecesOf(object).buffers,
  END,
];

export const removedFrame = (cursor: string, kind: string, id: string): Buffer =>
  eventFrame('removed', { kind, id }, cursor);

/** Without a cursor, readers keep the one that they have. */
export const eventFrame = (event: 'removed' | 'reset' | 'bookmark' | 'end', data: object, cursor?: string): Buffer =>
  Buffer.from(`event: ${event}\n${cursor === undefined ? '' : `id: ${cursor}\n`}data: ${JSON.stringify(data)}\n\n`);

/** A comment, which readers skip. */
export const commentFrame = (text: string): Buffer => Buffer.from(`: ${text}\n\n`);

const END = Buffer.from('}\n\n');
