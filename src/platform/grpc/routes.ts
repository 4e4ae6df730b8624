/** Who makes a call, as far as its connection tells. */
export interface Caller {
  /** IP address of the other end, which may be a proxy; without port. */
  readonly address: string;
  /** SHA-256 of its certificate; `""` without TLS. */
  readonly certificate: string;
}

/** Answers one call. Throw DomainErrors. */
export type Unary<Request, Response extends object> = (request: Request, caller: Caller) => Promise<Response>;

/** Answers one call with messages, until it resolves (status OK) or rejects. */
export type Streaming<Request, Message extends object> = (request: Request, stream: Stream<Message>) => Promise<void>;

/** The way to the client of one streaming call. */
export interface Stream<Message extends object> {
  /** Aborted when the client is gone, and, with an `unavailable` error as reason, when the server shuts down. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
  send(message: Message): void;
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
  readonly unary?: Readonly<Record<string, Unary<never, object>>>;
  readonly streaming?: Readonly<Record<string, Streaming<never, object>>>;
}
