import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { BusboyHeaders } from '@fastify/busboy';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformed } from '../../shared/errors/domain-error.js';
import './fastify-request.js';

/** An incoming form. */
export interface Upload {
  /**
   * Passes the file of the form to `consume` as it arrives, regardless of its size, and resolves with `consume`. Throws
   * `malformed` if there is no such file, or the form is incomplete; in the latter case, the file's stream fails, too.
   */
  receive(consume: (file: Readable) => Promise<void>): Promise<void>;
}

/** Injects the form into a route with `upload` in its `@Operation`: `upload(@UploadedFile() upload: Upload)`. */
export const UploadedFile = createParamDecorator((_: unknown, context: ExecutionContext): Upload => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const part = request.routeOptions.config.operation?.upload ?? '';
  return { receive: (consume) => receiveFile(request, part, consume) };
});

/** Forms consist of one file and hardly anything else. */
const LIMITS = { files: 1, fields: 10, parts: 11, headerPairs: 100 };

async function receiveFile(
  { body, headers }: FastifyRequest,
  part: string,
  consume: (file: Readable) => Promise<void>,
): Promise<void> {
  const form = parser(headers);
  let file: Readable | undefined;
  let consumed: Promise<void> | undefined;
  form.on('file', (name: string, content: Readable) => {
    if (name !== part || file) return void content.resume();
    file = content;
    consumed = consume(content);
    // Drain the rest if `consume` fails, so that the client can finish sending.
    consumed.catch(() => content.resume());
  });
  try {
    await pipeline(body as Readable, form);
  } catch (error) {
    const failure = malformed(`the form is not valid: ${(error as Error).message}`);
    file?.destroy(failure);
    await consumed?.catch(() => undefined);
    throw failure;
  }
  if (!consumed) throw malformed(`the form has no file in part "${part}"`);
  await consumed;
}

function parser(headers: FastifyRequest['headers']): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits: LIMITS });
  } catch (error) {
    throw malformed(`the form is not valid: ${(error as Error).message}`);
  }
}
