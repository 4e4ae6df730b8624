import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';

describe('options of the benchmark', () => {
  it('measure fleets of 1000 and 10000 machines on the embedded database', () => {
    expect(readOptions([])).toMatchObject({
      kind: 'fleets',
      machines: [1000, 10_000],
      engine: 'embedded',
      quick: false,
    });
  });

  it.each([
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['https://api.example/metal', 'https://api.example/metal'],
    ['https://api.example/metal/v1/', 'https://api.example/metal'],
  ])('measure the server at %s', (text, url) => {
    expect(readOptions(['--url', text])).toMatchObject({ kind: 'remote', url, live: false, remove: undefined });
  });

  it.each([
    ['--url ftp://a', '--url is "ftp://a"'],
    ['--url nothing', '--url is "nothing"'],
    ['--url http://me:secret@a', '--url is'],
    ['--url http://a --engine memory', '--engine goes without --url'],
    ['--url http://a --compare docs', '--compare goes without --url'],
    ['--url http://a --remove everything', '--remove is "everything"'],
    ['--url http://a --allocate fra,c1', '--allocate is "fra,c1"'],
    ['--live', '--live goes with --url only'],
    ['--machines 10', '--machines is "10"'],
    ['--engine oracle', '--engine is "oracle"'],
    ['--only sleep', '--only is "sleep"'],
    ['--json a.json', 'for 2 fleets, expected {machines}'],
  ])('refuse %s', (line, message) => expect(() => readOptions(line.split(' '))).toThrow(message));

  it.each(['--json {machines}.json', '--json a.json --machines 1000'])('take %s', (line) => {
    expect(readOptions(line.split(' '))).toHaveProperty('json');
  });
});
