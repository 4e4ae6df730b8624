import Fastify from 'fastify';

/** The minimum cost of a request: one route that returns a constant; its path gives the number of bytes. */
const constants = new Map<string, string>();

const constantOf = (bytes: string): string => {
  let constant = constants.get(bytes);
  if (constant === undefined) constants.set(bytes, (constant = `"${'x'.repeat(Math.max(0, Number(bytes) - 2))}"`));
  return constant;
};

const server = Fastify({ logger: false });
server.route<{ Params: { bytes: string } }>({
  method: ['GET', 'POST'],
  url: '/:bytes',
  handler: (request, reply) => reply.type('application/json').send(constantOf(request.params.bytes)),
});
await server.listen({ host: '127.0.0.1', port: Number(process.env['METAL_API_PORT']) });
