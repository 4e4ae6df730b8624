import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdmissionControl } from './admission/admission-control.js';
import { CompressedAnswers, ENCODED } from './compressed-answers.js';
import type { Encoded } from './compressed-answers.js';
import './fastify-request.js';
import { ResponseJson } from './wire/response-json.js';
import { hasTag, tagOfText } from './wire/response-tag.js';

/** Returns why a response must not be sent; undefined if it may be. */
export type AnswerCheck = (request: FastifyRequest, reply: FastifyReply) => Error | undefined;

/**
 * Adds the last hook before a response is sent; call it after all other hooks were added. Sends an error in place of a response
 * in which `check` finds a problem. Responses to GET get their entity tag, and nothing else for callers who have them already
 * (304). Long ones are compressed for callers who accept that.
 *
 * One hook for all of it: each costs every request about as much as a header.
 */
export function finishAnswers(instance: FastifyInstance, admission: AdmissionControl, check: AnswerCheck): void {
  const compressed = new CompressedAnswers();
  // Fastify closes idle connections at the end; busy ones must not be kept alive after their response.
  let closing = false;
  instance.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  instance.addHook('onSend', (request, reply, answer, done) => {
    const problem = check(request, reply);
    if (problem) return done(problem);
    if (closing) void reply.header('connection', 'close');
    const type = WITHOUT_CHARSET[String(reply.getHeader('content-type'))];
    if (type !== undefined) void reply.header('content-type', type);
    const held = answer instanceof ResponseJson ? answer.heldBytes : 0;
    const send = (payload: unknown): void => done(null, admission.outgoing(request, reply, payload, held));
    if (!isTagged(request, reply, answer)) return send(payloadOf(reply, answer));
    const tag = typeof answer === 'string' ? tagOfText(answer) : answer.tag;
    void reply.header('etag', tag);
    const isLong = answer instanceof ResponseJson && answer.length >= ENCODED;
    if (isLong) varyByEncoding(reply);
    const known = request.headers['if-none-match'];
    if (known !== undefined && hasTag(known, tag)) return send(notModified(reply));
    const accepted = request.headers['accept-encoding'];
    if (!isLong || accepted === undefined) return send(payloadOf(reply, answer));
    compressed.of(answer, accepted, (encoded) =>
      send(encoded ? encodedPayload(reply, encoded) : payloadOf(reply, answer)),
    );
  });
}

/** Types of JSON, which is always UTF-8, as Fastify sets them. */
const WITHOUT_CHARSET: Readonly<Record<string, string>> = {
  'application/json; charset=utf-8': 'application/json',
  'application/x-ndjson; charset=utf-8': 'application/x-ndjson',
};

/** The JSON of routes with a declared operation; others, such as assets, have their own rules. */
const isTagged = (request: FastifyRequest, reply: FastifyReply, answer: unknown): answer is string | ResponseJson =>
  request.method === 'GET' &&
  reply.statusCode === 200 &&
  request.routeOptions.config.operation !== undefined &&
  (answer instanceof ResponseJson || typeof answer === 'string');

function payloadOf(reply: FastifyReply, answer: unknown): unknown {
  if (!(answer instanceof ResponseJson)) return answer;
  const payload = answer.toPayload();
  if (!Buffer.isBuffer(payload)) void reply.header('content-length', answer.length);
  return payload;
}

function encodedPayload(reply: FastifyReply, { encoding, bytes }: Encoded): Buffer {
  void reply.header('content-encoding', encoding);
  return bytes;
}

function notModified(reply: FastifyReply): null {
  void reply.code(304).removeHeader('content-type');
  return null;
}

/** The header may name the origin already. */
function varyByEncoding(reply: FastifyReply): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? 'Accept-Encoding' : `${String(others)}, Accept-Encoding`);
}
