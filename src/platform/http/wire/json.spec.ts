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

describe('the text of answers', () => {
  it.each(VALUES)('is that of JSON.stringify: %j', (answer) => expect(toJson(answer)).toBe(JSON.stringify(answer)));

  it.each(VALUES.filter((value) => typeof value === 'object' && value !== null))(
    'is that of JSON.stringify for an unchanging answer: %j',
    (answer) => {
      const parts = { list: unchanging(structuredClone(answer) as object), gone: undefined, plain: answer };
      expect(toJson(unchanging(parts))).toBe(JSON.stringify(parts));
      expect(toJson([parts, parts])).toBe(JSON.stringify([parts, parts]));
    },
  );

  it('is made once for what never changes, also as a part of something else', () => {
    let made = 0;
    const counted = { toJSON: () => ++made };
    const part = unchanging({ counted });
    expect([toJson(part), toJson([part]), toJson(unchanging({ part }))]).toEqual([
      '{"counted":1}',
      '[{"counted":1}]',
      '{"part":{"counted":1}}',
    ]);
    expect([toJson(counted), toJson([counted])]).toEqual(['2', '[3]']);
  });
});
