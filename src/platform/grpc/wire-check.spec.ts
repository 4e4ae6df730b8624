import { loadSync } from '@grpc/proto-loader';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { messageDefinitions, requestTypes, serviceContract } from './contract.js';
import { messageShape } from './message-shape.js';
import type { MessageLimits } from './routes.js';
import { checkWire } from './wire-check.js';

const definitions = { ...messageDefinitions('api/v1/boot.proto'), ...messageDefinitions('api/v1/event.proto') };
const raw = loadSync(['api/v1/boot.proto', 'api/v1/event.proto'], { includeDirs: ['proto'], keepCase: true });

/** Encodes a message. */
const bytesOf = (name: string, message: object): Buffer =>
  (raw[`api.v1.${name}`] as MessageTypeDefinition<object, object>).serialize(message);

const REGISTER = 'BootServiceRegisterRequest';
const SEND = 'EventServiceSendRequest';

const check = (name: string, bytes: Uint8Array, limits: MessageLimits = {}): void =>
  checkWire(bytes, messageShape(definitions, `api.v1.${name}`, limits));
const checkMessage = (name: string, message: object, limits?: MessageLimits): void =>
  check(name, bytesOf(name, message), limits);

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const nested = (depth: number): object => (depth === 0 ? {} : { neighbors: [nested(depth - 1)] });

describe('checkWire', () => {
  it('accepts messages of the contract, including unknown fields', () => {
    checkMessage(REGISTER, {
      uuid: 'm1',
      hardware: { memory: 2 ** 40, nics: [{ mac: 'a', neighbors: [{ mac: 'b' }] }], cpus: [{ cores: 4 }] },
      ipmi: { fru: { product_serial: '1' } },
      tags: ['a', 'b'],
    });
    checkMessage(SEND, { events: { m1: { time: { seconds: 5 }, event: 'Alive' }, m2: {} } });
    check(REGISTER, Buffer.alloc(0));
    // A field unknown to this contract: number 99, as text, varint and fixed-length number.
    check(REGISTER, Buffer.from([0x9a, 0x06, 2, 65, 66, 0x98, 0x06, 5, 0x9d, 0x06, 1, 2, 3, 4]));
  });

  it.each<[string, string, object, string]>([
    ['NICs', REGISTER, { hardware: { nics: times(65, () => ({})) } }, 'hardware.nics has more than 64 elements'],
    ['disks', REGISTER, { hardware: { disks: times(70, () => ({ size: 1 })) } }, 'hardware.disks has more than 64'],
    ['CPUs', REGISTER, { hardware: { cpus: times(70, () => ({})) } }, 'hardware.cpus has more than 64'],
    ['tags', REGISTER, { tags: times(1000, String) }, 'tags has more than 64'],
    [
      'neighbors of one NIC',
      REGISTER,
      { hardware: { nics: [{}, { neighbors: times(65, () => ({ mac: 'x' })) }] } },
      'hardware.nics[1].neighbors has more than 64',
    ],
    ['events', SEND, { events: Object.fromEntries(times(65, (i) => [`m${i}`, {}])) }, 'events has more than 64'],
    ['bytes of a uuid', REGISTER, { uuid: 'x'.repeat(1025) }, 'uuid has 1025 bytes, at most 1024 are allowed'],
    ['bytes of a tag', REGISTER, { tags: ['', 'ü'.repeat(600)] }, 'tags[1] has 1200 bytes'],
    [
      'bytes of a GPU model',
      REGISTER,
      { hardware: { gpus: [{ model: 'x'.repeat(36_000) }] } },
      'hardware.gpus[0].model has 36000 bytes',
    ],
    ['bytes of a BIOS version', REGISTER, { bios: { version: 'x'.repeat(2000) } }, 'bios.version has 2000 bytes'],
    [
      'levels',
      REGISTER,
      { hardware: { nics: [nested(20)] } },
      'hardware.nics[0].neighbors[0].neighbors[0].neighbors[0].neighbors[0].neighbors[0].neighbors[0].neighbors[0] is nested',
    ],
  ])('limits the number of %s', (_, name, message, expected) => {
    expect(() => checkMessage(name, message)).toThrow(expected);
  });

  it('applies the limits of a feature', () => {
    const limits = { elements: { 'MachineHardware.nics': 2 }, texts: { 'MachineNic.mac': 5 } };
    checkMessage(REGISTER, { hardware: { nics: [{ mac: '12345' }, {}] } }, limits);
    expect(() => checkMessage(REGISTER, { hardware: { nics: [{}, {}, {}] } }, limits)).toThrow('more than 2 elements');
    expect(() => checkMessage(REGISTER, { hardware: { nics: [{ mac: '123456' }] } }, limits)).toThrow('has 6 bytes');
    for (const name of ['MachineNic.macs', 'Nothing.mac']) {
      expect(() => check(REGISTER, Buffer.alloc(0), { texts: { [name]: 5 } })).toThrow(`has no ${name}`);
    }
  });

  it('limits the total number of parts', () => {
    const many = { elements: { 'MachineHardware.nics': 1e6, 'MachineNic.neighbors': 1e6 } };
    const nics = times(100, () => ({ neighbors: times(1000, () => ({})) }));
    expect(() => checkMessage(REGISTER, { hardware: { nics } }, many)).toThrow('more than 65536 parts');
  });

  it('counts repeated plain fields', () => {
    const again = Buffer.concat(times(20, () => bytesOf(REGISTER, { hardware: { memory: 1 } })));
    expect(() => check(REGISTER, again)).toThrow('hardware has more than 8 elements');
  });

  it.each([
    ['a length beyond the end', [0x0a, 0xff, 0x01]],
    ['a length that never ends', [0x0a, ...times(11, () => 0xff)]],
    ['a group', [0x0b]],
    ['an unknown wire type', [0x0f]],
    ['half a fixed number', [0x0d, 1, 2]],
    ['a member that is longer than its message', [0x12, 0x02, 0x22, 0x05]],
    ['a huge length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('rejects bytes that are not a message: %s', (_, bytes) => {
    expect(() => check(REGISTER, Buffer.from(bytes))).toThrow('not a message of the contract');
  });

  it('throws only malformed errors for any bytes, and accepts only decodable ones', () => {
    const decode = (bytes: Uint8Array): unknown =>
      (raw[`api.v1.${REGISTER}`] as MessageTypeDefinition<object, object>).deserialize(Buffer.from(bytes));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          check(REGISTER, bytes);
        } catch (error) {
          expect(isDomainError(error, 'malformed')).toBe(true);
          return;
        }
        try {
          decode(bytes);
        } catch (error) {
          // A known number with another type: rejected by the decoder.
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time linear in the number of bytes', () => {
    // Two million empty neighbors decode into gigabytes; here they are rejected at the first excess one.
    const nic = Buffer.from([0x1a, 0x00]);
    const body = Buffer.concat(times(500_000, () => nic));
    const wrap = (tag: number, content: Buffer): Buffer => {
      const length: number[] = [];
      for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
        length.push(rest < 128 ? rest : (rest % 128) + 128);
        if (rest < 128) break;
      }
      return Buffer.concat([Buffer.from([tag, ...length]), content]);
    };
    const message = wrap(0x12, wrap(0x22, body));
    expect(() => check(REGISTER, message)).toThrow('hardware.nics[0].neighbors has more than 64');
  });

  it('knows the request type of every method', () => {
    const types = requestTypes(definitions, 'api.v1.BootService');
    expect(Object.keys(types)).toEqual(Object.keys(serviceContract('api/v1/boot.proto', 'api.v1.BootService')));
    for (const type of Object.values(types)) messageShape(definitions, type, {});
  });
});
