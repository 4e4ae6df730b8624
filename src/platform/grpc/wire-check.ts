import { malformed } from '../../shared/errors/domain-error.js';
import type { FieldShape, MessageShape } from './message-shape.js';

/** Maximum nesting of messages; the contracts use four levels. */
const MAX_DEPTH = 8;

/** Maximum number of nested messages in one message, at all levels. */
const MAX_MESSAGES = 65_536;

const NO_MESSAGE = 'the bytes are not a message of the contract';

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/**
 * Rejects bytes that would decode into more than the limits of their shape allow, before memory is allocated: an empty
 * element takes two bytes on the wire and a hundred times as much decoded. Takes time linear in the number of bytes.
 * Throws `malformed` naming the field, or stating that the bytes are not a message.
 */
export function checkWire(bytes: Uint8Array, shape: MessageShape): void {
  new WireCheck(bytes).message(0, bytes.length, shape, '', 0);
}

class WireCheck {
  private at = 0;
  private messages = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(from: number, to: number, shape: MessageShape, path: string, depth: number): void {
    if (depth > MAX_DEPTH) throw malformed(`${path} is nested too deep, at most ${MAX_DEPTH} levels are allowed`);
    if (++this.messages > MAX_MESSAGES) throw malformed(`the message has more than ${MAX_MESSAGES} parts`);
    const counts = new Map<number, number>();
    this.at = from;
    while (this.at < to) {
      const tag = this.varint(to);
      const number = Math.floor(tag / 8);
      const field = shape.fields.get(number);
      const count = (counts.get(number) ?? 0) + 1;
      counts.set(number, count);
      if (field && count > field.maxElements) {
        throw malformed(`${inside(path, field)} has more than ${field.maxElements} elements`);
      }
      if (tag % 8 === BYTES) this.delimited(to, field, () => inside(path, field!, count - 1), depth);
      else this.scalar(tag % 8, to);
    }
  }

  private scalar(wireType: number, to: number): void {
    if (wireType === VARINT) this.varint(to);
    else if (wireType === FIXED64) this.skip(8, to);
    else if (wireType === FIXED32) this.skip(4, to);
    else throw malformed(NO_MESSAGE);
  }

  private delimited(to: number, field: FieldShape | undefined, path: () => string, depth: number): void {
    const length = this.varint(to);
    const [from, end] = [this.at, this.at + length];
    this.skip(length, to);
    if (field?.type === 'text' && length > field.maxBytes) {
      throw malformed(`${path()} has ${length} bytes, at most ${field.maxBytes} are allowed`);
    }
    if (!field?.shape) return;
    this.message(from, end, field.shape, path(), depth + 1);
    this.at = end;
  }

  /** Inexact above 2^53, which no length and no tag may be anyway. */
  private varint(to: number): number {
    let value = 0;
    for (let factor = 1, read = 0; this.at < to && read < 10; factor *= 128, read++) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw malformed(NO_MESSAGE);
  }

  private skip(count: number, to: number): void {
    this.at += count;
    if (this.at > to) throw malformed(NO_MESSAGE);
  }
}

/** The path of a field, with its index where there are several. */
const inside = (path: string, { name, repeated }: FieldShape, index?: number): string =>
  `${path}${path && '.'}${name}${repeated && index !== undefined ? `[${index}]` : ''}`;
