import type { Caller } from './caller.js';

/** Answers one call. Throw DomainErrors. */
export type Unary<Request, Response extends object> = (request: Request, caller: Caller) => Promise<Response>;

/** Answers one call with messages, until it resolves (status OK) or rejects. */
export type Streaming<Request, Message extends object> = (request: Request, stream: Stream<Message>) => Promise<void>;

/** The way to the client of one streaming call. */
export interface Stream<Message extends object> {
  readonly caller: Caller;
  /** Aborted when the client is gone, and, with an `unavailable` error as reason, when the server ends the call. */
  readonly signal: AbortSignal;
  send(message: Message): void;
}

/** What one message may hold. Checked on the wire, before anything is decoded. */
export interface MessageLimits {
  /** Longest message, in bytes. Default 64 KiB. */
  readonly bytes?: number;
  /** Most elements of a repeated field, by message and field as the contract spells them, e.g. `MachineHardware.nics`. */
  readonly elements?: Readonly<Record<string, number>>;
  /** Longest text of a field, in bytes, by message and field, e.g. `BootInfo.cmdline`. Default 1 KiB. */
  readonly texts?: Readonly<Record<string, number>>;
}

/** How much of something one caller may ask for. */
export interface Rate {
  /** What is counted, in the plural, e.g. `events`. Methods with the same word share an allowance. */
  readonly what: string;
  readonly perSecond: number;
  /** How many units a call is worth. Default 1. */
  readonly units?: (request: never) => number;
}

/** One gRPC service as a feature offers it. Every method of the contract must have its handler. */
export interface GrpcRoutes {
  /** Path below `proto`, e.g. `api/v1/boot.proto`. */
  readonly file: string;
  /** Full name, e.g. `api.v1.BootService`. */
  readonly service: string;
  /**
   * The handlers themselves clean and check the texts that they get, so that one bad member does not refuse a whole batch.
   * Otherwise a message with a NUL in any text is refused.
   */
  readonly checksTexts?: boolean;
  /** By name of the method. */
  readonly limits?: Readonly<Record<string, MessageLimits>>;
  /** By name of the method; beside the limit on calls of any kind. */
  readonly rates?: Readonly<Record<string, Rate>>;
  /** Methods whose calls are put on record, by name: all, or those whose request says so. Others only read. */
  readonly recorded?: Readonly<Record<string, true | ((request: never) => boolean)>>;
  /** The machine, or whatever else a request is about; `""` when it does not say. */
  readonly subject?: (request: never) => string;
  readonly unary?: Readonly<Record<string, Unary<never, object>>>;
  readonly streaming?: Readonly<Record<string, Streaming<never, object>>>;
}
