import type { GrpcCaller } from './caller.js';
import type { GrpcService } from './operation.js';

/** A unary call, as its handler sees it. */
export interface UnaryCall<Check = unknown> {
  readonly caller: GrpcCaller;
  /** The check of the operation's `access`. */
  readonly check: Check;
}

/** A streaming call, as its handler sees it. */
export interface Stream<Message extends object, Check = unknown> extends UnaryCall<Check> {
  /** Aborted when the client disconnects, or with an `unavailable` error as reason when the server ends the call. */
  readonly signal: AbortSignal;
  send(message: Message): void;
}

/** Handles one call. Throws DomainErrors. */
export type Unary = (request: never, call: UnaryCall<never>) => Promise<object>;

/** Handles one call by sending messages, until it resolves (status OK) or rejects. */
export type Streaming = (request: never, stream: Stream<object, never>) => Promise<void>;

/** Limits of one message. Checked on the wire, before decoding. */
export interface MessageLimits {
  /** Maximum message size in bytes. Default 64 KiB. */
  readonly bytes?: number;
  /**
   * Maximum number of elements of repeated fields, by message and field as in the contract, e.g.
   * `MachineHardware.nics`.
   */
  readonly elements?: Readonly<Record<string, number>>;
  /** Maximum length of texts in bytes, by message and field, e.g. `BootInfo.cmdline`. Default 1 KiB. */
  readonly texts?: Readonly<Record<string, number>>;
}

/** Rate limit of one caller. */
export interface Rate {
  /** What is counted, in the plural, e.g. `events`. Methods with the same word share an allowance. */
  readonly what: string;
  readonly perSecond: number;
  /** Number of units that a call consumes. Default 1. */
  readonly units?: ((request: never) => number) | undefined;
}

/** A method of a contract and what applies to its calls. */
export type GrpcRoute = {
  readonly limits?: MessageLimits | undefined;
  readonly rate?: Rate | undefined;
  /** Throws `forbidden`, or returns the check for the handler. */
  readonly access: (caller: GrpcCaller) => unknown;
  /** Whether a call is recorded in the audit trail. */
  readonly recorded: (request: never) => boolean;
} & ({ readonly kind: 'unary'; readonly handle: Unary } | { readonly kind: 'stream'; readonly handle: Streaming });

/** One service. Every method of the contract needs a route. */
export interface GrpcRoutes {
  readonly service: GrpcService;
  /** By method name. */
  readonly routes: ReadonlyMap<string, GrpcRoute>;
}
