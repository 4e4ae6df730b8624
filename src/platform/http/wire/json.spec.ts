import { describe, expect, it } from 'vitest';
import { toJson, unchanging } from './json.js';

const VALUES = [
  [],
  [1, 'a', null, undefined, { b: [2] }],
  { a: 1, none: undefined, 'odd "key"': { deep: [{}] } },
  'text',
  null,
  true,
  [[[1], [2]]],
];

/** As the client reads it. */
const sent = (answer: unknown): string => toJson(answer).toString();

describe('the JSON of answers', () => {
  it.each(VALUES)('is that of JSON.stringify: %j', (answer) => expect(toJson(answer)).toBe(JSON.stringify(answer)));

  it.each(VALUES.filter((value) => typeof value === 'object' && value !== null))(
    'is that of JSON.stringify for an unchanging answer: %j',
    (answer) => {
      const parts = { list: unchanging(structuredClone(answer) as object), gone: undefined, plain: answer };
      expect(sent(unchanging(parts))).toBe(JSON.stringify(parts));
      expect(sent([parts, parts])).toBe(JSON.stringify([parts, parts]));
    },
  );

  it('is made once for what never changes, also as a part of something else', () => {
    let made = 0;
    const counted = { toJSON: () => ++made };
    const part = unchanging({ counted });
    expect([sent(part), sent([part]), sent(unchanging({ part }))]).toEqual([
      '{"counted":1}',
      '[{"counted":1}]',
      '{"part":{"counted":1}}',
    ]);
    expect([toJson(counted), toJson([counted])]).toEqual(['2', '[3]']);
  });

  it('may mix what changes with what does not, in any script', () => {
    const answers = [{ a: 'ü' }, unchanging({ b: '日' }), undefined, 'c'];
    expect(sent(answers)).toBe(JSON.stringify(answers));
  });

  it('is bytes where answers never change: texts of long lists would take several times their size', () => {
    const answer = unchanging({ a: 1 });
    expect([toJson(answer), toJson([answer])].every((made) => Buffer.isBuffer(made))).toBe(true);
    expect(toJson(answer)).toBe(toJson(answer));
  });
});
