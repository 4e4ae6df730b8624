import { applyDecorators, Injectable } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import type { GrpcCaller } from './caller.js';
import type { MessageLimits, Stream, UnaryCall } from './routes.js';

/** A service of a contract. Its operations may be in several classes. */
export interface GrpcService {
  /** Path below `proto`, e.g. `api/v1/boot.proto`. */
  readonly file: string;
  /** Full name, e.g. `api.v1.BootService`. */
  readonly name: string;
  /**
   * If true, the handlers sanitize and check texts themselves, so that one invalid item does not refuse a whole batch.
   * If false, messages with a NUL in any text are refused.
   */
  readonly checksTexts?: boolean;
  /** The machine, or other object, that a request concerns; `""` if it does not say. */
  readonly subject?: (request: never) => string;
}

/**
 * Who may make a call, in addition to what the listener requires of every client. Throws `forbidden`, or returns the
 * check that the handler applies to the stored object, as part of its write.
 */
export type Access<Check> = (caller: GrpcCaller, config: Config) => Check;

/** Every client that the listener admits: one with a certificate of the authority, if TLS is on. */
export const anyClient: Access<undefined> = () => undefined;

export interface OperationRate {
  /** What is counted, in the plural, e.g. `events`. Operations with the same word share an allowance. */
  readonly what: string;
  readonly perSecond: (config: Config) => number;
  /** Number of units that a call consumes. Default 1. */
  readonly units?: (request: never) => number;
}

export interface GrpcOperationOptions<Check = unknown> {
  readonly service: GrpcService;
  /** Name in the contract, e.g. `Register`. */
  readonly method: string;
  readonly access: Access<Check>;
  /**
   * Whether calls are recorded in the audit trail, or which ones; the second argument is the instance of the class.
   * Excluded calls only read.
   */
  readonly audit: 'include' | 'exclude' | ((request: never, handlers: never) => boolean);
  /** Limit of one caller, in addition to the one on calls of any kind. */
  readonly rate?: OperationRate;
  readonly limits?: MessageLimits;
}

type UnaryHandler<Check> = (request: never, call: UnaryCall<Check>) => Promise<object>;
type StreamHandler<Check> = (request: never, call: Stream<object, Check>) => Promise<void>;
type On<Handler> = <H extends Handler>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>) => void;

const OPERATION = Symbol('gRPC operation');
const HANDLERS = Symbol('gRPC handlers');

/** What `@GrpcOperation` and `@GrpcStream` have declared about a method. */
export interface DeclaredOperation extends GrpcOperationOptions {
  readonly kind: 'unary' | 'stream';
}

/**
 * Declares everything the platform needs to know about a unary method of a contract, in one place, as `@Operation` does
 * for a route. The handler throws DomainErrors.
 */
export const GrpcOperation = <Check>(options: GrpcOperationOptions<Check>): On<UnaryHandler<Check>> =>
  declare({ ...options, kind: 'unary' });

/** The same for a method that sends messages until it resolves (status OK) or rejects. */
export const GrpcStream = <Check>(options: GrpcOperationOptions<Check>): On<StreamHandler<Check>> =>
  declare({ ...options, kind: 'stream' });

const declare =
  (operation: DeclaredOperation) =>
  (_target: object, _key: string, { value }: { value?: unknown }): void =>
    Reflect.defineMetadata(OPERATION, operation, value as object);

/** A class whose methods are gRPC operations, all of them. The server does not start if one is not declared. */
export const GrpcHandlers = (): ClassDecorator =>
  applyDecorators(Injectable(), (target: object) => Reflect.defineMetadata(HANDLERS, true, target));

/** A declared method of an instance. */
export interface OperationOfClass {
  readonly operation: DeclaredOperation;
  readonly instance: object;
  readonly handle: (request: never, call: never) => Promise<object | void>;
}

/**
 * The operations of an instance; none for classes without `@GrpcHandlers`. Throws if a method of such a class has no
 * `@GrpcOperation` or `@GrpcStream`, and if another class has one.
 */
export function operationsOf(instance: object): OperationOfClass[] {
  const isHandlers = Reflect.hasMetadata(HANDLERS, instance.constructor);
  return methodsOf(instance).flatMap(([name, method]) => {
    const operation = Reflect.getMetadata(OPERATION, method) as DeclaredOperation | undefined;
    const what = `${instance.constructor.name}.${name}`;
    if (!operation && isHandlers) throw new Error(`${what} has neither @GrpcOperation nor @GrpcStream`);
    if (operation && !isHandlers) throw new Error(`${what} is a gRPC operation, but its class has no @GrpcHandlers()`);
    return operation ? [{ operation, instance, handle: method.bind(instance) as OperationOfClass['handle'] }] : [];
  });
}

function methodsOf(instance: object): [string, (...args: never[]) => unknown][] {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  const properties = Object.entries(Object.getOwnPropertyDescriptors(prototype ?? {}));
  return properties.flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor'
      ? [[name, value as (...args: never[]) => unknown] satisfies [string, unknown]]
      : [],
  );
}
