import { describe, expect, it } from 'vitest';
import { toJson, unchanging } from './json.js';

describe('the JSON of answers', () => {
  it.each([[[]], [[1, 'a', null, undefined, { b: [2] }]], [{ a: 1 }], ['text'], [null], [true], [[[1], [2]]]])(
    'is that of JSON.stringify: %j',
    (answer) => expect(toJson(answer)).toBe(JSON.stringify(answer)),
  );

  it('is made once for unchanging answers, alone and in lists', () => {
    let made = 0;
    const answer = unchanging({ toJSON: () => ++made });
    const texts = [toJson(answer), toJson([answer, answer]), toJson(answer)].map(String);
    expect(texts).toEqual(['1', '[1,1]', '1']);
    const other = { toJSON: () => ++made };
    expect([toJson(other), toJson([other])]).toEqual(['2', '[3]']);
  });

  it('may mix what changes with what does not, in any script', () => {
    const answers = [{ a: 'ü' }, unchanging({ b: '日' }), undefined, 'c'];
    expect(toJson(answers).toString()).toBe(JSON.stringify(answers));
  });
});
