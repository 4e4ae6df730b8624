import { describe, expect, it } from 'vitest';
import { encodeJson, jsonPiecesOf, withCachedJson, withCachedParts } from './json.js';
import { JsonPieces } from './json-pieces.js';
import { hasTag, setTagSecret, tagOfText } from './response-tag.js';

const tagOf = (answer: unknown): string => {
  const json = encodeJson(answer);
  return typeof json === 'string' ? tagOfText(json) : json.tag;
};

describe('the tag of a response', () => {
  it('has the form of a weak entity tag', () => expect(tagOf({ a: 1 })).toMatch(/^W\/"[\w-]{22}"$/));

  it('is another one for other bytes', () => {
    const one = withCachedJson({ a: 1 });
    const two = withCachedJson({ a: 2 });
    const tags = [
      { a: 1 },
      { a: 2 },
      [],
      [one],
      [two],
      [one, two],
      [two, one],
      [one, one],
      jsonPiecesOf(one).extended('b', jsonPiecesOf(two)),
    ].map(tagOf);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('is the same for the same bytes, made anew', () => {
    const list = () => [withCachedJson({ a: 1 }), withCachedJson({ a: 2 })];
    expect(tagOf(list())).toBe(tagOf(list()));
    expect(JsonPieces.of('{"a":1}').tag).toBe(tagOf(withCachedJson({ a: 1 })));
  });

  it('tells responses with long parts in common from each other', () => {
    const long = (letter: string) => withCachedJson({ text: letter.repeat(20_000) });
    const [a, b] = [long('a'), long('b')];
    const response = (parts: object[], more = 1) => withCachedJson({ parts: withCachedParts(parts), more });
    const responses = [response([a]), response([b]), response([a, b]), response([b, a]), response([a], 2)];
    const tags = [a, b, ...responses].map(tagOf);
    expect(new Set(tags).size).toBe(tags.length);
    expect(tagOf(response([long('a'), b]))).toBe(tags[4]);
  });

  it('depends on the secret that servers share', () => {
    setTagSecret('one');
    const tag = tagOfText('{}');
    setTagSecret('two');
    expect(tagOfText('{}')).not.toBe(tag);
    setTagSecret('one');
    expect(tagOfText('{}')).toBe(tag);
  });
});

describe('If-None-Match', () => {
  const tag = 'W/"abcDEF-_0123456789xyzA"';
  const strong = tag.slice(2);

  it.each([tag, strong, '*', ` ${tag} `, `"x", ${strong}`, `W/"x",${tag}`, `"a,b" , ${tag},"c"`, `,,${tag},`])(
    'matches %j',
    (header) => expect(hasTag(header, tag)).toBe(true),
  );

  it.each([
    '',
    '""',
    'W/""',
    strong.slice(1, -1),
    `w/${strong}`,
    `W/ ${strong}`,
    `"x${strong}`,
    '**',
    strong.toLowerCase(),
  ])('does not match %j', (header) => expect(hasTag(header, tag)).toBe(false));
});
