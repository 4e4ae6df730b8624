import type { MethodDefinition } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { malformed } from '../../shared/errors/domain-error.js';
import { messageShape } from './message-shape.js';
import { rejectInvalidText } from './invalid-text.js';
import type { MessageLimits } from './routes.js';
import { checkWire } from './wire-check.js';

/** Default maximum message size, in bytes. */
export const DEFAULT_MESSAGE_BYTES = 64 * 1024;

/** Makes the library pass the bytes of a request to the method instead of a decoded message. */
export const undecoded = <Request, Response>(
  method: MethodDefinition<Request, Response>,
): MethodDefinition<Buffer, Response> => ({
  ...method,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
});

/** Decodes a message of one method. Throws `malformed` if it is invalid or exceeds a limit. */
export type Decode = (bytes: Buffer) => never;

/** The decoder of a method. Checks the bytes first, so that refusals cost next to nothing. */
export function decoder(
  { requestDeserialize, path }: MethodDefinition<unknown, unknown>,
  definitions: PackageDefinition,
  requestType: string,
  limits: MessageLimits,
  checksTexts: boolean,
): Decode {
  const shape = messageShape(definitions, requestType, limits);
  const most = limits.bytes ?? DEFAULT_MESSAGE_BYTES;
  return (bytes) => {
    if (bytes.length > most) {
      throw malformed(`the message has ${bytes.length} bytes, ${path} takes at most ${most}`);
    }
    checkWire(bytes, shape);
    const message = decoded(bytes, requestDeserialize);
    if (!checksTexts) rejectInvalidText(message);
    // Handlers promise that their types match the contract.
    return message as never;
  };
}

function decoded(bytes: Buffer, decode: (bytes: Buffer) => unknown): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    throw malformed(`the bytes are not a message of the contract: ${String(error)}`);
  }
}
