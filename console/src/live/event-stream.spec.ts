import { describe, expect, it } from 'vitest';
import { EventParser } from './event-stream.js';

const TEXT = `: a comment

event: reset
id: a.0.0
data: {"reason":"the state begins"}

event: put
id: a.1.1
data: {"kind":"machine","id":"1","object":{"name":"a: b"}}

:

event: bookmark
data: {"cursor":"a.1.1"}

event: put
`;

const WANTED = [
  { event: 'reset', id: 'a.0.0', data: '{"reason":"the state begins"}' },
  { event: 'put', id: 'a.1.1', data: '{"kind":"machine","id":"1","object":{"name":"a: b"}}' },
  { event: 'bookmark', id: undefined, data: '{"cursor":"a.1.1"}' },
];

describe('server-sent events', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('are read from pieces of %i characters', (length) => {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < TEXT.length; at += length) events.push(...parser.push(TEXT.slice(at, at + length)));
    expect(events).toEqual(WANTED);
  });
});
