import { StringDecoder } from 'node:string_decoder';
import { MAX_LINE } from './source.js';

/**
 * The lines of a stream of bytes, without their ends. Much faster than `readline` on large dumps, and bounded: throws
 * RangeError for a line longer than `MAX_LINE`.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncIterable<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new RangeError(`a line is longer than ${MAX_LINE} characters`);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}
