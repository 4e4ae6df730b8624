import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JsonPieces } from './json-pieces.js';
import { ListBuilder } from './list-builder.js';
import { packBlock, PackedJson, unpackBlock } from './packed-json.js';
import type { ResponseJson } from './response-json.js';

const element = (number: number): JsonPieces =>
  JsonPieces.of(JSON.stringify({ id: String(number), text: 'x'.repeat(1000) }));

const elements = (count: number): JsonPieces[] => Array.from({ length: count }, (_, number) => element(number));

async function built(all: readonly JsonPieces[], loose?: number): Promise<ResponseJson> {
  const builder = new ListBuilder(loose);
  for (const one of all) {
    builder.add(one);
    if (builder.full) await builder.pack();
  }
  return builder.end();
}

async function textOf(json: ResponseJson): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of json.inLargeChunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a packed block', () => {
  it('has the elements with commas between them, in a fraction of their size', async () => {
    const block = await packBlock(elements(100));
    expect((await unpackBlock(block)).toString()).toBe(elements(100).join());
    expect(block.length).toBe(elements(100).join().length);
    expect(block.packed.length).toBeLessThan(block.length / 10);
    expect(block.packed.buffer.byteLength).toBeLessThan(16 * 1024);
  });

  it('that is damaged does not unpack to more than its length', async () => {
    const { packed, length } = await packBlock(elements(100));
    await expect(unpackBlock({ packed, length: length - 1 })).rejects.toThrow();
    await expect(unpackBlock({ packed: packed.subarray(5), length })).rejects.toThrow();
  });
});

describe('a list', () => {
  it.each([0, 1, 2, 1000])('of %i elements is the same JSON with the same tag, packed or not', async (count) => {
    const loose = await built(elements(count), Infinity);
    const packed = await built(elements(count), 1);
    expect(loose).toBeInstanceOf(JsonPieces);
    expect(packed instanceof PackedJson).toBe(count > 0);
    const text = `[${elements(count).join()}]`;
    expect(await textOf(loose)).toBe(text);
    expect(await textOf(packed)).toBe(text);
    expect([loose.length, packed.length]).toEqual([text.length, text.length]);
    expect(packed.tag).toBe(loose.tag);
  });

  it('that is long is packed while it is made', async () => {
    const all = elements(1000);
    const length = all.reduce((sum, one) => sum + one.length, 0);
    expect(await built(all, length + 1)).toBeInstanceOf(JsonPieces);
    expect(await built(all, length)).toBeInstanceOf(PackedJson);
  });

  it('holds its blocks alone when it is packed', async () => {
    const [loose, packed] = [await built(elements(1000), Infinity), await built(elements(1000), 1)];
    expect(loose.heldBytes).toBe(0);
    expect(packed.heldBytes).toBeGreaterThan(0);
    expect(packed.heldBytes).toBeLessThan(packed.length / 10);
  });

  it('counts bytes once that its elements share', async () => {
    const shared = JsonPieces.of(JSON.stringify('x'.repeat(100_000)));
    const all = Array.from({ length: 100 }, () => JsonPieces.joined(['{"text":', shared, '}']));
    expect(await built(all, 200_000)).toBeInstanceOf(JsonPieces);
  });

  it('is sent block by block, as fast as its reader takes it', async () => {
    const json = await built(elements(2000), 1);
    const stream = (json as PackedJson).toPayload();
    for (let round = 0; round < 50; round++) await setImmediate();
    expect(stream.readableLength).toBe(0);
    expect((await buffer(stream)).toString()).toBe(`[${elements(2000).join()}]`);
  });
});
