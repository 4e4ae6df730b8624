import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { BusboyHeaders } from '@fastify/busboy';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformed } from '../../shared/errors/domain-error.js';
import './fastify-request.js';

/** A form on its way in. */
export interface Upload {
  /**
   * Hands over the file of the form as it arrives, of whatever size, and resolves with `consume`. Throws `malformed` when
   * there is no such file, or the form breaks off; then the stream of the file fails, too.
   */
  receive(consume: (file: Readable) => Promise<void>): Promise<void>;
}

/** Hands a route with `upload` in its `@Operation` the form: `upload(@UploadedFile() upload: Upload)`. */
export const UploadedFile = createParamDecorator((_: unknown, context: ExecutionContext): Upload => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const part = request.routeOptions.config.operation?.upload ?? '';
  return { receive: (consume) => receiveFile(request, part, consume) };
});

/** Forms have one file and next to nothing beside it. */
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
    // Whoever gave up reading must not keep the client from finishing its sentence.
    consumed.catch(() => content.resume());
  });
  try {
    await pipeline(body as Readable, form);
  } catch (error) {
    const failure = malformed(`the form cannot be read: ${(error as Error).message}`);
    file?.destroy(failure);
    await consumed?.catch(() => undefined);
    throw failure;
  }
  if (!consumed) throw malformed(`the form has no file in the part "${part}"`);
  await consumed;
}

function parser(headers: FastifyRequest['headers']): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits: LIMITS });
  } catch (error) {
    throw malformed(`the form cannot be read: ${(error as Error).message}`);
  }
}
