import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { Caller } from './caller.js';
import { ConsoleSession } from './console-session.js';
import type { MachineConsole } from './machine-console.js';

const CALLER: Caller = { kind: 'tenant', method: 'password', label: 'p', reason: '', tenancy: 'a', key: undefined };

class Channel extends EventEmitter {
  writableLength = 0;
  readonly sent: string[] = [];
  code: number | undefined;
  write(data: Buffer | string): void {
    this.sent.push(data.toString());
  }
  exit(code: number): void {
    this.code = code;
  }
  end(): void {
    this.sent.push('<end>');
  }
}

function setUp(idle = 60_000) {
  const channel = new Channel();
  const socket = Object.assign(new EventEmitter(), { writableLength: 0 });
  const session = new ConsoleSession(CALLER, channel as unknown as ServerChannel, socket as unknown as Socket, idle);
  const told: string[] = [];
  const console = {
    accepts: true,
    write: (_: unknown, data: Buffer) => (told.push(data.toString()), console.accepts),
    leave: () => told.push('<leave>'),
  };
  session.attach(console as unknown as MachineConsole);
  return { channel, socket, session, told, console };
}

describe('ConsoleSession', () => {
  it.each(['channel', 'socket'] as const)('skips output while the %s has too much, and says how much', (which) => {
    const { channel, socket, session } = setUp();
    (which === 'channel' ? channel : socket).writableLength = 256 * 1024 + 1;
    for (let part = 0; part < 10; part++) session.show(Buffer.alloc(1000));
    expect(channel.sent).toEqual([]);
    channel.writableLength = socket.writableLength = 0;
    session.show(Buffer.from('new'));
    expect(channel.sent.join()).toMatch(/10000 bytes skipped.*,new$/s);
  });

  it('ends, with the reason, when more is typed than the machine takes', async () => {
    const { channel, session, told, console } = setUp();
    channel.emit('data', Buffer.from('a'));
    console.accepts = false;
    channel.emit('data', Buffer.from('b'));
    expect(await session.ended).toBe('input');
    expect(channel.sent.join()).toContain('more was typed');
    expect([told, channel.code]).toEqual([['a', 'b', '<leave>'], 1]);
    channel.emit('data', Buffer.from('c'));
    session.show(Buffer.from('d'));
    session.end('idle', 'again');
    expect(told).toHaveLength(3);
    expect(channel.sent.at(-1)).toBe('<end>');
  });

  it.each([
    ['the user says so', ({ channel }: ReturnType<typeof setUp>) => channel.emit('data', Buffer.from('~.')), 'left', 0],
    ['the input ends', ({ channel }: ReturnType<typeof setUp>) => channel.emit('end'), 'left', 0],
    [
      'the connection breaks',
      ({ socket }: ReturnType<typeof setUp>) => socket.emit('close'),
      'disconnected',
      undefined,
    ],
  ])('ends when %s', async (_, act, reason, code) => {
    const scene = setUp();
    act(scene);
    expect(await scene.session.ended).toBe(reason);
    expect([scene.told, scene.channel.code]).toEqual([['<leave>'], code]);
  });

  it('leaves a console that it joins too late', () => {
    const { session, told, console } = setUp();
    session.end('idle', 'x');
    session.attach(console as unknown as MachineConsole);
    expect(told).toEqual(['<leave>', '<leave>']);
  });
});
